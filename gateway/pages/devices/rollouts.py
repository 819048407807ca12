"""Descriptions of the site on their way: what would change, how far it is, and a person's word about it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Path
from starlette.responses import Response

from domain.access.rollout import DeviceFacts, Phase
from domain.ids import DeviceId
from gateway.operations.access.decide_rollout import RolloutFault, approve, stop
from gateway.operations.access.return_to_former import may_return, plan_return, propose_return
from gateway.pages.access.rights import Right
from gateway.pages.devices.rollout_view import RolloutView, derive_stages
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.rollouts.revisions import load_revision, rules_between
from gateway.rollouts.rollout_facts import load_rollout_facts
from gateway.site.plan import read_plan
from gateway.site.source import SiteError
from store.rollouts import REASON_LENGTH_MAX, StoredRollout, list_rollouts, load_rollout
from store.tx import Tx

router = APIRouter()

LISTED_MAX = 50

Number = Annotated[int, Path(ge=1, le=2**53)]


@router.get("/rollouts")
def get_rollouts(visit: Visitor) -> Response:
    """List the newest roll-outs; one that is proposed or running stands first with its stages."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        rollouts = list_rollouts(tx, limit=LISTED_MAX)
    return visit.render("devices/rollouts.html", rollouts=rollouts, now=tx.now)


@router.get("/rollouts/{number}")
def get_rollout(visit: Visitor, number: Number) -> Response:
    """Show one: its plan, its stages, and what may be done."""
    return _show(visit, "devices/rollout.html", number)


@router.get("/rollouts/{number}/part")
def get_rollout_part(visit: Visitor, number: Number) -> Response:
    """Give the part of it that changes."""
    return _show(visit, "devices/parts/rollout.html", number)


@router.post("/rollouts/{number}/approve")
def post_approval(visit: Visitor, number: Number) -> Response:
    """Approve one that waits for a second person."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        fault = approve(tx, number, by=visit.signed_in.login)
    return _answer(visit, number, fault)


@router.post("/rollouts/{number}/stop")
def post_stop(visit: Visitor, number: Number, reason: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Stop or reject one, with a reason."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        fault = stop(tx, number, by=visit.signed_in.login, reason=" ".join(reason.split()))
    return _answer(visit, number, fault)


@router.post("/rollouts/{number}/return")
def post_return(visit: Visitor, number: Number, reason: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Return from a finished one to the description before it, by a roll-out of its own; leads to that one."""
    context, words = visit.pages.context, " ".join(reason.split())
    with context.store.reading(context.now()) as tx:
        planned = plan_return(tx, number)
    if isinstance(planned, RolloutFault):
        return _answer(visit, number, planned)
    with context.store.transaction(context.now()) as tx:
        made = propose_return(tx, planned, by=visit.signed_in.login, reason=words)
    return _answer(visit, number, made) if isinstance(made, RolloutFault) else _answer(visit, made.id, None)


def _answer(visit: Visit, number: int, fault: RolloutFault | None) -> Response:
    if fault is RolloutFault.no_rollout:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if fault is not None:
        return _show(visit, "devices/rollout.html", number, fault=fault)
    visit.pages.context.committed.set()
    return see_other(f"/rollouts/{number}")


def _show(visit: Visit, template: str, number: int, *, fault: RolloutFault | None = None) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        rollout = load_rollout(tx, number)
        if rollout is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        view, returns = _view(visit, tx, rollout), may_return(tx, rollout)
    return visit.render(
        template,
        view=view,
        fault=fault,
        own=visit.signed_in.login == rollout.proposal.proposed_by,
        decides=visit.may(Right.decide_rollouts),
        returns=returns,
        reason_max=REASON_LENGTH_MAX,
        now=tx.now,
    )


def _view(visit: Visit, tx: Tx, rollout: StoredRollout) -> RolloutView:
    plan = read_plan(rollout.proposal.plan)
    if rollout.proposal.former_id is None:
        return RolloutView(rollout, plan, (), None)
    try:
        former, coming = (
            load_revision(tx, each) for each in (rollout.proposal.former_id, rollout.proposal.revision_id)
        )
    except SiteError:
        return RolloutView(rollout, plan, (), None)  # its stages cannot be read; an alarm says so
    rules = rules_between(former, coming)
    facts: dict[DeviceId, DeviceFacts] = {}
    if rollout.state.phase is Phase.running:
        facts = dict(load_rollout_facts(tx, rollout.state, coming.id, coming.site))
    names = {device.id: visit.phrases.name_of(device) for device in (*former.site.devices, *coming.site.devices)}
    held_at = rollout.state.held_at if rollout.state.phase is Phase.running else None
    return RolloutView(
        rollout,
        plan,
        derive_stages(rules, rollout, facts, names),
        None if held_at is None else held_at + rules.soak,
    )
