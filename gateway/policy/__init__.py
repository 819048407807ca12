"""Editions of everybody's rights, each device's part of them, and the road on which it goes there."""
