"""Clearances as their page shows them: each with its holder, where it stands, and what is to be looked at."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gateway.operations.zones.end_clearance import EndedBy
from gateway.operations.zones.give_clearance import AskedClearance, read_asked_clearance
from gateway.pages.tier_people.tiers_now import name_departments, today_of
from gateway.pages.tiers.naming import name_logins
from store.people import Person, load_persons
from store.staffing import list_due_orders
from store.tier_clearances import Clearance, list_standing_clearances
from store.tier_proposals import Proposal, ProposalKind, ProposalState, list_proposals
from store.tier_records import list_clearances_between
from store.tx import Tx

ENDS_SOON = timedelta(days=30)
LATELY = timedelta(days=30)
ENDED_SHOWN = 50
WAITING_SHOWN = 500
STANDING_SHOWN = 200
"""Of a whole city's: those to be looked at stand first, and a department is soon chosen."""


class ClearanceStands(StrEnum):
    """Where a clearance stands."""

    holds = "holds"
    ends_soon = "ends_soon"
    begins_later = "begins_later"


class LookAt(StrEnum):
    """Why a clearance is to be looked at: its ground ends soon."""

    moves = "moves"
    leaves = "leaves"


@dataclass(frozen=True, slots=True)
class ClearanceLine:
    """A clearance with its holder; ``look_on`` is the day on which it ends by itself for ``look_at``."""

    clearance: Clearance
    holder: Person
    department: str
    stands: ClearanceStands
    look_at: LookAt | None = None
    look_on: date | None = None
    ended_by_itself: EndedBy | None = None


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A proposal that waits for a second person."""

    proposal: Proposal
    asked: AskedClearance
    holder: Person
    department: str


@dataclass(frozen=True, slots=True)
class ClearancesSeen:
    """Everything that the page shows; ``counts`` are of every tier, whatever was chosen.

    Of ``standing_count`` clearances that were chosen the first ones are ``standing``.
    """

    waiting: Sequence[WaitingLine]
    standing: Sequence[ClearanceLine]
    standing_count: int
    ended: Sequence[ClearanceLine]
    counts: Mapping[str, int]
    soon: Mapping[str, int]
    names: Mapping[str, str]


def view_clearances(tx: Tx, department_id: str, tier_id: str) -> ClearancesSeen:
    """Give the clearances of a department and a tier; an empty one stands for all."""
    today, departments = today_of(tx), name_departments(tx)
    standing = list_standing_clearances(tx, today)
    over = [each for each in list_clearances_between(tx, tx.now - LATELY, tx.now) if each.ended_at is not None]
    waiting = list_proposals(tx, kind=ProposalKind.clearance, state=ProposalState.open, limit=WAITING_SHOWN)
    people = load_persons(tx, {each.person_id for each in (*standing, *over)} | {each.subject for each in waiting})
    orders = list_due_orders(tx, last_on=today, first_on=today + ENDS_SOON)
    moves = {each.person_id: each.due_on for each in orders if each.kind == "transfer"}
    lines = [_stand(each, people[each.person_id], departments, moves, today) for each in standing]
    chosen = [each for each in lines if _is_meant(each.holder, each.clearance.tier_id, department_id, tier_id)]
    ended = [_end(each, people[each.person_id], departments) for each in over]
    logins = {login for each in (*standing, *over) for login in (each.given_by, each.approved_by, each.ended_by)}
    return ClearancesSeen(
        [
            WaitingLine(
                each, read_asked_clearance(each), people[each.subject], departments[people[each.subject].department_id]
            )
            for each in reversed(waiting)
        ],
        sorted(chosen, key=_order)[:STANDING_SHOWN],
        len(chosen),
        sorted(
            (each for each in ended if _is_meant(each.holder, each.clearance.tier_id, department_id, tier_id)),
            key=lambda each: str(each.clearance.ended_at),
            reverse=True,
        )[:ENDED_SHOWN],
        Counter(each.tier_id for each in standing),
        Counter(each.clearance.tier_id for each in lines if _is_to_be_seen(each)),
        name_logins(tx, logins | {each.asked_by for each in waiting}),
    )


def _is_to_be_seen(each: ClearanceLine) -> bool:
    return each.stands is ClearanceStands.ends_soon or each.look_at is not None


def _order(each: ClearanceLine) -> tuple[bool, str, str, str]:
    return (not _is_to_be_seen(each), each.department, each.holder.kana, each.clearance.tier_id)


def _is_meant(holder: Person, of_tier: str, department_id: str, tier_id: str) -> bool:
    return (not department_id or holder.department_id == department_id) and (not tier_id or of_tier == tier_id)


def _stand(
    each: Clearance, holder: Person, departments: Mapping[str, str], moves: Mapping[str, date], today: date
) -> ClearanceLine:
    stands = ClearanceStands.holds
    if each.valid_from > today:
        stands = ClearanceStands.begins_later
    elif each.valid_until is not None and each.valid_until <= today + ENDS_SOON:
        stands = ClearanceStands.ends_soon
    look_at, look_on = None, None
    if holder.left_on is not None and holder.left_on <= today + ENDS_SOON:
        look_at, look_on = LookAt.leaves, holder.left_on
    elif holder.id in moves:
        look_at, look_on = LookAt.moves, moves[holder.id]
    return ClearanceLine(each, holder, departments[holder.department_id], stands, look_at, look_on)


def _end(each: Clearance, holder: Person, departments: Mapping[str, str]) -> ClearanceLine:
    by_itself = EndedBy(each.end_reason) if not each.ended_by and each.end_reason in set(EndedBy) else None
    department = departments[holder.department_id]
    return ClearanceLine(each, holder, department, ClearanceStands.holds, ended_by_itself=by_itself)
