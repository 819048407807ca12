"""Reserved rooms: the rules of facilities as they stand, and what changing them would mean."""
