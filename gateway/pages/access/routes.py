"""What each route asks for, put together from the rows of the sections.

:mod:`gateway.pages.entrance.guard` asks ``ROUTES``; a route without a row is refused at start. A new route is a line in
the file of its section under ``rows``; a new section is a file there and a name here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.pages.access.rights import Rows
from gateway.pages.access.rows import (
    attendance,
    doors,
    entrance,
    equipment,
    facilities,
    hr,
    people,
    records,
    tiers,
    trial,
)

SECTION_ROWS: Mapping[str, Rows] = MappingProxyType(
    {
        "entrance": entrance.ROWS,
        "attendance": attendance.ROWS,
        "hr": hr.ROWS,
        "facilities": facilities.ROWS,
        "doors": doors.ROWS,
        "people": people.ROWS,
        "tiers": tiers.ROWS,
        "records": records.ROWS,
        "equipment": equipment.ROWS,
        "trial": trial.ROWS,
    }
)
"""The name of a section (``nav.section_…``) → its rows; ``entrance`` has none in the navigation."""


def join_rows(sections: Mapping[str, Rows]) -> Rows:
    """Put the rows of the sections together.

    Raises:
        ValueError: two sections have a row for the same route, so one of them would not count.
    """
    rows = [row for each in sections.values() for row in each.items()]
    routes = [route for route, _ in rows]
    if doubles := {route for route in routes if routes.count(route) > 1}:
        raise ValueError(f"more than one section has a row for {sorted(doubles)}: leave one")
    return MappingProxyType(dict(rows))


ROUTES = join_rows(SECTION_ROWS)
"""(method, path) → the rights of which one is enough."""
