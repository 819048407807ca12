"""One application before whoever decides it: everything that is known of it, what was done, and the way still to go."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from domain.attendance.duty_clock import duty_starts_at
from domain.civil import civil_minute
from domain.ids import PersonId
from domain.workflow.application import Application, Refusal
from domain.workflow.inbox import waiting_role
from domain.workflow.route import Organisation, StepRole, list_deciders
from domain.workflow.states import TRANSITIONS, WAITING, Act, Who
from gateway.pages.access.rights import Right
from gateway.pages.approval.inbox import (
    ID_LENGTH_MAX,
    demand_person,
    load_done,
    load_naming,
    view_cards,
    words_of_cards,
)
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.records.tap_view import TapView, view_tap
from gateway.requests.inbox import InboxEntry, list_inbox
from gateway.requests.look_ahead import load_outlooks
from store.applications import Filed, load_application
from store.board import list_tap_lines
from store.deciders import load_organisation
from store.tx import Tx

router = APIRouter()

DAY_TAPS_MAX = 100
_DECIDING = (Act.approve, Act.send_back, Act.reject, Act.revoke)


@dataclass(frozen=True, slots=True)
class DeedView:
    """What somebody did; ``acting_for`` is the head in whose place, empty for the own word."""

    act: Act
    name: str
    acting_for: str
    at: datetime
    reason: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of the way: ``past``, ``now`` or ``ahead``, and whose word would do."""

    role: StepRole
    stands: str
    names: tuple[str, ...]


@router.get("/attendance/inbox/{application_id}")
def get_matter(
    visit: Visitor, application_id: str, done: Annotated[str, Query(max_length=ID_LENGTH_MAX)] = ""
) -> Response:
    """Show one application to those who decide it, may come to, or did."""
    return show_matter(visit, application_id, done=done)


def show_matter(
    visit: Visit,
    application_id: str,
    *,
    done: str = "",
    refusal: Refusal | None = None,
    fault: str | None = None,
    told: tuple[str, ...] = (),
    reason: str = "",
) -> Response:
    """Show one application; with why an act on it was refused, what is wrong with the reason, or what it lacks now.

    Args:
        visit: who looks.
        application_id: the application.
        done: what the visitor decided just before.
        refusal: why the act was refused.
        fault: what is wrong with the reason: ``no_reason`` or ``too_long``.
        told: why it cannot take effect, in words.
        reason: as it was entered.
    """
    context, person_id = visit.pages.context, demand_person(visit)
    with context.store.reading(context.now()) as tx:
        filed = load_application(tx, application_id)
        organisation = load_organisation(tx, civil_minute(tx.now)[0])
        if filed is None or not _may_look(visit, filed.application, organisation):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        one = filed.application
        entry, acts = _stand(filed, person_id, organisation)
        (card,) = view_cards(tx, visit, [entry], load_outlooks(tx, [filed], context.rules, whole_year=True))
        order = [each.filed.application.id for each in list_inbox(tx, person_id).entries]
        deeds, way = _tell_way(tx, visit, one, organisation)
        taps = _list_taps(tx, visit, one.person_id, filed.matter.from_on)
        last = load_done(tx, person_id, done) if done else None
    at = order.index(one.id) if one.id in order else -1
    return visit.render(
        "approval/matter.html",
        card=card,
        one=one,
        acts=acts,
        deeds=deeds,
        way=way,
        taps=taps,
        on=filed.matter.from_on,
        previous=order[at - 1] if at > 0 else "",
        following=order[at + 1] if at + 1 < len(order) else "",
        role=None,
        place=at + 1,
        waiting=len(order),
        done=last,
        refusal=refusal,
        fault=fault,
        told=told,
        reason=reason,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if refusal or fault or told else None,
        now=context.now(),
        **words_of_cards(visit),
    )


def _may_look(visit: Visit, one: Application, organisation: Organisation) -> bool:
    person_id = visit.signed_in.person_id
    if person_id in one.own:
        return False
    if visit.may(Right.keep_attendance) or any(person_id in (deed.by, deed.acting_for) for deed in one.deeds):
        return True
    return any(
        person_id == each.person_id
        for role in one.route
        for each in list_deciders(role, one.department_id, organisation, one.own)
    )


def _stand(filed: Filed, person_id: str, organisation: Organisation) -> tuple[InboxEntry, tuple[Act, ...]]:
    """Give the application as it stands for a person, and what that one may do now."""
    one = filed.application
    role = waiting_role(one.route, one.step)
    deciders = () if person_id in one.own else list_deciders(role, one.department_id, organisation, one.own)
    decider = next((each for each in deciders if each.person_id == person_id), None)
    if decider is None:
        return InboxEntry(filed, role, None), ()
    lawful = ((act, TRANSITIONS.get((one.state, act))) for act in _DECIDING)
    acts = tuple(act for act, step in lawful if step is not None and step.who is Who.decider)
    return InboxEntry(filed, role, decider.acting_for), acts


def _tell_way(
    tx: Tx, visit: Visit, one: Application, organisation: Organisation
) -> tuple[tuple[DeedView, ...], tuple[StepView, ...]]:
    deciders = [list_deciders(role, one.department_id, organisation, one.own) for role in one.route]
    named = {each.person_id for some in deciders for each in some}
    named |= {who for deed in one.deeds for who in (deed.by, deed.acting_for) if who is not None}
    naming = load_naming(tx, visit, named)
    deeds = tuple(
        DeedView(
            deed.act,
            naming.name(deed.by),
            "" if deed.acting_for is None else naming.name(deed.acting_for),
            deed.at,
            deed.reason,
            deed.by == visit.signed_in.person_id,
        )
        for deed in one.deeds
    )
    way = tuple(
        StepView(role, stands, tuple(naming.name(each.person_id) for each in some))
        for role, stands, some in zip(one.route, _stands(one), deciders, strict=True)
    )
    return deeds, way


def _stands(one: Application) -> Iterator[str]:
    waits_at = min(one.step, len(one.route) - 1) if one.state in WAITING else len(one.route)
    for number in range(len(one.route)):
        yield "past" if number < min(one.step, waits_at) else "now" if number == waits_at else "ahead"


def _list_taps(tx: Tx, visit: Visit, person_id: str, on: date) -> list[TapView]:
    context = visit.pages.context
    since = duty_starts_at(on, context.rules.profiles)
    lines = list_tap_lines(
        tx, since=since, until=since + timedelta(days=1), person_id=PersonId(person_id), limit=DAY_TAPS_MAX
    )
    return [view_tap(line, context.site) for line in reversed(lines)]
