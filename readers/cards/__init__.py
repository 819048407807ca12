"""Credential technologies: one module each, all over the same channel to the card."""
