"""Rows of the section 施設: the desk, what is free, bookings, keys, reservees, takings, the facilities themselves."""

from gateway.pages.access.rights import Right, Rows

ROWS: Rows = {
    ("GET", "/rooms"): frozenset({Right.read_rooms}),
}
