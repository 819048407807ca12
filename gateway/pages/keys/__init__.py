"""Pages about physical keys: the wall, one key, counts, lost keys' cases, handover sheets, labels, the register."""
