"""The network tiers at work: what is known of somebody at a terminal, decided, written down, and cut as it changes."""
