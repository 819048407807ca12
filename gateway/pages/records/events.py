"""The event log: every kind of record by person, place, kind, result and time; the newest first, page by page.

Who may see no names may not ask for a person either, nor see a record's bytes: a card's token tells one person from
another. Each look at named events is written down (``store.read_log``).
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException
from fastapi import Path as InPath
from starlette.responses import Response

from domain.civil import JST
from domain.ids import ID_PATTERN
from domain.verdict import Reason
from domain.zones.export import Export
from gateway.operations.access.save_view import NAME_LENGTH_MAX, ViewFault
from gateway.operations.identity.roles import Role
from gateway.pages.access.rights import Right
from gateway.pages.drawing.csv_file import Encoding, send_csv
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.information.let_out import let_out
from gateway.pages.records.event_filter import (
    GROUPS,
    UNREAD,
    WORDS,
    EventForm,
    list_place_options,
    read_form,
    read_place,
    write_place,
)
from gateway.pages.records.event_question import Question, read_question
from gateway.pages.records.event_view import EventView, find_command_id, view_event, write_body
from gateway.pages.records.looks import note_look
from store.commands import load_command
from store.event_log import EventKey, load_event, search_events
from store.saved_views import list_views

router = APIRouter()

EVENTS_MAX = 100
"""Rows of a page."""

FILE_MAX = 100_000
"""Rows of a file; older ones are there by narrowing the time."""

_AT_ONCE = 2_000
_COLUMNS = ("at", "kind", "place", "person_id", "person", "what", "central", "policy", "late", "record")

Form = Annotated[EventForm, Depends(read_form)]


@router.get("/events")
def get_events(visit: Visitor, form: Form) -> Response:
    """Show a page of the log."""
    return show_events(visit, form)


@router.get("/events/file")
def get_file(visit: Visitor, form: Form, encoding: Encoding = "utf8") -> Response:
    """Give what a search finds as CSV, at most ``FILE_MAX`` rows."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        question = read_question(tx, visit, form)
    if not question.is_clear:
        return show_events(visit, form)
    leaving = let_out(visit, Export.records)
    note_look(visit, "events_file", question.person_id, form.query())
    phrases = visit.phrases
    header = [phrases.say(f"events.column_{name}") for name in _COLUMNS]
    today = context.now().astimezone(JST).date()
    return send_csv(
        leaving, phrases.say("events.file_name"), today, header, _list_rows(visit, question, phrases), encoding=encoding
    )


@router.get("/events/{device_id}/{epoch}/{seq}")
def get_event(
    visit: Visitor,
    device_id: Annotated[str, InPath(pattern=ID_PATTERN)],
    epoch: Annotated[int, InPath(ge=0, lt=2**63)],
    seq: Annotated[int, InPath(ge=0, lt=2**63)],
) -> Response:
    """Show one record: what is known of it, what was signed, and the hash that chains it."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        found = load_event(tx, EventKey(device_id, epoch, seq))
        asked = load_command(tx, find_command_id(found.line, found.body)) if found else None
    sees_duress = visit.may(Right.duress)
    if found is None or (found.line.kind == "alarm.raised" and found.line.word == "duress" and not sees_duress):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    named = visit.may(Right.names_at_doors)
    if named:
        note_look(visit, "event", found.line.person_id or None, f"{device_id}/{epoch}/{seq}")
    return visit.render(
        "records/event.html",
        event=view_event(found.line, context.site),
        raw=found,
        asked=asked,
        body=write_body(found.body, whole=sees_duress) if named else "",
        named=named,
        now=context.now(),
    )


def show_events(visit: Visit, form: EventForm, *, view_fault: ViewFault | None = None, view_name: str = "") -> Response:
    """Show a page of the log; ``view_fault``: why the view of that name was not kept."""
    context = visit.pages.context
    now, named = context.now(), visit.may(Right.names_at_doors)
    with context.store.reading(now) as tx:
        question = read_question(tx, visit, form)
        after = read_place(form.after)
        lines = search_events(tx, question.search, after=after, limit=EVENTS_MAX + 1) if question.is_clear else []
        views = list_views(tx, visit.signed_in.login, visit.roles)
    if named and question.is_clear and not view_fault:
        note_look(visit, "events", question.person_id, form.query())
    shown = lines[:EVENTS_MAX]
    more = urlencode({"after": write_place(shown[-1].place)}) if len(lines) > EVENTS_MAX else ""
    return visit.render(
        "records/events.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if question.faults or view_fault else HTTPStatus.OK,
        form=form,
        question=question,
        events=[view_event(line, context.site) for line in shown],
        older="&".join(part for part in (form.query(), more) if part) if more else "",
        views=views,
        view_fault=view_fault,
        view_name=view_name,
        view_name_max=NAME_LENGTH_MAX,
        named=named,
        keeps=visit.may(Right.own_views),
        shares=tuple(Role) if visit.may(Right.share_views) else (),
        file_max=FILE_MAX,
        now=now,
        **_list_choices(visit),
    )


def _list_choices(visit: Visit) -> dict[str, Any]:
    return {
        "groups": tuple(GROUPS),
        "places": list_place_options(visit.pages.context.site),
        "words": {"reason": tuple(Reason), "unread": UNREAD, **WORDS},
    }


def _list_rows(visit: Visit, question: Question, phrases: Phrases) -> Iterator[list[object]]:
    """Walk the whole search, a stretch at a time and each in a transaction of its own: a slow reader holds nothing."""
    context, named, after, left = visit.pages.context, visit.may(Right.names_at_doors), None, FILE_MAX
    while left > 0:
        with context.store.reading(context.now()) as tx:
            lines = search_events(tx, question.search, after=after, limit=min(_AT_ONCE, left))
        for line in lines:
            yield _write_row(view_event(line, context.site), phrases, named=named)
        if len(lines) < min(_AT_ONCE, left):
            return
        left, after = left - len(lines), lines[-1].place


def _write_row(event: EventView, phrases: Phrases, *, named: bool) -> list[object]:
    line = event.line
    return [
        line.at.astimezone(JST).strftime("%Y-%m-%d %H:%M:%S"),
        event.say_kind(phrases),
        event.say_place(phrases),
        line.person_id if named else "",
        line.name if named else "",
        event.say(phrases),
        phrases.result(line.central_reason, granted=line.central_reason == "granted") if line.central_reason else "",
        line.policy_version if line.policy_version is not None else "",
        "" if line.live else phrases.say("taps.late"),
        "{}/{}/{}".format(*line.key),
    ]
