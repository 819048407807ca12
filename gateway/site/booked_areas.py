"""What a description of the site says of the areas behind the doors of rooms that are booked. Pure."""

from gateway.site.code_readers import list_code_points
from gateway.site.description import Site
from store.site_areas import SiteArea


def list_booked_areas(site: Site) -> list[SiteArea]:
    """Give every area: the level that a booking in it gives, the access points into it, those that read codes."""
    return [
        SiteArea(
            area.id,
            area.booked_level,
            tuple(sorted(point.id for point in site.access_points if point.area_to == area.id)),
            list_code_points(site, area.id),
        )
        for area in sorted(site.areas, key=lambda area: area.id)
    ]
