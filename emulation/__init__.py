"""Cards and readers made of software that speak through the real card stacks; for tests and the demo."""
