"""Fees and takings as the centre keeps them: a price from what stands, an entry with its number, a day's report."""
