"""Whether all taps of a month are here: each reader is known to be complete through an instant. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.attendance.duty_clock import duty_ends_at
from domain.attendance.month import month_bounds
from domain.attendance.profile import InForce

USED_WITHIN = timedelta(days=62)
"""Whoever used a reader so long before the month's end may have taps in it that are not here yet."""


@dataclass(frozen=True, slots=True)
class ReaderProgress:
    """A reader's box: all that it saw up to the instant is here; None when nothing is."""

    device_id: str
    complete_through_at: datetime | None


@dataclass(frozen=True, slots=True)
class LateReader:
    """A box that is not complete beyond the month's end, and whose taps it may still hold."""

    device_id: str
    complete_through_at: datetime | None
    person_ids: frozenset[str]


def month_over_at(period: str, profile: InForce) -> datetime:
    """Give the instant at which the month's last duty day is over.

    Raises:
        ValueError: ``period`` is no month.
    """
    return duty_ends_at(month_bounds(period)[1], profile)


def find_late_readers(
    readers: Iterable[ReaderProgress], users: Mapping[str, Collection[str]], over_at: datetime
) -> tuple[LateReader, ...]:
    """Give the boxes that somebody used and that are not complete through ``over_at``, by id."""
    return tuple(
        LateReader(each.device_id, each.complete_through_at, frozenset(users[each.device_id]))
        for each in sorted(readers, key=lambda each: each.device_id)
        if users.get(each.device_id) and (each.complete_through_at is None or each.complete_through_at < over_at)
    )


def late_by_person(late: Iterable[LateReader]) -> dict[str, tuple[str, ...]]:
    """Give by person the late boxes that this person used."""
    found: dict[str, tuple[str, ...]] = {}
    for reader in late:
        for person_id in reader.person_ids:
            found[person_id] = (*found.get(person_id, ()), reader.device_id)
    return found
