"""Receive a visitor at the desk: identity seen to, a pass handed over, the doors told, the host told.

The visitor becomes a person of the doors here and not before, with grants that end with the visit: every controller
carries the end itself, so that a pass stops at the minute though nobody hears of it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.access.rights import GrantSource, SubjectKind
from domain.access.visits import VisitAct, VisitFault, VisitFaultError, VisitState, step_visit
from gateway.operations.access.visit_notes import demand_visit, note_step, tell_visit
from store.rights import Grant, insert_grant
from store.tx import Tx
from store.visitor_cards import end_code, ensure_pool, insert_code, lend_card, save_visitor, take_card_back
from store.visits import GuestVisit, save_visit

PERSON_PREFIX = "visitor-"


class PassKind(StrEnum):
    """What a visitor is given: a card of the pool, a code on paper or telephone, or nobody but the host to follow."""

    card = "card"
    code = "code"
    escort = "escort"


@dataclass(frozen=True, slots=True)
class WantedPass:
    """A pass to hand over: of a card or a code its token, of a code also what names it (``contract.visit_codes``)."""

    kind: PassKind
    token: str = ""
    code_id: str = ""


def receive_visitor(tx: Tx, visit_id: str, wanted: WantedPass, *, identified: bool, by: str) -> GuestVisit:
    """Receive a visitor; again with the same card is received once.

    Raises:
        VisitFaultError: the visit is not to be received now, nobody saw to who it is, or the card is not there to be
            lent.
    """
    visit = demand_visit(tx, visit_id)
    if visit.state is VisitState.arrived and wanted.token and visit.token == wanted.token:
        return visit
    if not identified:
        raise VisitFaultError(VisitFault.not_identified)
    state = step_visit(visit.times, VisitAct.receive, tx.now)
    person_id = f"{PERSON_PREFIX}{visit.id}"
    ensure_pool(tx)
    save_visitor(tx, person_id, visit.name, sponsor_id=visit.host_id)
    save_visit(tx, visit.id, state=state, arrived_at=tx.now, person_id=person_id)
    label = _hand_over(tx, visit, person_id, wanted)
    grant_levels(tx, visit, person_id, valid_until=visit.valid_until, by=by)
    note_step(tx, visit.id, by, VisitAct.receive.value, label)
    tell_visit(tx, visit, "arrived")
    return demand_visit(tx, visit_id)


def give_pass(tx: Tx, visit_id: str, wanted: WantedPass, *, by: str) -> GuestVisit:
    """Give a visitor who is here another pass; the former counts no more.

    Raises:
        VisitFaultError: the visitor is not here or is over time, or the card is not there to be lent.
    """
    visit = demand_visit(tx, visit_id)
    step_visit(visit.times, VisitAct.give_pass, tx.now)
    if wanted.token and visit.token == wanted.token:
        return visit
    person_id = demand_person(visit)
    label = _hand_over(tx, visit, person_id, wanted)
    take_pass(tx, visit, lost=False)
    note_step(tx, visit.id, by, VisitAct.give_pass.value, label)
    tell_visit(tx, visit, "passed")
    return demand_visit(tx, visit_id)


def take_pass(tx: Tx, visit: GuestVisit, *, lost: bool) -> None:
    """Let what a visitor holds open nothing any more: a card goes back to the pool, a code ends."""
    if visit.token is None or visit.person_id is None:
        return
    if visit.pass_kind == PassKind.card:
        take_card_back(tx, visit.token, visit.person_id, lost=lost)
    else:
        end_code(tx, visit.token, visit.person_id)


def grant_levels(tx: Tx, visit: GuestVisit, person_id: str, *, valid_until: datetime, by: str) -> None:
    """Give the visit's levels from now until its end."""
    for level in visit.levels:
        insert_grant(
            tx,
            Grant(
                id=f"visit:{visit.id}:{level}:{valid_until:%Y%m%d%H%M}",
                subject_kind=SubjectKind.person.value,
                subject_id=person_id,
                level_id=level,
                source=GrantSource.visit.value,
                reason="",
                given_by=by,
                valid_from=tx.now,
                valid_until=valid_until,
                source_id=visit.id,
            ),
        )


def demand_person(visit: GuestVisit) -> str:
    """Give who the visitor is at the doors.

    Raises:
        VisitFaultError: nobody yet: the visitor was not received.
    """
    if visit.person_id is None:
        raise VisitFaultError(VisitFault.wrong_state)
    return visit.person_id


def _hand_over(tx: Tx, visit: GuestVisit, person_id: str, wanted: WantedPass) -> str:
    bounds = {"valid_from": tx.now, "valid_until": visit.valid_until}
    label = ""
    if wanted.kind is PassKind.card:
        lent = lend_card(tx, wanted.token, person_id, **bounds, escorted=visit.escorted)
        if lent is None:
            raise VisitFaultError(VisitFault.card_taken)
        label = lent
    elif wanted.kind is PassKind.code:
        insert_code(tx, wanted.token, person_id, **bounds, escorted=visit.escorted)
        label = "QR"
    save_visit(
        tx,
        visit.id,
        pass_kind=wanted.kind.value,
        token=wanted.token or None,
        code_id=wanted.code_id or None,
        pass_label=label,
        passed_at=tx.now,
    )
    return label
