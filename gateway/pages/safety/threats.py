"""The site's threat level: declared, confirmed by a second person, watched until every controller holds it."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Path
from starlette.responses import Response

from domain.access.threat import ThreatLevel
from gateway.operations.access.declare_threat import (
    HOURS_MAX,
    REASON_LENGTH_MAX,
    ThreatFault,
    ThreatFaultError,
    ThreatRequest,
    confirm_threat,
    declare_threat,
)
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.safety.threat_view import view_shelter, view_threat
from store.read_log import insert_reading
from store.threats import (
    list_answers,
    list_shelter_taps,
    list_shelters,
    list_threats,
    load_latest_threat,
    load_next_change,
    load_shelter,
)

router = APIRouter()

LISTED_MAX = 50
TAPS_MAX = 2000
HOURS = (1, 2, 4, 8, 24, 48, HOURS_MAX)
"""For so long a level may be asked to last; 0 is until it is taken back."""

FormId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]
Number = Annotated[int, Path(ge=1, lt=2**53)]


@router.get("/threats")
def get_threats(visit: Visitor) -> Response:
    """Show the level that holds, who has confirmed it, what may be declared, and what was."""
    return _show(visit, "safety/threats.html")


@router.get("/threats/part")
def get_threats_part(visit: Visitor) -> Response:
    """Give the part of it that changes."""
    return _show(visit, "safety/parts/threat.html")


@router.get("/threats/banner")
def get_banner(visit: Visitor) -> Response:
    """Give the banner that stands on every page."""
    return visit.render("parts/threat_banner.html")


@router.post("/threats")
def post_threat(
    visit: Visitor,
    *,
    request: FormId,
    level: Annotated[ThreatLevel, Form()],
    hours: Annotated[int, Form(ge=0, le=1000)] = 0,
    reason: Annotated[str, Form(max_length=1000)] = "",
    name: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Declare a level, or ask for the second person it needs."""
    context = visit.pages.context
    said = " ".join(reason.split())
    asked = ThreatRequest(request, level, visit.signed_in.login, _name_of(visit, name), said, hours or None)
    try:
        with context.store.transaction(context.now()) as tx:
            declare_threat(tx, context.site, asked)
    except ThreatFaultError as error:
        return _show(visit, "safety/threats.html", fault=error.fault, asked=asked)
    context.committed.set()
    return see_other("/threats")


@router.post("/threats/{threat_id}/confirm")
def post_confirmation(visit: Visitor, threat_id: str, name: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Confirm a colleague's declaration."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            threat = confirm_threat(tx, threat_id, by=visit.signed_in.login, name=_name_of(visit, name))
    except ThreatFaultError as error:
        return _show(visit, "safety/threats.html", fault=error.fault)
    if threat is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    context.committed.set()
    return see_other("/threats")


@router.get("/threats/shelters/{device_id}/{epoch}/{seq}")
def get_shelter(visit: Visitor, device_id: str, epoch: Number, seq: Number) -> Response:
    """Report a shelter that a card opened: who, when, for how long, who passed; names for those who may read them."""
    context, named = visit.pages.context, visit.may(Right.entry_report)
    with context.store.transaction(context.now()) as tx:
        opened = load_shelter(tx, device_id, epoch, seq)
        if opened is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        ended = load_next_change(tx, opened)
        taps = list_shelter_taps(tx, opened, _end(opened.until, ended and ended.changed_at, tx.now), limit=TAPS_MAX)
        if named:
            query = f"shelter={device_id}/{epoch}/{seq}"
            insert_reading(tx, visit.signed_in.login, "report", person_id=None, query=query)
    view = view_shelter(opened, ended, taps, context.site, context.now())
    return visit.render("safety/shelter.html", view=view, named=named, full=len(taps) == TAPS_MAX, now=context.now())


def _end(until: datetime | None, ended_at: datetime | None, now: datetime) -> datetime:
    return min(at for at in (until, ended_at, now) if at is not None)


def _name_of(visit: Visit, name: str) -> str:
    session = visit.signed_in
    return session.name if session.person_id else " ".join(name.split())


def _show(
    visit: Visit, template: str, *, fault: ThreatFault | None = None, asked: ThreatRequest | None = None
) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        latest = load_latest_threat(tx)
        answers = list_answers(tx, latest.id) if latest else []
        history, shelters = list_threats(tx, limit=LISTED_MAX), list_shelters(tx, limit=LISTED_MAX)
        ends = [load_next_change(tx, opened) for opened in shelters]
    return visit.render(
        template,
        view=view_threat(latest, answers, context.site, tx.now),
        history=history,
        shelters=[view_shelter(*both, (), context.site, tx.now) for both in zip(shelters, ends, strict=True)],
        levels=tuple(ThreatLevel),
        hours=HOURS,
        reason_max=REASON_LENGTH_MAX,
        declares=visit.may(Right.declare_threats),
        named=visit.may(Right.names_at_doors) or visit.may(Right.declare_threats),
        fault=fault,
        asked=asked,
        now=tx.now,
    )
