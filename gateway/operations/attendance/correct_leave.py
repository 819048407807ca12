"""Put a person's leave right by hand, and say what grants to come follow; HR's acts, each with every fault named."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.attendance.leave_balance import Lot, settle
from domain.attendance.leave_grants import GrantScheme, LeaveTerms
from domain.attendance.leave_kinds import LeaveKind
from store.leave_ledgers import claim_balance
from store.leaves import insert_correction, list_lots, list_takings, save_terms
from store.people import load_person
from store.tx import Tx

REASON_MAX = 200
MINUTES_MAX = 60 * 24 * 366
"""More than any balance holds."""
WEEK_DAYS_MAX = 7
DAY_MINUTES_MIN, DAY_MINUTES_MAX = 60, 12 * 60
"""The length of somebody's working day, in minutes."""


class LeaveBookFault(StrEnum):
    """Why a correction or terms are refused."""

    unknown_person = "unknown_person"
    unknown_kind = "unknown_kind"
    bad_minutes = "bad_minutes"
    bad_from = "bad_from"
    ends_before_start = "ends_before_start"
    bad_reason = "bad_reason"
    overdraws = "overdraws"
    unknown_scheme = "unknown_scheme"
    bad_week_days = "bad_week_days"
    bad_day_minutes = "bad_day_minutes"


FIELDS: Mapping[LeaveBookFault, str] = {
    LeaveBookFault.unknown_person: "person_id",
    LeaveBookFault.unknown_kind: "kind",
    LeaveBookFault.bad_minutes: "minutes",
    LeaveBookFault.bad_from: "from_on",
    LeaveBookFault.ends_before_start: "until_on",
    LeaveBookFault.bad_reason: "reason",
    LeaveBookFault.overdraws: "minutes",
    LeaveBookFault.unknown_scheme: "scheme",
    LeaveBookFault.bad_week_days: "week_days",
    LeaveBookFault.bad_day_minutes: "day_minutes",
}
"""The field of the form that each fault speaks of."""


class LeaveBookFaultsError(Exception):
    """It is refused; ``faults`` are everything that is wrong with it."""

    def __init__(self, faults: tuple[LeaveBookFault, ...]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class LeaveCorrection:
    """Minutes more, or fewer, of a kind of leave from a day to another; ``id`` is the form's, so that twice is once."""

    id: str
    person_id: str
    kind: str
    minutes: int | None
    from_on: date | None
    until_on: date | None
    reason: str


def correct_leave(tx: Tx, asked: LeaveCorrection, kinds: Mapping[str, LeaveKind], *, by: str) -> None:
    """Write a correction down.

    Args:
        tx: a writing transaction.
        asked: what HR entered; None is what could not be read.
        kinds: the city's kinds of leave.
        by: the login.

    Raises:
        LeaveBookFaultsError: it is not written, for every reason named.
    """
    if faults := tuple(_faults(tx, asked, kinds)):
        raise LeaveBookFaultsError(faults)
    if asked.minutes is None or asked.from_on is None:
        raise AssertionError("what is None was named as a fault")
    lot = Lot("", asked.minutes, asked.from_on, asked.until_on)
    claim_balance(tx, asked.person_id)
    if asked.minutes < 0 and _overdraws(tx, asked, lot):
        raise LeaveBookFaultsError((LeaveBookFault.overdraws,))
    insert_correction(tx, asked.person_id, asked.kind, lot, reason=asked.reason.strip(), by=by, key=asked.id)


def keep_leave_terms(
    tx: Tx, person_id: str, from_on: date | None, terms: LeaveTerms, schemes: Mapping[str, GrantScheme]
) -> None:
    """Let a person's grants follow these terms from a day on; what was granted stays.

    Raises:
        LeaveBookFaultsError: they are not kept, for every reason named.
    """
    faults = []
    if load_person(tx, person_id) is None:
        faults.append(LeaveBookFault.unknown_person)
    if from_on is None:
        faults.append(LeaveBookFault.bad_from)
    if terms.scheme not in schemes:
        faults.append(LeaveBookFault.unknown_scheme)
    if not 1 <= terms.week_days <= WEEK_DAYS_MAX:
        faults.append(LeaveBookFault.bad_week_days)
    if not DAY_MINUTES_MIN <= terms.day_minutes <= DAY_MINUTES_MAX:
        faults.append(LeaveBookFault.bad_day_minutes)
    if faults or from_on is None:
        raise LeaveBookFaultsError(tuple(faults))
    save_terms(tx, from_on, {person_id: terms})


def _faults(tx: Tx, asked: LeaveCorrection, kinds: Mapping[str, LeaveKind]) -> Iterator[LeaveBookFault]:
    if load_person(tx, asked.person_id) is None:
        yield LeaveBookFault.unknown_person
    kind = kinds.get(asked.kind)
    if kind is None or not kind.has_balance:
        yield LeaveBookFault.unknown_kind
    if asked.minutes is None or not 0 < abs(asked.minutes) <= MINUTES_MAX:
        yield LeaveBookFault.bad_minutes
    if asked.from_on is None:
        yield LeaveBookFault.bad_from
    elif asked.until_on is not None and asked.until_on < asked.from_on:
        yield LeaveBookFault.ends_before_start
    if not 0 < len(asked.reason.strip()) <= REASON_MAX:
        yield LeaveBookFault.bad_reason


def _overdraws(tx: Tx, asked: LeaveCorrection, less: Lot) -> bool:
    """Tell whether fewer minutes leave something that was taken, or this itself, without cover."""
    standing = list_lots(tx, [asked.person_id], asked.kind, since=less.from_on).get(asked.person_id, ())
    lots = [each.lot for each in standing]
    since = min([less.from_on, *(lot.from_on for lot in lots)])
    takings = list_takings(tx, [asked.person_id], since=since, kind=asked.kind).get(asked.person_id, ())
    before = sum(settle(lots, takings).short.values())
    return sum(settle([*lots, Lot("less", less.minutes, less.from_on, less.until_on)], takings).short.values()) > before
