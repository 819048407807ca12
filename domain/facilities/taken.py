"""What is taken of resources over some days, laid so that a day quickly finds what touches it.

A month of a house is some 25,000 holds. They are kept as three lists side by side for each resource, in the order in
which they begin, not as objects: so many of them would cost more to make and to sweep away than to look at.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.civil import MINUTES_PER_DAY

TakenTime = tuple[int, int, str]
"""From when, until when, by which holder; minutes from 00:00 of some day."""


@dataclass(frozen=True, slots=True)
class _Times:
    """What is taken of one resource; ``longest`` of them takes so many minutes."""

    starts: Sequence[int]
    ends: Sequence[int]
    holders: Sequence[str]
    longest: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken, by resource, in minutes from 00:00 of ``first_on`` (:func:`lay_out`)."""

    first_on: date
    times: Mapping[str, _Times]

    def touching(self, resource: str, on: date, first: int, last: int) -> list[TakenTime]:
        """Give what is taken of a resource between two minutes of a day, in that day's minutes.

        Args:
            resource: which (``domain.facilities.holds``).
            on: the day from whose 00:00 minutes are counted; it may be any.
            first: from when; before 0 it lies on the days before.
            last: up to when; beyond 1440 it lies on the days after.
        """
        times = self.times.get(resource)
        if times is None:
            return []
        midnight = (on - self.first_on).days * MINUTES_PER_DAY
        first, last = first + midnight, last + midnight
        begin = bisect_left(times.starts, first - times.longest)
        end = bisect_left(times.starts, last, begin)
        found = zip(times.starts[begin:end], times.ends[begin:end], times.holders[begin:end], strict=True)
        return [(start - midnight, until - midnight, holder) for start, until, holder in found if until > first]


def lay_out(first_on: date, taken: Iterable[tuple[str, Iterable[TakenTime]]]) -> Taken:
    """Give what is taken so that days can be looked at.

    Args:
        first_on: the day from whose 00:00 minutes are counted.
        taken: each resource once with what is taken of it, in any order.
    """
    return Taken(first_on, {resource: _sort(times) for resource, times in taken})


def _sort(taken: Iterable[TakenTime]) -> _Times:
    starts, ends, holders = (list(each) for each in zip(*sorted(taken), strict=True))
    return _Times(starts, ends, holders, max(end - start for start, end in zip(starts, ends, strict=True)))
