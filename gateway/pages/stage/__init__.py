"""The stage of a demo: a visitor taps a card himself."""
