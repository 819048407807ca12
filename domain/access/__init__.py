"""Who may pass which side of which door, when, and why not."""
