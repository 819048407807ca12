"""One's own shifts and leave for a calendar: as a file, and under a secret address that a calendar asks by itself."""

import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Path
from starlette.responses import Response

from contract.calendar_feed import write_calendar
from domain.attendance.month import derive_month
from domain.attendance.person_day import PersonDay
from domain.attendance.plan import ImpossiblePlanError
from domain.civil import civil_minute
from domain.zones.export import Export
from gateway.operations.identity.session_tokens import hash_token
from gateway.pages.access.rights import Right
from gateway.pages.drawing.leaving import send_file
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.entrance.guard import Visitor, get_pages
from gateway.pages.entrance.visit import Pages, Visit
from gateway.pages.information.let_out import let_out, may_flow
from gateway.pages.words import Language
from store.calendar_feeds import (
    NOTED_EVERY,
    end_calendar_feed,
    find_calendar_feed,
    load_calendar_feed,
    note_calendar_asked,
    save_calendar_feed,
)
from store.months import UnknownPersonError, load_month_facts
from store.people import is_employed, load_person
from store.tx import Tx

router = APIRouter()

MONTHS_BEFORE, MONTHS_AFTER = 1, 3
"""The months around this one that a calendar is told."""
MEDIA_TYPE = "text/calendar; charset=utf-8"


@router.get("/attendance/calendar")
def get_calendar(visit: Visitor) -> Response:
    """Show whether one's calendar has an address, and the ways to give it a new one or to end it."""
    return _show(visit)


@router.post("/attendance/calendar")
def post_calendar(visit: Visitor, act: Annotated[str, Form(max_length=10)] = "make") -> Response:
    """Give the calendar a new address, which is shown this once, or end the one it has (``act`` is ``end``)."""
    context, person_id = visit.pages.context, _own_id(visit)
    token = secrets.token_urlsafe(32)
    with context.store.transaction(context.now()) as tx:
        if act == "end":
            end_calendar_feed(tx, person_id)
        else:
            save_calendar_feed(tx, person_id, hash_token(token))
    # Drawn at once: a redirect could show the address only by keeping it somewhere.
    return _show(visit, address="" if act == "end" else f"{context.settings.public_url}/calendar/{token}.ics")


@router.get("/attendance/calendar/file")
def get_calendar_file(visit: Visitor) -> Response:
    """Give one's calendar as a file."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        content = _write(visit.pages, tx, _own_id(visit), visit.language)
    return send_file(let_out(visit, Export.calendars), content, "sekisho.ics", MEDIA_TYPE)


@router.get("/calendar/{token}.ics")
def get_feed(
    visit: Visitor, token: Annotated[str, Path(max_length=80)], pages: Annotated[Pages, Depends(get_pages)]
) -> Response:
    """Give the calendar of whoever holds the address; one that ended, or of somebody who left, is not there."""
    context = pages.context
    now = context.now()
    with context.store.reading(now) as tx:
        feed = find_calendar_feed(tx, hash_token(token))
        person = load_person(tx, feed.person_id) if feed else None
        if feed is None or person is None or not is_employed(person, *[civil_minute(now)[0]] * 2):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if not may_flow(context, tx, Export.calendars):
            raise HTTPException(HTTPStatus.FORBIDDEN)
        content = _write(pages, tx, feed.person_id, visit.language)
    if feed.asked_at is None or now - feed.asked_at > NOTED_EVERY:
        with context.store.transaction(now) as tx:
            note_calendar_asked(tx, feed)
    return Response(content, media_type=MEDIA_TYPE)


def _own_id(visit: Visit) -> str:
    if not visit.signed_in.person_id or not visit.may(Right.own_month):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return visit.signed_in.person_id


def _write(pages: Pages, tx: Tx, person_id: str, language: Language) -> bytes:
    rules = pages.context.rules
    kinds = rules.leave_kinds.values()
    names = {kind.id: kind.title if language is Language.ja else kind.title_en for kind in kinds}
    title = Phrases(language).say("papers.calendar_name")
    return write_calendar(person_id, _list_days(pages, tx, person_id), tx.now, leave_names=names, title=title)


def _list_days(pages: Pages, tx: Tx, person_id: str) -> list[PersonDay]:
    on = civil_minute(tx.now)[0]
    at = on.year * 12 + on.month - 1
    days: list[PersonDay] = []
    for month in range(at - MONTHS_BEFORE, at + MONTHS_AFTER + 1):
        try:
            facts = load_month_facts(tx, person_id, f"{month // 12}-{month % 12 + 1:02}", pages.context.rules.profiles)
            days += derive_month(facts).days
        except UnknownPersonError:
            raise HTTPException(HTTPStatus.NOT_FOUND) from None
        except ImpossiblePlanError:  # its page says so; the other months are told all the same
            continue
    return days


def _show(visit: Visit, *, address: str = "") -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        feed = load_calendar_feed(tx, _own_id(visit))
    return visit.render("papers/calendar.html", feed=feed, address=address, now=context.now())
