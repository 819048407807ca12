"""The alarm queue: what waits, what to do about it, who does it; and the alarms of the past."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException, Query
from fastapi import Path as InPath
from starlette.responses import Response

from domain.access.alarm_desk import WORDS_LENGTH_MAX
from domain.civil import instant
from gateway.operations.access.acknowledge_alarm import acknowledge_alarm
from gateway.operations.access.clear_alarm import clear_alarm
from gateway.operations.access.note_alarm import note_alarm
from gateway.pages.access.rights import Right
from gateway.pages.doors.alarm_view import SECRET, view_alarms, view_queue
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.records.taps import begin_of_day
from store.alarm_desk import DeskAlarm, list_alarm_steps, list_past_alarms, list_standing_alarms, load_alarm
from store.tx import Tx

router = APIRouter()

PAST_MAX = 200
PAST_DAYS = 7

AlarmId = Annotated[int, InPath(ge=1, lt=2**53)]
Words = Annotated[str, Form(max_length=4 * WORDS_LENGTH_MAX)]
Live = Literal["on", "off"]


@router.get("/alarms")
def get_alarms(visit: Visitor, live: Live = "on") -> Response:
    """Show the queue."""
    return _show_queue(visit, "doors/alarms.html", live)


@router.get("/alarms/part")
def get_alarms_part(visit: Visitor, live: Live = "on") -> Response:
    """Give the part of it that changes."""
    return _show_queue(visit, "doors/parts/queue.html", live)


@router.get("/alarms/count")
def get_alarm_count(visit: Visitor, shape: Literal["link", "words"] = "link") -> Response:
    """Give the number that stands beside the alarms in the rows of pages."""
    return visit.render("parts/alarm_count.html", shape=shape, number=visit.alarms_waiting)


@router.get("/alarms/past")
def get_past_alarms(
    visit: Visitor,
    kind: Annotated[str, Query(max_length=63)] = "",
    subject: Annotated[str, Query(max_length=200)] = "",
    first: date | None = None,
    last: date | None = None,
) -> Response:
    """Show the alarms of some days, of a kind and about a thing where asked for."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        today = begin_of_day(tx.now)
        since = instant(first, 0) if first else today - timedelta(days=PAST_DAYS)
        until = instant(last, 0) + timedelta(days=1) if last else today + timedelta(days=1)
        found = list_past_alarms(tx, since=since, until=until, kind=kind, subject=subject.strip(), limit=PAST_MAX + 1)
    lines = view_alarms(found, context.site, sees_secret=visit.may(Right.duress))
    return visit.render(
        "doors/past_alarms.html",
        lines=lines[:PAST_MAX],
        more=len(found) > PAST_MAX,
        most=PAST_MAX,
        kind=kind,
        subject=subject,
        first=first or (since + timedelta(hours=9)).date(),
        last=last or (until + timedelta(hours=9)).date() - timedelta(days=1),
        **_common(visit, tx),
    )


@router.get("/alarms/{alarm_id}")
def get_alarm(visit: Visitor, alarm_id: AlarmId) -> Response:
    """Show one alarm, what became of it, and what may be said about it."""
    return _show(visit, alarm_id)


@router.post("/alarms/{alarm_id}/acknowledge")
def post_acknowledgement(
    visit: Visitor, alarm_id: AlarmId, then: Annotated[str, Form(max_length=200)] = "/doors"
) -> Response:
    """Acknowledge and lead back; of two who do it at once the first is named, and both see that."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        _demand(visit, load_alarm(tx, alarm_id))
        acknowledge_alarm(tx, alarm_id, by=visit.signed_in.login)
    context.committed.set()
    return see_other(then)


@router.post("/alarms/{alarm_id}/notes")
def post_note(visit: Visitor, alarm_id: AlarmId, note: Words = "") -> Response:
    """Write something beside an alarm."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        _demand(visit, load_alarm(tx, alarm_id))
        fault = note_alarm(tx, alarm_id, note, by=visit.signed_in.login)
    return _answer(visit, alarm_id, fault, f"/alarms/{alarm_id}", note=note)


@router.post("/alarms/{alarm_id}/clear")
def post_clearing(visit: Visitor, alarm_id: AlarmId, sentence: Words = "") -> Response:
    """End an alarm by a sentence."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        _demand(visit, load_alarm(tx, alarm_id))
        fault = clear_alarm(tx, alarm_id, sentence, by=visit.signed_in.login)
    return _answer(visit, alarm_id, fault, "/alarms", sentence=sentence)


def _answer(
    visit: Visit, alarm_id: int, fault: str | None, then: str, *, note: str = "", sentence: str = ""
) -> Response:
    if fault is not None:
        return _show(visit, alarm_id, fault=fault, note=note, sentence=sentence)
    visit.pages.context.committed.set()
    return see_other(then)


def _demand(visit: Visit, found: DeskAlarm | None) -> DeskAlarm:
    """Give an alarm that the visitor may know of; another one is as if it were not there."""
    if found is None or (found.alarm.kind in SECRET and not visit.may(Right.duress)):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found


def _show_queue(visit: Visit, template: str, live: Live) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        standing = list_standing_alarms(tx)
    queue = view_queue(standing, context.site, sees_secret=visit.may(Right.duress))
    return visit.render(template, queue=queue, live=live == "on", **_common(visit, tx))


def _show(visit: Visit, alarm_id: int, *, fault: str = "", note: str = "", sentence: str = "") -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        found = _demand(visit, load_alarm(tx, alarm_id))
        steps = list_alarm_steps(tx, alarm_id)
    [line] = view_alarms([found], context.site, sees_secret=True)
    return visit.render(
        "doors/alarm.html",
        line=line,
        steps=steps,
        fault=fault,
        note=note,
        sentence=sentence,
        words_max=WORDS_LENGTH_MAX,
        **_common(visit, tx),
    )


def _common(visit: Visit, tx: Tx) -> dict[str, Any]:
    return {
        "now": tx.now,
        "named": visit.may(Right.names_at_doors),
        "acknowledges": visit.may(Right.acknowledge_alarms),
    }
