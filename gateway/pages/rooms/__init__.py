"""What is free in which room, what a room is like, and booking it: for oneself, for others, again and again."""
