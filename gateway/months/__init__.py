"""Months at their end: counted, checked, and held against what was closed."""
