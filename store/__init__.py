"""The only SQL: tables, one transaction, functions by noun. SQLite (WAL, FULL) by default, PostgreSQL in production."""
