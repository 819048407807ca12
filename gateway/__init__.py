"""The centre: consumes events, answers receipts, serves people (pages) and programs (HTTP API)."""
