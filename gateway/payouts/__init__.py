"""What payment providers paid out: their files by layout, held against what was taken."""
