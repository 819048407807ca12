"""The seeded simulation: the real edge logic, journal, contract and centre inside one virtual city hall.

``run.run_seed(seed)`` draws a plan (taps and faults) from the seed, lives it, lets everything heal, and says which
invariant broke, if one did. See docs/decisions/0008-simulation.md.
"""
