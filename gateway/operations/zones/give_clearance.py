"""Clear somebody for a network tier (取扱いの認定): asked by one person with a reason, given by another.

It is given for the work of the holder's department: whoever moves loses it on the day of the move, as what a department
grants at the doors ends with it (``gateway.operations.zones.end_clearance``).
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from domain.civil import civil_minute
from domain.validity import Dated, share_days
from domain.zones.rule import TEXT_MAX
from domain.zones.zone_fault import ZoneWhy, refuse_zone
from gateway.zones.tier_news import TIER_CHANGED
from store.accounts import load_account
from store.outbox import Notice, insert_notices
from store.people import Person, load_person
from store.tier_clearances import Clearance, insert_clearance, list_clearances
from store.tier_proposals import Proposal, ProposalKind, ProposalState, insert_proposal, list_proposals, load_proposal
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class WishedClearance:
    """What is asked for: whom, for which tier, from a day until another, both included (None: for good), and why."""

    id: str
    person_id: str
    tier_id: str
    valid_from: date
    valid_until: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class AskedClearance:
    """What a proposal of a clearance says; the person is its subject."""

    tier_id: str
    valid_from: date
    valid_until: date | None


def propose_clearance(tx: Tx, wish: WishedClearance, *, tiers: Collection[str], by: str) -> Proposal:
    """Ask another person to clear somebody; the same id again gives what stands already.

    Args:
        tx: the transaction; everything in it happens at its ``now``.
        wish: what is asked for.
        tiers: the ids of the tiers that there are.
        by: the login of whoever asks.

    Raises:
        ZoneFaultsError: nobody who is here has that number or the asker does (``person_id``), there is no such tier
            (``tier_id``), the days are over or the wrong way round (``valid_until``), the same clearance stands or
            waits (``person_id``), or nothing is said why (``reason``).
    """
    standing = load_proposal(tx, wish.id)
    if standing is not None:
        return standing
    today = civil_minute(tx.now)[0]
    _demand_person(tx, wish.person_id, by)
    if wish.tier_id not in tiers:
        raise refuse_zone("tier_id", ZoneWhy.unknown_tier, found=wish.tier_id)
    if wish.valid_until is not None and wish.valid_until < wish.valid_from:
        raise refuse_zone("valid_until", ZoneWhy.ends_first)
    if wish.valid_until is not None and wish.valid_until < today:
        raise refuse_zone("valid_until", ZoneWhy.over)
    reason = wish.reason.strip()
    if not reason:
        raise refuse_zone("reason", ZoneWhy.no_reason)
    if len(reason) > TEXT_MAX:
        raise refuse_zone("reason", ZoneWhy.too_long, most=TEXT_MAX)
    waiting = [read_asked_clearance(each) for each in _list_waiting(tx, wish.person_id)]
    _demand_new(tx, wish.person_id, wish.tier_id, wish, [each for each in waiting if each.tier_id == wish.tier_id])
    days = {"valid_from": wish.valid_from.isoformat(), "valid_until": wish.valid_until and wish.valid_until.isoformat()}
    body = json.dumps({"tier_id": wish.tier_id, **days})
    proposal = Proposal(wish.id, ProposalKind.clearance, wish.person_id, body, reason, by, tx.now)
    insert_proposal(tx, proposal)
    return proposal


def read_asked_clearance(proposal: Proposal) -> AskedClearance:
    """Give what a proposal of a clearance says."""
    body = json.loads(proposal.body)
    until = body["valid_until"]
    first_on, last_on = date.fromisoformat(body["valid_from"]), until and date.fromisoformat(until)
    return AskedClearance(body["tier_id"], first_on, last_on)


def apply_clearance(tx: Tx, proposal: Proposal, *, by: str) -> Clearance:
    """Clear the person as was asked; the person is decided again.

    Raises:
        ZoneFaultsError: whoever gives it asked for it (``approved_by``) or is that person, the person left
            (``person_id``), its last day is over, or the same clearance stands by now.
    """
    asked = read_asked_clearance(proposal)
    if proposal.asked_by == by:
        raise refuse_zone("approved_by", ZoneWhy.same_person)
    holder = _demand_person(tx, proposal.subject, by)
    if asked.valid_until is not None and asked.valid_until < civil_minute(tx.now)[0]:
        raise refuse_zone("valid_until", ZoneWhy.over)
    _demand_new(tx, holder.id, asked.tier_id, asked, [])
    given = Clearance(
        proposal.id,
        holder.id,
        asked.tier_id,
        asked.valid_from,
        asked.valid_until,
        proposal.reason,
        proposal.asked_by,
        by,
        tx.now,
        department_id=holder.department_id,
    )
    insert_clearance(tx, given)
    insert_notices(tx, [Notice(TIER_CHANGED, holder.id, "{}")])
    return given


def _demand_person(tx: Tx, person_id: str, by: str) -> Person:
    person = load_person(tx, person_id)
    if person is None or (person.left_on is not None and person.left_on < civil_minute(tx.now)[0]):
        raise refuse_zone("person_id", ZoneWhy.unknown_person, found=person_id)
    account = load_account(tx, by)
    if account is not None and account.person_id == person_id:
        raise refuse_zone("person_id", ZoneWhy.for_oneself)
    return person


def _demand_new(tx: Tx, person_id: str, tier_id: str, days: Dated, waiting: Collection[Dated]) -> None:
    mine = list_clearances(tx, [person_id]).get(person_id, [])
    standing = [each for each in mine if each.tier_id == tier_id and each.ended_at is None]
    if any(share_days(each, days) for each in (*standing, *waiting)):
        raise refuse_zone("person_id", ZoneWhy.stands)


def _list_waiting(tx: Tx, person_id: str) -> list[Proposal]:
    waiting = list_proposals(tx, kind=ProposalKind.clearance, state=ProposalState.open, limit=5000)
    return [each for each in waiting if each.subject == person_id]
