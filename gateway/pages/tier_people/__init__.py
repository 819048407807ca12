"""Pages on what network tiers ask of people and terminals: clearances, trainings, terminals."""
