"""Rows of the section 施設: today's desk, what is free, bookings, keys, reservees, takings, the facilities themselves."""

from gateway.pages.access.rights import Rows

ROWS: Rows = {}
