"""Leave granted by the rule: each person's year when it comes, and what the year before leaves over (L16).

Theory of operation. A grant is named by kind, person and the year's end, so giving it again changes nothing; what HR's
file says of a year stands in its place. The carry-over is what the ledger of the year before leaves, counted anew at
each run: leave that is entered or cancelled after the turn of the year gives one more lot of the difference.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from contract.leave_kind_file import LeaveRules
from domain.access.rights import PersonKind
from domain.attendance.leave_balance import Taking
from domain.attendance.leave_grants import (
    GIVEN,
    GrantScheme,
    LeavePeriod,
    LeaveSource,
    LeaveTerms,
    carried_minutes,
    leave_period,
)
from domain.attendance.leave_kinds import LeaveKind
from domain.attendance.profile import InForce
from store.leave_ledgers import load_terms
from store.leaves import GivenLot, StandingLot, insert_given, list_lots, list_takings
from store.people import is_employed, list_persons
from store.tx import Tx

AHEAD = timedelta(days=45)
"""So long before it holds a grant is known: January's leave is asked for in December."""

YEARS_BACK = 2


@dataclass(frozen=True, slots=True)
class GrantedLeave:
    """What a run gave: so many new grants and carry-overs, and whose terms nobody has told."""

    granted: int
    carried: int
    without_terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """One person's leave of one kind, as it stands."""

    person_id: str
    left_on: date | None
    scheme: GrantScheme
    kind: LeaveKind
    terms: LeaveTerms
    lots: Sequence[StandingLot]
    takings: Sequence[Taking]

    def period(self, on: date) -> LeavePeriod | None:
        return leave_period(self.scheme, self.kind, self.terms, on)

    def given(self, key: str, minutes: int, period: LeavePeriod, source: LeaveSource) -> GivenLot:
        return GivenLot(key, self.person_id, self.kind.id, minutes, period.from_on, period.until_on, source)


def grant_leave(tx: Tx, on: date, rules: LeaveRules, profile: InForce, *, rule_from_on: date) -> GrantedLeave:
    """Give every member of staff what the rule gives on a day; again is harmless.

    Leave years that began before ``rule_from_on`` are left to HR's files.
    """
    staff = [who for who in list_persons(tx) if who.kind == PersonKind.staff and is_employed(who, on, on + AHEAD)]
    terms = load_terms(tx, staff, on + AHEAD, profile)
    since = date(on.year - YEARS_BACK, 1, 1)
    granted = carried = 0
    for kind_id in sorted({scheme.kind for scheme in rules.schemes.values()}):
        kind = rules.kinds[kind_id]
        schemes = {each.id: each for each in rules.schemes.values() if each.kind == kind_id}
        lots, takings = list_lots(tx, None, kind_id, since=since), list_takings(tx, None, since=since, kind=kind_id)
        cases = [
            _Case(who.id, who.left_on, schemes[own.scheme], kind, own, lots.get(who.id, ()), takings.get(who.id, ()))
            for who in staff
            if (own := terms.get(who.id)) is not None and own.scheme in schemes
        ]
        granted += insert_given(tx, (lot for case in cases for lot in _grants(case, on) if lot.from_on >= rule_from_on))
        carried += insert_given(
            tx, (lot for case in cases for lot in _carried(case, on) if lot.from_on >= rule_from_on)
        )
    known = {person_id for person_id, each in terms.items() if each.scheme in rules.schemes}
    return GrantedLeave(granted, carried, tuple(who.id for who in staff if who.id not in known))


def _grants(case: _Case, on: date) -> Iterator[GivenLot]:
    for period in dict.fromkeys((case.period(on), case.period(on + AHEAD))):
        if period is None or period.minutes == 0 or _is_given(case, period):
            continue
        if case.left_on is not None and case.left_on < period.from_on:
            continue
        key = f"{case.kind.id}/{case.person_id}/{period.until_on.isoformat()}"
        yield case.given(key, period.minutes, period, LeaveSource.grant)


def _is_given(case: _Case, period: LeavePeriod) -> bool:
    return any(source in GIVEN and period.year_from_on <= lot.from_on <= period.until_on for lot, source in case.lots)


def _carried(case: _Case, on: date) -> Iterator[GivenLot]:
    period = case.period(on)
    before = None if period is None else case.period(period.year_from_on - timedelta(days=1))
    if period is None or before is None or case.kind.carry_days_max == 0:
        return
    lots = [lot for lot, _ in case.lots]
    cap = case.kind.carry_days_max * case.terms.day_minutes
    due = carried_minutes(lots, case.takings, before, cap)
    standing = [lot.minutes for lot in lots if lot.is_carried and lot.from_on == period.from_on]
    if due != sum(standing):
        key = f"{case.kind.id}/{case.person_id}/{period.until_on.isoformat()}/carried/{len(standing)}"
        yield case.given(key, due - sum(standing), period, LeaveSource.carried)
