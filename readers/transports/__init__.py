"""Ways to the centre: one port, one file a protocol."""
