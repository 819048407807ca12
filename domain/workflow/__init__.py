"""Applications and who decides on them: one state table for every kind, routes from the organisation."""
