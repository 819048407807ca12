"""Who must hear that somebody entered an area: the controllers that decide who may enter it, or the one left."""

from collections.abc import Collection

from domain.access.policy import PassbackMode
from domain.ids import DeviceId
from gateway.site.description import Site
from gateway.site.places import AreaDescription


def tell_places(site: Site, *, area: str, left: str, seen_by: str) -> frozenset[DeviceId]:
    """Give the devices to tell of an entry.

    Entering is leaving: a controller at another entrance of the area that was left must know as well, or it would
    refuse the person's return. Areas about whose occupants nobody asks are not told of.

    Args:
        site: the site's description.
        area: the area entered.
        left: the area from which the access point leads.
        seen_by: the device that saw it; it knows.
    """
    ruled = {each.id for each in site.areas if each.id in {area, left} and _asks_who_is_inside(each)}
    leading = {point.id for point in site.access_points if point.area_to in ruled}
    return _devices_at(site, leading) - {DeviceId(seen_by)}


def _devices_at(site: Site, access_points: Collection[str]) -> frozenset[DeviceId]:
    return frozenset(DeviceId(reader.device) for reader in site.readers if reader.access_point in access_points)


def _asks_who_is_inside(area: AreaDescription) -> bool:
    return area.passback is not PassbackMode.off or area.occupancy_max is not None or area.two_person
