"""Descriptions of the site on their way, a few doors at a time."""
