"""Rooms that people reserve: what can be held, for whom, at which price, and the life of a reservation."""
