"""What people do about their own and others' time: one module a use case."""
