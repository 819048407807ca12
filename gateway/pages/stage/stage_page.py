"""The stage's page: a card held to a reader, and what door or key cabinet, board and attendance book make of it."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Query
from starlette.responses import Response

from domain.civil import JST
from gateway.pages.attendance.month import load_day
from gateway.pages.doors.doors import load_board
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.records.tap_view import TapView, view_tap
from gateway.pages.records.taps import begin_of_day
from gateway.pages.stage.box_answer import find_cabinet, list_box_events
from gateway.pages.stage.stage import Stage, StageCard, StageReader
from gateway.site.cabinets import CabinetDescription
from gateway.site.description import Site
from gateway.site.places import AccessPointDescription
from store.board import list_tap_lines

router = APIRouter()

Chosen = Annotated[str, Query(max_length=63)]


@router.get("/stage")
def get_stage(visit: Visitor, card: Chosen = "", reader: Chosen = "", since: float = 0) -> Response:
    """Show cards, readers and, once a card was tapped (at ``since``, epoch seconds), the answer."""
    return _show(visit, "stage/stage.html", card, reader, since)


@router.get("/stage/part")
def get_stage_part(visit: Visitor, card: Chosen = "", reader: Chosen = "", since: float = 0) -> Response:
    """Give the answer alone."""
    return _show(visit, "stage/parts/stage.html", card, reader, since)


@router.post("/stage/taps")
def post_stage_tap(
    visit: Visitor,
    card: Annotated[str, Form(max_length=63)],
    reader: Annotated[str, Form(max_length=63)],
) -> Response:
    """Hold the card to the reader, then watch."""
    stage = _demand_stage(visit)
    if card not in {item.id for item in stage.cards()} or reader not in {item.id for item in stage.readers()}:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    # The controller's clock may run a little behind ours.
    since = visit.pages.context.now().timestamp() - 1
    stage.tap(card, reader)
    return see_other(f"/stage?card={card}&reader={reader}&since={since:.3f}")


def _demand_stage(visit: Visit) -> Stage:
    if visit.pages.stage is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return visit.pages.stage


def _show(visit: Visit, template: str, card_id: str, reader_id: str, since: float) -> Response:
    stage = _demand_stage(visit)
    site = visit.pages.context.site
    cards, readers = stage.cards(), stage.readers()
    card = next((item for item in cards if item.id == card_id), cards[0])
    reader = next((item for item in readers if item.id == reader_id), readers[0])
    place = _find_place(site, reader)
    now = visit.pages.context.now()
    shown: dict[str, Any] = {
        "cards": cards,
        "readers": [(item, _find_place(site, item)) for item in readers],
        "card": card,
        "reader": reader,
        "point": place,
        "since": since,
        "now": now,
    }
    if isinstance(place, CabinetDescription):
        with visit.pages.context.store.reading(now) as tx:
            events = list_box_events(tx, site, place, since)
        return visit.render(template, **shown, box=place, events=events)
    return visit.render(
        template,
        **shown,
        box=None,
        today=now.astimezone(JST).date(),
        answer=_find_answer(visit, card, place, since, now),
        tile=next(view for view in load_board(visit).doors if view.door.id == place.door),
        day=load_day(visit, card.person_id, now) if card.person_id else None,
        named=True,
    )


def _find_place(site: Site, reader: StageReader) -> AccessPointDescription | CabinetDescription:
    return find_cabinet(site, reader.id) or site.access_point(site.reader(reader.id).access_point)


def _find_answer(
    visit: Visit, card: StageCard, point: AccessPointDescription, since: float, now: datetime
) -> TapView | None:
    """Give the first tap there since the visitor's own that fits the card."""
    if not since:
        return None
    site = visit.pages.context.site
    with visit.pages.context.store.reading(now) as tx:
        lines = list_tap_lines(
            tx,
            since=max(datetime.fromtimestamp(since, JST), begin_of_day(now)),
            until=now.replace(year=now.year + 1),
            access_points=[point.id],
            person_id=card.person_id or None,
            limit=20,
        )
    fitting = [line for line in lines if line.person_id == card.person_id]
    return view_tap(fitting[-1], site) if fitting else None
