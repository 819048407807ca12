"""What a record means for people, doors and cards, and whether the centre decides as the edge did."""
