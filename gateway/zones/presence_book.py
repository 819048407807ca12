"""Where people are and how that is known: from what doors, desks and chiefs said since they were seen elsewhere."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.zones.presence_grade import Sighting, Witness
from gateway.site.description import Site
from store.last_seen import Seen, list_seen
from store.tx import Tx

KNOWN_FOR = timedelta(days=8)
"""What was seen longer ago counts in no tier (``gateway.site.tiers.Minutes``)."""

FUTURE_MAX = timedelta(seconds=30)
"""What a device dates so much later than the centre heard of it was dated by a wrong clock, and is no sighting."""


@dataclass(frozen=True, slots=True)
class Whereabout:
    """Where somebody is since ``began_at``; ``sightings`` are of that stay alone, ``last_at`` is the latest of them."""

    area: str
    sightings: tuple[Sighting, ...]
    began_at: datetime | None
    last_at: datetime


class Places:
    """What a site's description says of its readers: what a tap at each of them witnesses.

    Args:
        site: the description.
        seat_points: the access points of readers at seats; no way leads through them.
    """

    def __init__(self, site: Site, seat_points: Collection[str]) -> None:
        self._seats = frozenset(seat_points)
        points = [each for each in site.access_points if each.id not in self._seats]
        doors_out = {(each.door, each.area_from) for each in points}
        open_areas = {each.area_to for each in points if (each.door, each.area_to) not in doors_out}
        self._seen_going = {each.id for each in points if each.area_to not in open_areas}

    def witness(self, access_point_id: str) -> Witness:
        """Tell what says so when somebody was seen at an access point; the empty one is a chief's word."""
        if not access_point_id:
            return Witness.told
        if access_point_id in self._seats:
            return Witness.desk
        return Witness.entry if access_point_id in self._seen_going else Witness.one_way


def load_whereabouts(tx: Tx, person_ids: Collection[str] | None, places: Places) -> dict[str, Whereabout]:
    """Give where persons are, by person; None is everybody. Whoever was seen nowhere is left out."""
    seen = list_seen(tx, person_ids, since=tx.now - KNOWN_FOR)
    found = ((person_id, derive_whereabout(mine, places)) for person_id, mine in seen.items())
    return {person_id: where for person_id, where in found if where is not None}


def derive_whereabout(seen: Iterable[Seen], places: Places) -> Whereabout | None:
    """Give where somebody is after what was seen of them; None where nothing that counts says so.

    A sighting with a time to come counts for nothing, but says at least that the person was elsewhere when it was told.
    """
    every = list(seen)
    sound = [each for each in every if each.seen_at <= each.heard_at + FUTURE_MAX]
    last = max(sound, key=lambda each: (each.seen_at, each.access_point_id), default=None)
    if last is None:
        return None
    unsound = [each.heard_at for each in every if each not in sound and each.area_id != last.area_id]
    if any(last.seen_at <= heard_at for heard_at in unsound):
        return None
    elsewhere = [each.seen_at for each in sound if each.area_id != last.area_id] + unsound
    began_at = max(elsewhere, default=None)
    here = sorted(
        (each.seen_at, places.witness(each.access_point_id))
        for each in sound
        if each.area_id == last.area_id and (began_at is None or each.seen_at > began_at)
    )
    sightings = tuple(Sighting(witness, at) for at, witness in here)
    return Whereabout(last.area_id, sightings, began_at, last.seen_at)
