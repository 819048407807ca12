"""What every request passes: the border, the guard, signing in, the language, the live channel, errors."""
