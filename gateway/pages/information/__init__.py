"""Pages on what information is worth, where it is moved to, and which connections of a tier are allowed."""
