"""Which access points lead into an area and out of it, and which levels open them. Pure."""

from gateway.site.description import Site


def list_ways_in(site: Site, area_id: str) -> tuple[str, ...]:
    """Give the access points that lead into an area."""
    return tuple(point.id for point in site.access_points if point.area_to == area_id)


def list_ways_out(site: Site, area_id: str) -> tuple[str, ...]:
    """Give the access points that lead out of it."""
    return tuple(point.id for point in site.access_points if point.area_from == area_id)


def list_area_levels(site: Site, area_id: str) -> tuple[str, ...]:
    """Give the levels that let somebody into an area."""
    ways = set(list_ways_in(site, area_id))
    return tuple(level.id for level in site.levels if ways & site.points_of(level).keys())
