"""One person's leave, loaded for a page: lots of every kind, what was taken, what waits for a word."""

from collections import defaultdict
from datetime import date

from contract.request_content import RequestContentError, read_content
from domain.attendance.leave_balance import Lot
from domain.attendance.leave_grants import full_day_minutes
from domain.attendance.requests import LeaveRequest, RequestKind
from gateway.pages.attendance.leave_view import LeaveRecord
from gateway.requests.rules import Rules
from store.leave_ledgers import load_terms
from store.leaves import GrantLine, list_grants, list_takings
from store.people import Person
from store.tx import Tx
from store.waiting_applications import WaitingApplication, list_waiting


def load_leave_record(tx: Tx, person: Person, rules: Rules, *, today: date, year: int) -> LeaveRecord:
    """Give what the leave pages of a person need, of a calendar year and as it is today."""
    since = date(min(year, today.year) - 1, 1, 1)
    lots: dict[str, tuple[Lot, ...]] = defaultdict(tuple)
    for line in list_grants(tx, person.id, since=since):
        lots[line.kind] += (line.lot,)
    earliest = min((lot.from_on for mine in lots.values() for lot in mine), default=since)
    terms = load_terms(tx, [person], today, rules.profiles).get(person.id)
    waiting = list_waiting(tx, [person.id], {RequestKind.leave}, (since, date.max)).get(person.id, ())
    return LeaveRecord(
        person.id,
        full_day_minutes(rules.profile_on(today)) if terms is None else terms.day_minutes,
        terms,
        lots,
        list_takings(tx, [person.id], since=min(since, earliest)).get(person.id, ()),
        {each.id: request for each in waiting if (request := _read(each)) is not None},
    )


def list_book(tx: Tx, person_id: str, year: int) -> list[GrantLine]:
    """Give the lots that a leave book lists for a year: those that hold on its first day or later."""
    return list_grants(tx, person_id, since=date(year, 1, 1))


def _read(each: WaitingApplication) -> LeaveRequest | None:
    try:
        request = read_content(RequestKind(each.kind), each.content)
    except RequestContentError:  # its own page tells what is wrong with it
        return None
    return request if isinstance(request, LeaveRequest) else None
