"""Close a facility's day of takings: cash counted, report hashed; what comes later belongs to another day."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.civil import civil_minute
from domain.facilities.fee_fault import FeeFault, FeeWhy, refuse
from domain.facilities.takings import CashCount, derive_report
from gateway.fees.day_report import hash_report, write_report
from gateway.fees.entries import TEXT_LENGTH_MAX, raise_faults
from store.facilities import load_facility
from store.takings import list_days_with_takings, list_takings_on, lock_desk
from store.takings_days import ClosedDay, find_last_closed, insert_closed_day, load_closed_day
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class DayEnd:
    """A day and its counted cash; a difference needs a ``note``."""

    facility_id: str
    on: date
    cash: CashCount
    note: str = ""


def close_day(tx: Tx, end: DayEnd, *, by: str) -> ClosedDay:
    """Close a day; the same count sent twice is one.

    Raises:
        FeeFaultsError: the day is to come, closed already with another count, an earlier one is open, a sum is
            negative, or cash differs and nobody says what is known about it.
    """
    raise_faults(_check_count(end))
    if load_facility(tx, end.facility_id) is None:
        raise refuse("facility_id", FeeWhy.no_facility)
    lock_desk(tx, end.facility_id)
    if (standing := load_closed_day(tx, end.facility_id, end.on)) is not None:
        if CashCount(standing.opening_yen, standing.counted_yen, standing.banked_yen) != end.cash:
            raise refuse("on", FeeWhy.closed_already)
        return standing
    _check_order(tx, end)
    entries = list_takings_on(tx, end.facility_id, end.on)
    report = derive_report(end.facility_id, end.on, entries, end.cash)
    if report.difference_yen and not end.note.strip():
        values = {"expected_yen": report.expected_yen, "counted_yen": end.cash.counted_yen}
        raise refuse("note", FeeWhy.note_missing, **values)
    content = write_report(report, entries)
    closed = ClosedDay(
        end.facility_id,
        end.on,
        opening_yen=end.cash.opening_yen,
        counted_yen=end.cash.counted_yen,
        banked_yen=end.cash.banked_yen,
        report=content,
        report_hash=hash_report(content),
        note=" ".join(end.note.split()),
        closed_by=by,
        closed_at=tx.now,
    )
    insert_closed_day(tx, closed)
    return closed


def _check_count(end: DayEnd) -> list[FeeFault]:
    sums = {name: getattr(end.cash, name) for name in CashCount.__slots__}
    faults = [FeeFault(name, FeeWhy.negative) for name, yen in sums.items() if yen < 0]
    if len(end.note) > TEXT_LENGTH_MAX:
        faults.append(FeeFault("note", FeeWhy.too_long, {"most_characters": TEXT_LENGTH_MAX}))
    return faults


def _check_order(tx: Tx, end: DayEnd) -> None:
    if end.on > civil_minute(tx.now)[0]:
        raise refuse("on", FeeWhy.day_to_come)
    last = find_last_closed(tx, end.facility_id)
    if last is not None and end.on <= last:
        raise refuse("on", FeeWhy.closed_already)
    first = date.min if last is None else last + timedelta(days=1)
    if open_days := list_days_with_takings(tx, end.facility_id, first, end.on - timedelta(days=1)):
        raise refuse("on", FeeWhy.earlier_day_open, on=open_days[0])
