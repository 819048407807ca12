"""From taps to punches, duty days and the minutes of a month."""
