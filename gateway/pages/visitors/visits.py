"""Visitors: the desk's day, the own visitors, those that wait for a decision, and one visit."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from domain.access.visits import VisitAct
from domain.civil import JST, civil_minute, instant
from gateway.operations.access.decide_visit import REASON_LENGTH_MAX, Actor, judge_actor, may_change
from gateway.operations.identity.roles import Role
from gateway.pages.access.rights import Right
from gateway.pages.drawing.reader_names import list_readers
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.visitors.visit_form import TIME_FORM
from gateway.pages.visitors.visit_view import VisitView, view_desk, view_visit, view_visits
from store.enrolments import load_enrolment, load_last_reader
from store.people import load_person
from store.tx import Tx
from store.visitor_cards import list_pool_cards
from store.visits import (
    VisitLine,
    list_awaiting_visits,
    list_visit_steps,
    list_visits_between,
    list_visits_of,
    load_visit_line,
    search_visits,
)

router = APIRouter()

FOUND_MAX = 50
OWN_SHOWN = timedelta(days=30)
"""So far back the own visitors are listed."""


def actor_of(visit: Visit) -> Actor:
    """Give who is signed in, as operations on visits know it."""
    session = visit.signed_in
    return Actor(
        session.login,
        session.person_id,
        frozenset(session.heads),
        is_facility=Role.facility_admin in visit.roles,
        is_desk=visit.may(Right.receive_visits),
    )


@router.get("/visits")
def get_visits(visit: Visitor, q: Annotated[str, Query(max_length=80)] = "") -> Response:
    """Show the desk its day, and everybody the own visitors; a search that finds one leads there."""
    if q.strip() and _sees_all(visit):
        context = visit.pages.context
        begins_at, ends_at = _today(context.now())
        with context.store.reading(context.now()) as tx:
            found = search_visits(tx, q, begins_at, ends_at, limit=FOUND_MAX)
            views = view_visits(found, tx.now)
        if len(found) == 1:
            return see_other(f"/visits/{found[0].visit.id}")
        return _show_list(visit, "visitors/visits.html", q=q, found=views)
    return _show_list(visit, "visitors/visits.html")


@router.get("/visits/part")
def get_visits_part(visit: Visitor) -> Response:
    """Give the part of the lists that changes."""
    return _show_list(visit, "visitors/parts/visits.html")


@router.get("/visits/{visit_id}")
def get_visit(visit: Visitor, visit_id: str, card: Annotated[str, Query(max_length=16)] = "") -> Response:
    """Show one visit; with ``card`` also the card that the desk waits for."""
    return show_visit(visit, visit_id, card=card)


@router.get("/visits/{visit_id}/part")
def get_visit_part(visit: Visitor, visit_id: str, card: Annotated[str, Query(max_length=16)] = "") -> Response:
    """Give the part of it that changes by itself."""
    return show_visit(visit, visit_id, card=card, template="visitors/parts/visit_now.html")


def show_visit(
    visit: Visit, visit_id: str, *, card: str = "", fault: str = "", template: str = "visitors/visit.html"
) -> Response:
    """Show one visit to whoever may see it; with a ``fault`` of what was tried."""
    context, actor = visit.pages.context, actor_of(visit)
    with context.store.reading(context.now()) as tx:
        line = load_visit_line(tx, visit_id)
        if line is None or not _may_see(tx, visit, line):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        view = view_visit(line, tx.now)
        decides = VisitAct.approve in view.acts and judge_actor(tx, line.visit, actor) is None
        steps = list_visit_steps(tx, visit_id)
        cards = [each for each in list_pool_cards(tx) if each.status == "active"] if actor.is_desk else []
        asked = load_enrolment(tx, card) if card and actor.is_desk else None
        reader = load_last_reader(tx, actor.login)
    asked = asked if asked is not None and asked.person_id == line.visit.person_id else None
    outcome = asked.outcome_at(tx.now) if asked else None
    readers = list_readers(visit)
    return visit.render(
        template,
        view=view,
        steps=steps,
        cards=cards,
        levels=[level for level in context.site.levels if level.id in line.visit.levels],
        asked=asked,
        waiting=outcome.value if outcome else "waiting",
        seconds=max(0, int((asked.expires_at - tx.now).total_seconds())) if asked else 0,
        reader_name=dict(readers).get(asked.reader_id, "") if asked else "",
        readers=readers,
        chosen=reader or _desk_reader(visit),
        receives=actor.is_desk,
        decides=decides,
        changes=may_change(line.visit, actor),
        until=_propose_end(view, tx.now),
        reason_max=REASON_LENGTH_MAX,
        fault=fault,
        now=tx.now,
    )


def _show_list(visit: Visit, template: str, q: str = "", found: tuple[VisitView, ...] | None = None) -> Response:
    context, session = visit.pages.context, visit.signed_in
    begins_at, ends_at = _today(context.now())
    is_facility = Role.facility_admin in visit.roles
    departments = None if is_facility else session.heads
    with context.store.reading(context.now()) as tx:
        desk = view_desk(list_visits_between(tx, begins_at, ends_at), begins_at, ends_at, tx.now)
        own = list_visits_of(tx, host_id=session.person_id, login=session.login, since=tx.now - OWN_SHOWN)
        waiting = list_awaiting_visits(tx, departments=departments) if is_facility or session.heads else []
        actor = actor_of(visit)
        mine = [line for line in waiting if judge_actor(tx, line.visit, actor) is None]
    return visit.render(
        template,
        desk=desk if _sees_all(visit) else None,
        own=tuple(reversed(view_visits(own, tx.now))) if session.person_id else (),
        waiting=view_visits(mine, tx.now),
        receives=visit.may(Right.receive_visits),
        announces=visit.may(Right.announce_visits),
        keeps=visit.may(Right.keep_cards),
        has_own=bool(session.person_id),
        q=q,
        found=found,
        today=civil_minute(tx.now)[0],
        now=tx.now,
    )


def _sees_all(visit: Visit) -> bool:
    return visit.may(Right.receive_visits) or visit.may(Right.read_visits)


def _may_see(tx: Tx, visit: Visit, line: VisitLine) -> bool:
    if _sees_all(visit):
        return True
    session, kept = visit.signed_in, line.visit
    host = load_person(tx, kept.host_id)
    heads = host is not None and host.department_id in session.heads
    return heads or kept.announced_by == session.login or session.person_id == kept.host_id


def _today(now: datetime) -> tuple[datetime, datetime]:
    on = civil_minute(now)[0]
    return instant(on, 0), instant(on + timedelta(days=1), 0)


def _desk_reader(visit: Visit) -> str:
    return next((reader.id for reader in visit.pages.context.site.readers if reader.desk), "")


def _propose_end(view: VisitView, now: datetime) -> str:
    """Half an hour more than it was, or than it is."""
    end = max(view.visit.valid_until, now).astimezone(JST).replace(second=0, microsecond=0)
    return (end + timedelta(minutes=30)).strftime(TIME_FORM)
