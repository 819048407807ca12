"""Who is where, as one controller knows it: each person's latest taken entry.

News comes from this controller's own doors and, by way of the centre, from those of others, in any order and more than
once. A person is where the latest entry led; an older one changes nothing, so that every order gives the same places.
Entering another area is leaving, and the area left forgets the person: one entry a person says all that anti-passback,
occupancy and two persons ask. Places are values; persons lie in buckets so that a move copies one bucket, not all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.ids import AreaId, PersonId

_BUCKETS = 256
"""A move copies one pointer a bucket and one bucket; for tens of thousands of persons both are some hundred entries."""


@dataclass(frozen=True, slots=True)
class Place:
    """The area that a person entered last, and when."""

    area: AreaId
    at: datetime


Bucket = Mapping[PersonId, Place]


@dataclass(frozen=True, slots=True)
class Places:
    """Where everybody is. Its fields are for the functions of this module alone; nobody changes them in place.

    ``inside`` counts the persons of each area that has any; entries before ``since`` are forgotten and stay so.
    """

    buckets: tuple[Bucket, ...] = ({},) * _BUCKETS
    inside: Mapping[AreaId, int] = field(default_factory=dict)
    since: datetime | None = None


NOWHERE = Places()
"""Nobody is known to be anywhere; an unknown place violates nothing."""


def move(places: Places, person: PersonId, area_to: AreaId, at: datetime) -> Places:
    """Take in that a person entered an area at an instant.

    The later entry holds; of two at one instant the area that sorts last, so that their order does not matter either.
    """
    if places.since is not None and at < places.since:
        return places
    before = place_of(places, person)
    if before is not None and (at, area_to) <= (before.at, before.area):
        return places
    number = hash(person) % _BUCKETS
    buckets = list(places.buckets)
    buckets[number] = {**buckets[number], person: Place(area_to, at)}
    inside = _count(places.inside, before.area if before else None, area_to)
    return Places(tuple(buckets), inside, places.since)


def _count(inside: Mapping[AreaId, int], left: AreaId | None, entered: AreaId) -> Mapping[AreaId, int]:
    if left == entered:
        return inside
    counts = {**inside, entered: inside.get(entered, 0) + 1}
    if left is not None:
        counts[left] -= 1
        if not counts[left]:
            del counts[left]
    return counts


def place_of(places: Places, person: PersonId) -> Place | None:
    """Give where a person is and since when; None where nobody knows."""
    return places.buckets[hash(person) % _BUCKETS].get(person)


def entered_at(places: Places, person: PersonId, area: AreaId) -> datetime | None:
    """Give the person's last entry into the area that they have not left since; None without one."""
    place = place_of(places, person)
    return place.at if place is not None and place.area == area else None


def count_inside(places: Places, area: AreaId, *, without: PersonId | None = None) -> int:
    """Count the different persons in an area, ``without`` the one who asks."""
    count = places.inside.get(area, 0)
    if without is None:
        return count
    place = place_of(places, without)
    return count - 1 if place is not None and place.area == area else count


def forget_before(places: Places, at: datetime) -> Places:
    """Forget every entry before ``at``, also those that are yet to be told."""
    if places.since is not None and at <= places.since:
        return places
    buckets = tuple(_later(bucket, at) for bucket in places.buckets)
    inside: dict[AreaId, int] = {}
    for bucket in buckets:
        for place in bucket.values():
            inside[place.area] = inside.get(place.area, 0) + 1
    return replace(places, buckets=buckets, inside=inside, since=at)


def _later(bucket: Bucket, at: datetime) -> Bucket:
    if all(place.at >= at for place in bucket.values()):
        return bucket
    return {person: place for person, place in bucket.items() if place.at >= at}
