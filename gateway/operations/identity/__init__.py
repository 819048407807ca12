"""Who a person is to Sekisho: accounts, passwords, sessions, roles."""
