"""What people are told: who, of what, once, and when they want to hear it."""
