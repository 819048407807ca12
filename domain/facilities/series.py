"""Reservations that come again (繰り返し予約): days come from outside, single ones are moved, left out or elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.facilities.booking import Wish
from domain.facilities.booking_fault import BookingFault, BookingFaultsError, BookingWhy

OCCURRENCES_MAX = 100
"""A week's meeting for nearly two years; what goes on longer is asked for again."""


class Takes(StrEnum):
    """What is booked when not every occurrence is free."""

    whole = "whole"  # all or nothing
    free = "free"  # those that can be had; the rest is told


@dataclass(frozen=True, slots=True)
class SeriesException:
    """What is otherwise about one occurrence, named by the day on which the rule has it.

    With ``left_out`` it does not take place. Any other field stands in place of the series' own; a slot is of its room,
    so in another room the series' slot does not count.
    """

    on: date
    left_out: bool = False
    from_at: datetime | None = None
    until_at: datetime | None = None
    room_id: str | None = None
    slot_id: str | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One of a series: the day on which the rule has it, and what is wished for then."""

    on: date
    wish: Wish


@dataclass(frozen=True, slots=True)
class Refused:
    """An occurrence that cannot be had, and everything that is wrong with it."""

    occurrence: Occurrence
    faults: tuple[BookingFault, ...]


def derive_occurrences(
    first: Wish, days: Sequence[date], exceptions: Iterable[SeriesException] = ()
) -> tuple[Occurrence, ...]:
    """Give what is wished for on each day of a series, in order of the days; left-out ones are none.

    Args:
        first: the first wish; each other one is the same on its day, at the same time.
        days: on which it comes, as the rule has them.
        exceptions: what is otherwise.

    Raises:
        BookingFaultsError: an exception names no day of the series or one twice, or there are too many occurrences,
            or none.
    """
    otherwise = _by_day(exceptions, frozenset(days))
    if len(days) > OCCURRENCES_MAX:
        too_many = BookingFault("occurrences", BookingWhy.too_many_occurrences, {"most": OCCURRENCES_MAX})
        raise BookingFaultsError((too_many,))
    occurrences = []
    for on in sorted(set(days)):
        exception = otherwise.get(on)
        if exception is None or not exception.left_out:
            occurrences.append(Occurrence(on, _on_day(first, on, exception)))
    if not occurrences:
        raise BookingFaultsError((BookingFault("occurrences", BookingWhy.no_occurrence),))
    return tuple(occurrences)


def _by_day(exceptions: Iterable[SeriesException], days: frozenset[date]) -> Mapping[date, SeriesException]:
    found: dict[date, SeriesException] = {}
    faults = []
    for each in exceptions:
        if each.on not in days:
            faults.append(BookingFault("occurrences", BookingWhy.no_such_occurrence, {"on": each.on}))
        elif each.on in found:
            faults.append(BookingFault("occurrences", BookingWhy.occurrence_twice, {"on": each.on}))
        found[each.on] = each
    if faults:
        raise BookingFaultsError(faults)
    return found


def _on_day(first: Wish, on: date, exception: SeriesException | None) -> Wish:
    shift = timedelta(days=(on - first.on).days)
    wish = replace(first, from_at=first.from_at + shift, until_at=first.until_at + shift)
    if exception is None:
        return wish
    room_id = exception.room_id or wish.room_id
    return replace(
        wish,
        from_at=exception.from_at or wish.from_at,
        until_at=exception.until_at or wish.until_at,
        room_id=room_id,
        slot_id=exception.slot_id or (wish.slot_id if room_id == wish.room_id else None),
    )
