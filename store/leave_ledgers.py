"""Whole ledgers of leave: for the person who asks, for the department's list, for the rule that grants."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from domain.attendance.leave_balance import Lot, Taking, yearly_lots
from domain.attendance.leave_grants import (
    GrantScheme,
    LeaveTerms,
    add_months,
    full_day_minutes,
    leave_period,
    usual_terms,
)
from domain.attendance.leave_kinds import LeaveKind, leave_year
from domain.attendance.leave_report import LeaveLedger
from domain.attendance.leave_takings import LeaveFacts
from domain.attendance.plan import Plan
from domain.attendance.profile import InForce
from domain.attendance.requests import LeaveRequest
from store.leaves import list_lots, list_takings, list_terms
from store.people import Person
from store.tables import person
from store.tx import Tx


def load_terms(tx: Tx, people: Collection[Person], on: date, profile: InForce) -> dict[str, LeaveTerms]:
    """Give what people's grants follow on a day, by person; who works part-time without terms is left out."""
    told = list_terms(tx, on)
    found = {}
    for who in people:
        terms = told.get(who.id) or usual_terms(who.employment, who.joined_on, profile.on(on))
        if terms is not None:
            found[who.id] = replace(terms, serves_from_on=terms.serves_from_on or who.joined_on)
    return found


def claim_balance(tx: Tx, person_id: str) -> None:
    """Let nobody else decide about the person's leave before the transaction ends, so that no minute is taken twice."""
    tx.connection.execute(select(person.c.id).where(person.c.id == person_id).with_for_update(key_share=True))


def load_leave_facts(
    tx: Tx, who: Person, request: LeaveRequest, plan: Plan, *, kinds: Mapping[str, LeaveKind], profile: InForce
) -> LeaveFacts:
    """Give what a request for leave is held against.

    Args:
        tx: an open transaction.
        who: whose leave it is.
        request: what is asked for; its kind need not be known.
        plan: the plan of the days asked for, as ``derive_plan`` gives it.
        kinds: the city's kinds of leave.
        profile: the rules by day.
    """
    kind = kinds.get(request.kind)
    terms = load_terms(tx, [who], request.from_on, profile).get(who.id)
    day_minutes = full_day_minutes(profile.on(request.from_on)) if terms is None else terms.day_minutes
    first_on, _ = leave_year(1 if kind is None else kind.year_start, request.from_on)
    lots, takings = _ledger(tx, (who.id,), request.kind, add_months(first_on, -12), every_kind=True)
    return LeaveFacts(profile, kinds, plan, day_minutes, lots.get(who.id, ()), takings.get(who.id, ()))


def load_leave_ledgers(
    tx: Tx,
    people: Collection[Person],
    kind: LeaveKind,
    year: int,
    *,
    schemes: Mapping[str, GrantScheme],
    profile: InForce,
) -> list[LeaveLedger]:
    """Give the ledgers of the leave year that begins in a year, in the order of the people, in three queries.

    Who works part-time without terms, or has no leave year in it yet, is left out.
    """
    last_on = date(year, 12, 31)
    terms = load_terms(tx, people, last_on, profile)
    lots, takings = _ledger(tx, list(terms), kind.id, date(year, 1, 1), every_kind=False)
    found = []
    for who in people:
        if who.id not in terms:
            continue
        own = terms[who.id]
        first_on, until_on = leave_year(kind.year_start, last_on)
        scheme = schemes.get(own.scheme)
        if scheme is not None and scheme.kind == kind.id:
            period = leave_period(scheme, kind, own, last_on)
            if period is None:
                continue
            first_on, until_on = period.year_from_on, period.until_on
        mine = lots.get(who.id, ()) + yearly_lots(kind, own.day_minutes, (last_on,))
        mine = tuple(lot for lot in mine if lot.until_on is None or lot.until_on >= first_on)
        found.append(LeaveLedger(who.id, own.day_minutes, first_on, until_on, mine, takings.get(who.id, ())))
    return found


def _ledger(
    tx: Tx, person_ids: Collection[str], kind: str, since: date, *, every_kind: bool
) -> tuple[dict[str, tuple[Lot, ...]], dict[str, tuple[Taking, ...]]]:
    standing = list_lots(tx, person_ids, kind, since=since)
    lots = {person_id: tuple(each.lot for each in found) for person_id, found in standing.items()}
    earliest = min((lot.from_on for mine in lots.values() for lot in mine), default=since)
    takings = list_takings(tx, person_ids, since=min(since, earliest), kind=None if every_kind else kind)
    return lots, takings
