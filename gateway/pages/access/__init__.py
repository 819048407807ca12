"""Who may do what on the pages: rights by role and rights by route, both as data."""
