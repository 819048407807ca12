"""A person's leave as pages show it: each kind's balance to the minute with its picture, and what was taken. Pure.

What is left is what may still be taken: leave that was approved for days to come is already away from it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.attendance.leave_balance import Lot, Settlement, Taking, settle, yearly_lots
from domain.attendance.leave_grants import LeaveTerms
from domain.attendance.leave_kinds import Allowance, LeaveKind, leave_year
from domain.attendance.leave_minutes import five_days_left
from domain.attendance.leave_takings import LeaveFacts, is_hourly
from domain.attendance.profile import Profile
from domain.attendance.requests import LeaveRequest

PICTURE_WIDTH = 1000


@dataclass(frozen=True, slots=True)
class LeaveRecord:
    """What is known of one person's leave. ``lots`` are by kind; ``asked`` what waits, by its application's id."""

    person_id: str
    day_minutes: int
    terms: LeaveTerms | None
    lots: Mapping[str, tuple[Lot, ...]]
    takings: tuple[Taking, ...]
    asked: Mapping[str, LeaveRequest]


@dataclass(frozen=True, slots=True)
class HeldLot:
    """What is left of a lot that holds today."""

    minutes: int
    until_on: date | None
    is_carried: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a balance's picture: ``taken``, ``coming``, ``carried`` or ``fresh``, in parts of its width."""

    look: str
    starts: int
    width: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Balance:
    """One kind's balance in minutes; ``taken`` lies in the leave year up to today, ``coming`` is approved and ahead.

    ``lots`` are those that hold today and have something left, what lapses first in front.
    """

    kind: LeaveKind
    left: int
    taken: int
    coming: int
    overdrawn: int
    lots: tuple[HeldLot, ...]
    year: tuple[date, date]

    @property
    def soonest(self) -> HeldLot | None:
        """Give the lot that lapses first."""
        return next((lot for lot in self.lots if lot.until_on is not None), None)

    @property
    def picture(self) -> tuple[Segment, ...]:
        """Give the stretches of the picture; empty where there is nothing to show."""
        carried = sum(lot.minutes for lot in self.lots if lot.is_carried)
        parts = (("taken", self.taken), ("coming", self.coming), ("carried", carried), ("fresh", self.left - carried))
        whole = sum(minutes for _, minutes in parts if minutes > 0)
        found, reached = [], 0
        for look, minutes in parts:
            if minutes > 0:
                starts, reached = reached, reached + minutes
                ends = reached * PICTURE_WIDTH // whole
                found.append(
                    Segment(look, starts * PICTURE_WIDTH // whole, ends - starts * PICTURE_WIDTH // whole, minutes)
                )
        return tuple(found)


@dataclass(frozen=True, slots=True)
class TakenDay:
    """Leave of a day, as the list has it."""

    taking: Taking
    kind: LeaveKind | None
    is_ahead: bool


@dataclass(frozen=True, slots=True)
class LeaveView:
    """The page: the balance that is granted in front, the other kinds that run out, what was taken in a year.

    ``duty_left`` are the minutes of the five days a year that must still be taken (R10), None where nobody must.
    """

    day_minutes: int
    granted: tuple[Balance, ...]
    yearly: tuple[Balance, ...]
    days: tuple[TakenDay, ...]
    duty_left: int | None


def derive_leave(
    record: LeaveRecord, kinds: Mapping[str, LeaveKind], profile: Profile, *, today: date, year: int
) -> LeaveView:
    """Put a person's leave together as it is on a day; what was taken is listed for a calendar year."""
    balances = [_balance(record, kind, today) for kind in kinds.values() if kind.has_balance]
    granted = tuple(each for each in balances if each.kind.allowance is Allowance.granted)
    yearly = tuple(each for each in balances if each.kind.allowance is Allowance.yearly)
    listed = sorted((each for each in record.takings if each.on.year == year), key=lambda each: each.on, reverse=True)
    return LeaveView(
        record.day_minutes,
        granted,
        yearly,
        tuple(TakenDay(each, kinds.get(each.kind), each.on > today) for each in listed),
        _duty_left(record, granted, kinds, profile),
    )


def _balance(record: LeaveRecord, kind: LeaveKind, today: date) -> Balance:
    first_on, last_on = leave_year(kind.year_start, today)
    mine = tuple(each for each in record.takings if each.kind == kind.id)
    lots = record.lots.get(kind.id, ()) + yearly_lots(kind, record.day_minutes, (today, *(each.on for each in mine)))
    settled = settle(lots, mine)
    held = sorted(_held(lots, settled, today), key=lambda lot: (lot.until_on or date.max, not lot.is_carried))
    return Balance(
        kind,
        left=sum(lot.minutes for lot in held),
        taken=sum(each.minutes for each in mine if first_on <= each.on <= today),
        coming=sum(each.minutes for each in mine if today < each.on <= last_on),
        overdrawn=sum(settled.short.values()),
        lots=tuple(held),
        year=(first_on, last_on),
    )


def _held(lots: Iterable[Lot], settled: Settlement, today: date) -> Iterator[HeldLot]:
    for lot in lots:
        minutes = settled.left.get(lot.id, 0)
        if minutes > 0 and lot.from_on <= today and (lot.until_on is None or today <= lot.until_on):
            yield HeldLot(minutes, lot.until_on, lot.is_carried)


def _duty_left(
    record: LeaveRecord, granted: Sequence[Balance], kinds: Mapping[str, LeaveKind], profile: Profile
) -> int | None:
    if not profile.five_day_leave_duty or not granted:
        return None
    balance = granted[0]
    first_on, last_on = balance.year
    facts = LeaveFacts(profile, kinds, {}, record.day_minutes)
    by_day = sum(
        each.minutes
        for each in record.takings
        if each.kind == balance.kind.id and first_on <= each.on <= last_on and not is_hourly(each, balance.kind, facts)
    )
    given = sum(
        lot.minutes
        for lot in record.lots.get(balance.kind.id, ())
        if first_on <= lot.from_on <= last_on and not lot.is_carried
    )
    return five_days_left(by_day, given, record.day_minutes, profile)
