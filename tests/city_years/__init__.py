"""A synthetic city that lives for months and years: everybody's taps, requests, decisions, closings and pay, seeded."""
