"""Threat levels, who is inside, and evacuations."""
