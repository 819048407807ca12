"""What keys open, as people call it: doors and areas of the site's description, rooms of the facilities."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from domain.keys.key import Key, LockGroup, Opening, OpeningKind, list_openings
from gateway.site.description import Site
from store.facilities import list_facilities, list_rooms
from store.tx import Tx


class NamedOpening(NamedTuple):
    """One thing that a key opens: ``within`` is the facility of a room, or the area behind a door, if any is known."""

    opening: Opening
    name: str
    name_en: str
    within: str = ""
    within_en: str = ""
    facility_id: str = ""


Names = Mapping[Opening, NamedOpening]


def name_openings(tx: Tx, site: Site, openings: Collection[Opening]) -> dict[Opening, NamedOpening]:
    """Name what is opened; what nobody knows any more bears its id."""
    rooms = {each.id: each for each in list_rooms(tx, ids={each.id for each in openings if _is_room(each)})}
    houses = {each.id: each for each in list_facilities(tx, {each.facility_id for each in rooms.values()})}
    found = _name_site(site)
    for id_, room in rooms.items():
        house, opening = houses[room.facility_id], Opening(OpeningKind.room, id_)
        found[opening] = NamedOpening(opening, room.name, room.name_en, house.name, house.name_en, house.id)
    return {each: found.get(each) or NamedOpening(each, each.id, each.id) for each in openings}


def list_site_openings(tx: Tx, site: Site, chosen: Collection[Opening] = ()) -> list[NamedOpening]:
    """Give everything that a key could open: rooms by facility, doors and areas of the description.

    What was ``chosen`` is among them, too, where nobody else knows it any more.
    """
    rooms = list_rooms(tx, facilities={each.id for each in list_facilities(tx)})
    described = _name_site(site)
    wanted = {Opening(OpeningKind.room, each.id) for each in rooms if each.retired_on is None} | set(chosen)
    named = name_openings(tx, site, wanted - described.keys()).values()
    return [*sorted(named, key=lambda each: (each.within, each.name)), *described.values()]


def list_opened(key: Key, keys: Mapping[str, Key], groups: Mapping[str, LockGroup]) -> tuple[Opening, ...]:
    """Give everything that a key opens, by its master level too; doors first, then rooms, then areas."""
    order = list(OpeningKind)
    return tuple(sorted(list_openings(key, keys.values(), groups), key=lambda each: (order.index(each.kind), each.id)))


def _is_room(opening: Opening) -> bool:
    return opening.kind is OpeningKind.room


def _name_site(site: Site) -> dict[Opening, NamedOpening]:
    found: dict[Opening, NamedOpening] = {}
    for kind, things in ((OpeningKind.door, site.doors), (OpeningKind.area, site.areas)):
        for each in things:
            opening = Opening(kind, each.id)
            found[opening] = NamedOpening(opening, each.name, each.name_en)
    return found
