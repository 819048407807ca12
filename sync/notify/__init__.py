"""Messages out: mail, LINE WORKS and a signed webhook, each a way of one shape."""
