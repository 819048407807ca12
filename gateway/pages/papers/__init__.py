"""Papers on order and one's own calendar."""
