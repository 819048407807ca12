"""Key cabinets on the box: how hooks, the door's contact and their locks are wired, or played by a socket."""
