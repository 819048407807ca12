"""利用者: who reserves: found, registered, changed, blocked, merged, given out as a file."""
