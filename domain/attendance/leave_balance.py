"""The ledger of leave: grants and takings of one person and one kind, settled to the minute (L16).

Theory of operation. Uses are settled in the order of their days, whatever the order in which they were written down.
Each draws from the lots that hold on its day: what was carried over first, then what lapses soonest. Nothing of a lot
outlives its last day; what goes into the next year is a lot of its own (``leave_grants``). A grant of fewer minutes
than none is a correction and draws like a use, before those of its day.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from domain.attendance.leave_kinds import Allowance, LeaveKind, leave_year


@dataclass(frozen=True, slots=True)
class Lot:
    """Minutes that may be taken from ``from_on`` to ``until_on``, both included; None has no last day."""

    id: str
    minutes: int
    from_on: date
    until_on: date | None = None
    is_carried: bool = False


@dataclass(frozen=True, slots=True)
class Taking:
    """Leave of a day; clock minutes from 00:00 of it, both None for the whole day. ``minutes`` leave the balance."""

    id: str
    kind: str
    on: date
    minutes: int
    starts_minute: int | None = None
    ends_minute: int | None = None

    @property
    def is_whole_day(self) -> bool:
        """Tell whether it takes the whole day."""
        return self.starts_minute is None


class _Use(NamedTuple):
    on: date
    place: int  # corrections before takings
    starts_minute: int
    id: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """A ledger at the end of a day, in minutes.

    ``granted = taken + lapsed + left`` holds of what has begun, where ``taken`` is what was drawn. ``short`` names
    the uses that found too little and by how much; it is empty in a ledger that is in order.
    """

    left: Mapping[str, int]  # by the lot's id, of those that still hold
    granted: int
    taken: int
    lapsed: int
    short: Mapping[str, int]

    @property
    def balance(self) -> int:
        """Give what is left in all; below nothing by what was overdrawn."""
        return sum(self.left.values()) - sum(self.short.values())


def settle(lots: Iterable[Lot], takings: Iterable[Taking], on: date | None = None) -> Settlement:
    """Settle a ledger as it is at the end of a day; without one, over all days, nothing lapsing after the last use."""
    horizon = on or date.max
    known = [lot for lot in lots if lot.from_on <= horizon]
    pool = sorted((lot for lot in known if lot.minutes > 0), key=_drawn_first)
    left = {lot.id: lot.minutes for lot in pool}
    short: dict[str, int] = {}
    taken = 0
    for use in sorted(_uses(known, takings, horizon)):
        due = use.minutes
        for lot in pool:
            if due and lot.from_on <= use.on and (lot.until_on is None or use.on <= lot.until_on):
                drawn = min(due, left[lot.id])
                left[lot.id] -= drawn
                due -= drawn
        taken += use.minutes - due
        if due:
            short[use.id] = due
    gone = {lot.id for lot in pool if on is not None and lot.until_on is not None and lot.until_on < on}
    return Settlement(
        left={lot.id: left[lot.id] for lot in pool if lot.id not in gone},
        granted=sum(lot.minutes for lot in pool),
        taken=taken,
        lapsed=sum(left[lot_id] for lot_id in gone),
        short=short,
    )


def most_to_take(lots: Iterable[Lot], takings: Iterable[Taking], on: date) -> int:
    """Give the most minutes that may still be taken on a day, so that everything already taken stays covered."""
    lots, takings = tuple(lots), tuple(takings)
    before = sum(settle(lots, takings).short.values())
    held = sum(
        lot.minutes
        for lot in lots
        if lot.minutes > 0 and lot.from_on <= on and (lot.until_on is None or on <= lot.until_on)
    )

    def is_too_much(minutes: int) -> bool:
        probe = Taking("", "", on, minutes)
        return sum(settle(lots, (*takings, probe)).short.values()) > before

    return bisect_left(range(1, held + 1), x=True, key=is_too_much)


def yearly_lots(kind: LeaveKind, day_minutes: int, days: Iterable[date]) -> tuple[Lot, ...]:
    """Give the lots that a kind has by itself in the leave years of some days; none unless its allowance is yearly.

    Args:
        kind: the kind of leave.
        day_minutes: the person's day.
        days: any days of the years wanted.
    """
    if kind.allowance is not Allowance.yearly or kind.days is None:
        return ()
    years = sorted({leave_year(kind.year_start, on) for on in days})
    return tuple(
        Lot(f"{kind.id}/{first_on.year}", kind.days * day_minutes, first_on, last_on) for first_on, last_on in years
    )


def _uses(lots: Iterable[Lot], takings: Iterable[Taking], horizon: date) -> Iterable[_Use]:
    yield from (_Use(lot.from_on, 0, 0, lot.id, -lot.minutes) for lot in lots if lot.minutes < 0)
    yield from (
        _Use(item.on, 1, item.starts_minute or 0, item.id, item.minutes) for item in takings if item.on <= horizon
    )


def _drawn_first(lot: Lot) -> tuple[bool, date, date, str]:
    return (not lot.is_carried, lot.until_on or date.max, lot.from_on, lot.id)
