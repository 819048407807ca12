"""Name who decides in a head's absence (代決), for some days, and end it earlier; whoever is named is told."""

from datetime import date, timedelta
from enum import StrEnum

from domain.civil import civil_minute
from domain.notices.roster_notice import StandInNotice, stand_in_message
from store.deciders import load_organisation
from store.delegations import end_delegation, insert_delegation, load_delegation
from store.directory import list_names
from store.messages import insert_messages
from store.people import is_employed, load_person
from store.tx import Tx

DAYS_MAX = 366


class StandInFault(StrEnum):
    """Why a stand-in is not named or ended."""

    not_a_head = "not_a_head"
    no_person = "no_person"  # nobody of that id works here on these days
    same_person = "same_person"
    bad_days = "bad_days"  # the last day lies before the first or in the past
    too_long = "too_long"
    unknown = "unknown"  # there is none that goes on


class StandInFaultError(Exception):
    """Nobody was named and nothing was ended; ``field`` is what to put right."""

    def __init__(self, field: str, fault: StandInFault) -> None:
        super().__init__(f"{field}: {fault.value}")
        self.field = field
        self.fault = fault


def name_stand_in(tx: Tx, head_id: str, delegate_id: str, from_on: date, until_on: date, *, by: str) -> int:
    """Let somebody decide for a head from a day to another, both included; gives the id. ``by`` is a login.

    Raises:
        StandInFaultError: see there.
    """
    today = civil_minute(tx.now)[0]
    if head_id not in {unit.head_id for unit in load_organisation(tx, today).units.values()}:
        raise StandInFaultError("head_id", StandInFault.not_a_head)
    if until_on < max(from_on, today):
        raise StandInFaultError("until_on", StandInFault.bad_days)
    if until_on - from_on >= timedelta(days=DAYS_MAX):
        raise StandInFaultError("until_on", StandInFault.too_long)
    if delegate_id == head_id:
        raise StandInFaultError("delegate_id", StandInFault.same_person)
    person = load_person(tx, delegate_id)
    if person is None or not is_employed(person, from_on, until_on):
        raise StandInFaultError("delegate_id", StandInFault.no_person)
    number = insert_delegation(tx, head_id, delegate_id, from_on, until_on, by=by)
    _tell(tx, StandInNotice(number, delegate_id, _name(tx, head_id), from_on, until_on))
    return number


def end_stand_in(tx: Tx, delegation_id: int, head_id: str, *, by: str) -> None:
    """End what a head named; ``by`` is a login.

    Raises:
        StandInFaultError: ``unknown``.
    """
    standing = load_delegation(tx, delegation_id)
    if standing is None or standing.head_id != head_id or not end_delegation(tx, delegation_id, by=by):
        raise StandInFaultError("id", StandInFault.unknown)
    if standing.until_on >= civil_minute(tx.now)[0]:
        days = standing.from_on, standing.until_on
        _tell(tx, StandInNotice(standing.id, standing.delegate_id, _name(tx, head_id), *days, is_over=True))


def _name(tx: Tx, person_id: str) -> str:
    return list_names(tx, {person_id}).get(person_id, person_id)


def _tell(tx: Tx, notice: StandInNotice) -> None:
    insert_messages(tx, [stand_in_message(notice)])
