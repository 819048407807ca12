"""Messages of one person, and where else that person is told."""
