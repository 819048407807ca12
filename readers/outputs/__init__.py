"""Locks, lamps, tones and words: one port, one file a kind."""
