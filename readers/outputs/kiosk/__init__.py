"""The page on a small screen beside a reader: what it says, and how it is served."""
