"""Approve a visit, refuse it, or call it off."""

from collections.abc import Collection
from dataclasses import dataclass

from domain.access.visits import (
    VisitAct,
    VisitFault,
    VisitFaultError,
    judge_decider,
    step_visit,
)
from gateway.operations.access.visit_notes import demand_visit, note_step, tell_visit
from store.people import load_person
from store.tx import Tx
from store.visits import GuestVisit, save_visit

REASON_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something about visits: an account, the person behind it (or empty), and what that one answers for."""

    login: str
    person_id: str = ""
    heads: frozenset[str] = frozenset()
    is_facility: bool = False
    is_desk: bool = False


def decide_visit(tx: Tx, visit_id: str, *, approve: bool, actor: Actor, reason: str = "") -> GuestVisit:
    """Approve or refuse; a refusal says why.

    Raises:
        VisitFaultError: there is nothing to decide, it is not this one's to decide, or a refusal gives no reason.
    """
    visit = demand_visit(tx, visit_id)
    if (fault := judge_actor(tx, visit, actor)) is not None:
        raise VisitFaultError(fault)
    reason = _tidy(reason, needed=not approve)
    act = VisitAct.approve if approve else VisitAct.refuse
    state = step_visit(visit.times, act, tx.now)
    save_visit(tx, visit.id, state=state, decided_by=actor.login)
    note_step(tx, visit.id, actor.login, act.value, reason)
    tell_visit(tx, visit, state.value)
    return visit


def cancel_visit(tx: Tx, visit_id: str, *, actor: Actor, reason: str = "") -> GuestVisit:
    """Call a visit off: the host, whoever announced it, or the desk may.

    Raises:
        VisitFaultError: it is too late for that, or it is not this one's.
    """
    visit = demand_visit(tx, visit_id)
    if not may_change(visit, actor):
        raise VisitFaultError(VisitFault.not_yours)
    state = step_visit(visit.times, VisitAct.cancel, tx.now)
    save_visit(tx, visit.id, state=state)
    note_step(tx, visit.id, actor.login, VisitAct.cancel.value, _tidy(reason, needed=False))
    tell_visit(tx, visit, state.value)
    return visit


def judge_actor(tx: Tx, visit: GuestVisit, actor: Actor) -> VisitFault | None:
    """Tell why somebody may not decide about a visit; None when that one may."""
    host = load_person(tx, visit.host_id)
    involved: Collection[str] = (visit.host_id, visit.announced_by)
    decider = actor.person_id if actor.person_id in involved else actor.login
    return judge_decider(
        visit.approval,
        decider=decider,
        involved=involved,
        is_head=host is not None and host.department_id in actor.heads,
        is_facility=actor.is_facility,
    )


def may_change(visit: GuestVisit, actor: Actor) -> bool:
    """Tell whether somebody may call a visit off or move its end."""
    return actor.is_desk or actor.login == visit.announced_by or (actor.person_id or None) == visit.host_id


def _tidy(reason: str, *, needed: bool) -> str:
    reason = " ".join(reason.split())
    if needed and not reason:
        raise VisitFaultError(VisitFault.no_reason)
    if len(reason) > REASON_LENGTH_MAX:
        raise VisitFaultError(VisitFault.too_long)
    return reason
