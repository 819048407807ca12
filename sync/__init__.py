"""The connector: staff and cards in, the month's payroll file out, timed jobs that fire once."""
