"""A box's half of the updates: fetch and verify (TUF), two slots, a trial with a way back."""
