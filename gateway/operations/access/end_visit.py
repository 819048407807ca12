"""End a visit: the pass comes back (or is written off), and nothing opens to the visitor any more. Or let it last."""

from datetime import datetime, timedelta

from domain.access.rights import GrantSource
from domain.access.visits import (
    INSIDE,
    VisitAct,
    VisitFault,
    VisitFaultError,
    VisitState,
    judge_extension,
    step_visit,
)
from domain.civil import civil_minute
from gateway.meaning.restorations import VISIT_OVERSTAYED
from gateway.operations.access.decide_visit import Actor, may_change
from gateway.operations.access.receive_visitor import (
    PassKind,
    WantedPass,
    demand_person,
    give_pass,
    grant_levels,
    take_pass,
)
from gateway.operations.access.visit_notes import demand_visit, note_step, tell_visit
from store.alarms import restore_alarms
from store.rights import end_grants, list_grants_of_source
from store.tx import Tx
from store.visitor_cards import extend_pass, save_visitor_left
from store.visits import GuestVisit, load_visit_of_card, save_visit

LENT_JUST_NOW = timedelta(seconds=30)
"""A card held to the desk's reader so soon after it was lent lies there still: that is no return."""


def end_visit(tx: Tx, visit_id: str, *, by: str, card_lost: bool = False) -> GuestVisit:
    """Let a visitor go; ending twice is ending once.

    Raises:
        VisitFaultError: there is no such visit, or the visitor was never received.
    """
    visit = demand_visit(tx, visit_id)
    if visit.state is VisitState.left:
        return visit
    state = step_visit(visit.times, VisitAct.leave, tx.now)
    take_pass(tx, visit, lost=card_lost)
    grants = list_grants_of_source(tx, GrantSource.visit, visit.id)
    end_grants(tx, [grant.id for grant in grants], by=by, reason=VisitAct.leave.value)
    save_visitor_left(tx, demand_person(visit), civil_minute(tx.now)[0])
    is_lost = card_lost and visit.pass_kind == PassKind.card
    save_visit(tx, visit.id, state=state, left_at=tx.now, token=None, code_id=None, card_lost=is_lost)
    label = f"{visit.pass_label} lost" if is_lost else visit.pass_label
    note_step(tx, visit.id, by, VisitAct.leave.value, label)
    tell_visit(tx, visit, "left")
    restore_alarms(tx, [(VISIT_OVERSTAYED, visit.id)])
    return visit


def end_by_card(tx: Tx, token: str, *, reader_id: str, tapped_at: datetime) -> GuestVisit | None:
    """Let the visitor go whose card was held to a desk's reader; None when it is nobody's, or was lent just now."""
    visit = load_visit_of_card(tx, token)
    if visit is None or visit.pass_kind != PassKind.card or visit.passed_at is None:
        return None
    if tapped_at - visit.passed_at < LENT_JUST_NOW:
        return None
    return end_visit(tx, visit.id, by=reader_id)


def extend_visit(
    tx: Tx, visit_id: str, valid_until: datetime, *, actor: Actor, new_code: WantedPass | None = None
) -> GuestVisit:
    """Move the end of a visit.

    Args:
        tx: the transaction.
        visit_id: which.
        valid_until: the new end, no longer inside.
        actor: who does it.
        new_code: a code to draw instead of the one that the visitor holds: a code's end is signed with it.

    Raises:
        VisitFaultError: the visit is over, the end lies wrong, or it is not this one's.
    """
    visit = demand_visit(tx, visit_id)
    if not may_change(visit, actor):
        raise VisitFaultError(VisitFault.not_yours)
    step_visit(visit.times, VisitAct.extend, tx.now)
    if (fault := judge_extension(visit.times, valid_until, tx.now)) is not None:
        raise VisitFaultError(fault)
    save_visit(tx, visit.id, valid_until=valid_until, overstay_told_at=None)
    if visit.person_id is not None and visit.state in INSIDE:
        _let_last(tx, visit, visit.person_id, valid_until, by=actor.login, new_code=new_code)
    note_step(tx, visit.id, actor.login, VisitAct.extend.value, valid_until.isoformat(timespec="minutes"))
    tell_visit(tx, visit, "extended")
    restore_alarms(tx, [(VISIT_OVERSTAYED, visit.id)])
    return demand_visit(tx, visit_id)


def _let_last(
    tx: Tx, visit: GuestVisit, person_id: str, valid_until: datetime, *, by: str, new_code: WantedPass | None
) -> None:
    former = list_grants_of_source(tx, GrantSource.visit, visit.id)
    end_grants(tx, [grant.id for grant in former], by=by, reason=VisitAct.extend.value)
    grant_levels(tx, visit, person_id, valid_until=valid_until, by=by)
    if visit.pass_kind == PassKind.code and new_code is not None:
        give_pass(tx, visit.id, new_code, by=by)
    elif visit.token is not None:
        extend_pass(tx, visit.token, person_id, valid_until)
