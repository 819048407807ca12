"""収納: a facility's day, what one booking owes and has paid, what is due back, and what providers paid out."""
