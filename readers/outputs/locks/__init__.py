"""What moves a lock: one port, one file a kind."""
