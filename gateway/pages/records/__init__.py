"""What was recorded: taps, events, reports, reviews (棚卸し), who looked, and why a rule said what it said."""
