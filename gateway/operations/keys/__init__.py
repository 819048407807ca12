"""One use case a module about physical keys: register, entitle, lend, take back, hand over, count, re-key."""
