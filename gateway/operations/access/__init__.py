"""Use cases about taps, doors and devices."""
