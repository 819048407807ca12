"""申請: the forms of a day, filled in as far as is known, and what became of one's applications."""
