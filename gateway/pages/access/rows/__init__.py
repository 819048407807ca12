"""The rights of which one opens a route: a file for each section of the navigation, one more for what has none."""
