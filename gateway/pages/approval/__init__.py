"""決裁: what waits for a word, who gives it in a head's absence, and what a head orders without being asked."""
