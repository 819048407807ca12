"""The citizens' door: an application on a listener of its own, without any staff's session or route."""
