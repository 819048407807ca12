"""Who else is there: how many persons cleared for a tier are in an area, without looking at each of them.

Kept beside the places: each person adds the instant at which they were last seen to every tier they are cleared for, so
that how many count at an instant is one search. A person who moves takes one entry away and adds another.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.zones.situation import Span
from gateway.zones.person_book import KnownPerson
from gateway.zones.presence_book import Whereabout

AreaTier = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Counted:
    """What one person adds: to these tiers, in this area, when last seen."""

    area: str
    last_at: datetime
    tiers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Company:
    """Who counts where; ``inside`` are all who are in an area, cleared or not."""

    counted: Mapping[str, Counted] = field(default_factory=dict)
    times: Mapping[AreaTier, tuple[datetime, ...]] = field(default_factory=dict)
    inside: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def count_others(self, person_id: str, area: str, tier_id: str, since: datetime) -> int:
        """Count those cleared for a tier who were seen in an area after an instant, without the person."""
        times = self.times.get((area, tier_id), ())
        mine = self.counted.get(person_id)
        is_mine = mine is not None and mine.area == area and tier_id in mine.tiers and mine.last_at > since
        return len(times) - bisect_right(times, since) - is_mine

    def put(
        self,
        person_ids: Collection[str],
        persons: Mapping[str, KnownPerson],
        places: Mapping[str, Whereabout],
        now: datetime,
    ) -> "Company":
        """Give the company after some persons have changed."""
        counted, times, inside = dict(self.counted), dict(self.times), dict(self.inside)
        opened: dict[AreaTier, list[datetime]] = {}
        moved: dict[str, set[str]] = {}
        for each in person_ids:
            before, after = counted.pop(each, None), _count(persons.get(each), places.get(each), now)
            if before is not None:
                moved.setdefault(before.area, set(inside.get(before.area, ()))).discard(each)
                for tier_id in before.tiers:
                    entries = _open(opened, times, (before.area, tier_id))
                    del entries[bisect_left(entries, before.last_at)]
            if after is not None:
                counted[each] = after
                moved.setdefault(after.area, set(inside.get(after.area, ()))).add(each)
                for tier_id in after.tiers:
                    insort(_open(opened, times, (after.area, tier_id)), after.last_at)
        times.update({key: tuple(entries) for key, entries in opened.items()})
        inside.update({area: frozenset(members) for area, members in moved.items()})
        return Company(counted, times, inside)


def make_company(persons: Mapping[str, KnownPerson], places: Mapping[str, Whereabout], now: datetime) -> Company:
    """Give the company of everybody."""
    counted: dict[str, Counted] = {}
    times: dict[AreaTier, list[datetime]] = {}
    inside: dict[str, set[str]] = {}
    for each, where in places.items():
        after = _count(persons.get(each), where, now)
        if after is None:
            continue
        counted[each] = after
        inside.setdefault(after.area, set()).add(each)
        for tier_id in after.tiers:
            times.setdefault((after.area, tier_id), []).append(after.last_at)
    return Company(
        counted,
        {key: tuple(sorted(entries)) for key, entries in times.items()},
        {area: frozenset(members) for area, members in inside.items()},
    )


def is_at_work(known: KnownPerson, now: datetime) -> bool:
    """Tell whether somebody may look after others: employed, and not suspended."""
    return _holds(known.person.employed, now) and not _holds(known.person.suspended, now)


def _count(known: KnownPerson | None, where: Whereabout | None, now: datetime) -> Counted | None:
    if where is None:
        return None
    may = known is not None and is_at_work(known, now)
    cleared = known.person.clearances if known is not None and may else ()
    tiers = frozenset(tier_id for tier_id, span in cleared if span.holds_at(now))
    return Counted(where.area, where.last_at, tiers)


def _open(
    opened: dict[AreaTier, list[datetime]], times: Mapping[AreaTier, tuple[datetime, ...]], key: AreaTier
) -> list[datetime]:
    entries = opened.get(key)
    if entries is None:
        entries = opened[key] = list(times.get(key, ()))
    return entries


def _holds(spans: Iterable[Span], now: datetime) -> bool:
    return any(each.holds_at(now) for each in spans)
