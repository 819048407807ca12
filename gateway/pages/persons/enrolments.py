"""Waiting for a card at a reader."""

from datetime import timedelta
from http import HTTPStatus

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from gateway.operations.access.enrol_card import cancel_enrolment
from gateway.pages.drawing.reader_names import list_readers
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.records.tap_view import TapView, view_tap
from store.board import list_tap_lines
from store.cards import load_desk_card
from store.directory import load_directory_line
from store.enrolments import Enrolment, load_enrolment
from store.tx import Tx

router = APIRouter()


@router.get("/enrolments/{enrolment_id}")
def get_enrolment(visit: Visitor, enrolment_id: str) -> Response:
    """Show what became of it so far."""
    return _show(visit, "persons/enrolment.html", enrolment_id)


@router.get("/enrolments/{enrolment_id}/part")
def get_enrolment_part(visit: Visitor, enrolment_id: str) -> Response:
    """Give the part that changes."""
    return _show(visit, "persons/parts/enrolment.html", enrolment_id)


@router.post("/enrolments/{enrolment_id}/cancel")
def post_cancellation(visit: Visitor, enrolment_id: str) -> Response:
    """Wait no longer."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        asked = load_enrolment(tx, enrolment_id)
        if asked is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        cancel_enrolment(tx, enrolment_id)
    context.committed.set()
    return see_other(f"/enrolments/{enrolment_id}")


def _show(visit: Visit, template: str, enrolment_id: str) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        asked = load_enrolment(tx, enrolment_id)
        if asked is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        person = load_directory_line(tx, asked.person_id)
        card = load_desk_card(tx, asked.token) if asked.token else None
        trouble = _find_trouble(visit, tx, asked)
    outcome = asked.outcome_at(tx.now)
    return visit.render(
        template,
        asked=asked,
        person=person,
        card=card,
        trouble=trouble if outcome is None else None,
        outcome=outcome.value if outcome else "waiting",
        seconds=max(0, int((asked.expires_at - tx.now).total_seconds())),
        reader=dict(list_readers(visit)).get(asked.reader_id, asked.reader_id),
        now=tx.now,
    )


def _find_trouble(visit: Visit, tx: Tx, asked: Enrolment) -> TapView | None:
    """Give the newest card that the reader could not read since the desk began to wait."""
    site = visit.pages.context.site
    points = [each.access_point for each in site.readers if each.id == asked.reader_id]
    lines = list_tap_lines(
        tx, since=asked.asked_at, until=tx.now + timedelta(minutes=1), access_points=points, granted=False, limit=5
    )
    unread = [line for line in lines if line.kind == "read.failed"]
    return view_tap(unread[0], site) if unread else None
