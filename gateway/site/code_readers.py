"""Which readers read the QR codes of visitors and bookings, and which areas have doors that do. Pure."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from gateway.site.description import ReaderDescription, Site

_LINE_DRIVERS = frozenset({"serial", "wedge"})


def reads_codes(reader: "ReaderDescription") -> bool:
    """Tell whether a reader's path says that its lines hold codes; a simulated one is shown whatever one likes."""
    holds = dict(parse_qsl(reader.path.partition("?")[2])).get("holds")
    return reader.driver == "simulated" or (reader.driver in _LINE_DRIVERS and holds == "code")


def list_code_points(site: "Site", area_id: str) -> tuple[str, ...]:
    """Give the access points into an area at which a code is read, by id."""
    reading = {reader.access_point for reader in site.readers if reads_codes(reader)}
    return tuple(sorted(point.id for point in site.access_points if point.area_to == area_id and point.id in reading))


def list_areas_without_codes(site: "Site") -> tuple[str, ...]:
    """Give the areas that bookings open and into which no door reads a code, in the file's order."""
    return tuple(area.id for area in site.areas if area.booked_level and not list_code_points(site, area.id))
