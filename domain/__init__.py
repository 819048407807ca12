"""Pure rules: standard library only, no clock, no I/O, no randomness. ``now`` is always an argument."""
