"""The department's list of leave taken (年次休暇の取得状況): granted, carried, taken, left, share, by person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from domain.attendance.leave_balance import Lot, Taking, settle
from domain.attendance.leave_minutes import LeaveAmount, to_amount

PER_MILLE = 1000


@dataclass(frozen=True, slots=True)
class LeaveLedger:
    """One person's lots and takings of one kind, the minutes of the person's day, and the leave year that is told.

    Lots that began before the year count as carried over; takings before it only as what they left of such lots.
    """

    person_id: str
    day_minutes: int
    from_on: date
    until_on: date
    lots: tuple[Lot, ...] = ()
    takings: tuple[Taking, ...] = ()


@dataclass(frozen=True, slots=True)
class LeaveRow:
    """A person's line: 付与, 繰越, 取得, 残 as days and minutes; 取得率 in tenths of a percent of what was granted.

    ``share_per_mille`` is None where nothing was granted. ``overdrawn_minutes`` is above 0 in a ledger out of order.
    """

    person_id: str
    granted: LeaveAmount
    carried: LeaveAmount
    taken: LeaveAmount
    left: LeaveAmount
    share_per_mille: int | None
    overdrawn_minutes: int


def list_leave(ledgers: Iterable[LeaveLedger], on: date) -> tuple[LeaveRow, ...]:
    """Give the list as it is at the end of a day, persons in the order given.

    Leave that lies after the day is neither taken nor away from what is left. Corrections belong to what was granted.
    """
    return tuple(_row(ledger, on) for ledger in ledgers)


def sum_shares(rows: Iterable[LeaveRow], day_minutes: Mapping[str, int]) -> int | None:
    """Give the department's share in tenths of a percent: all that was taken of all that was granted; None of nothing.

    Args:
        rows: the list.
        day_minutes: each person's day, by person.
    """
    taken = granted = 0
    for row in rows:
        day = day_minutes[row.person_id]
        taken += row.taken.days * day + row.taken.minutes
        granted += row.granted.days * day + row.granted.minutes
    return _share(taken, granted)


def _row(ledger: LeaveLedger, on: date) -> LeaveRow:
    day = ledger.day_minutes
    on = min(on, ledger.until_on)
    begun = [lot for lot in ledger.lots if ledger.from_on <= lot.from_on <= on]
    granted = max(0, sum(lot.minutes for lot in begun if not lot.is_carried))
    taken = sum(taking.minutes for taking in ledger.takings if ledger.from_on <= taking.on <= on)
    opened = settle(
        (lot for lot in ledger.lots if lot.is_carried or lot.from_on < ledger.from_on),
        (taking for taking in ledger.takings if taking.on < ledger.from_on),
        ledger.from_on,
    )
    carried = sum(opened.left.values())
    settled = settle(ledger.lots, ledger.takings, on)
    return LeaveRow(
        ledger.person_id,
        granted=to_amount(granted, day),
        carried=to_amount(carried, day),
        taken=to_amount(taken, day),
        left=to_amount(sum(settled.left.values()), day),
        share_per_mille=_share(taken, granted),
        overdrawn_minutes=sum(settled.short.values()),
    )


def _share(taken: int, granted: int) -> int | None:
    return None if granted == 0 else (taken * PER_MILLE * 2 + granted) // (granted * 2)
