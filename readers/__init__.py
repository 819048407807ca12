"""The edge agent: one per controller box; reads cards, decides, journals, moves locks, publishes."""
