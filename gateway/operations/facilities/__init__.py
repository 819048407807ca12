"""Use cases about facilities, their rules, and reservations of their rooms."""
