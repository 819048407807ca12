"""Timings beside a baseline of the same run. Read ratios, not absolutes; no test depends on them."""
