"""The site as files: its description, what is rendered from it, and its keys and certificates."""
