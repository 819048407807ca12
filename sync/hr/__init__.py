"""HR's master data in: one file a source, and the differences it would make."""
