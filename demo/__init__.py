"""A city hall to look at: forty staff, six readers, a month already lived, and taps arriving."""
