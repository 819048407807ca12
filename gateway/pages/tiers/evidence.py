"""監査資料: packs of evidence for the outside audit, asked for, watched while they are made, and fetched."""

from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Path
from starlette.responses import Response

from domain.civil import JST
from domain.zones.export import Export
from gateway.pages.drawing.leaving import send_file
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.information.let_out import let_out
from gateway.pages.records.looks import note_look
from gateway.pages.records.report_form import DAYS_MAX, Period, read_period
from gateway.pages.tiers.naming import name_logins
from gateway.zones.evidence import name_pack
from gateway.zones.evidence_worker import BROKEN, KEPT
from store.evidence_packs import Pack, PackState, insert_pack, list_packs, load_pack, load_pack_content

router = APIRouter()

LISTED_MAX = 30

PackId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]
Day = Annotated[str, Form(max_length=40)]


@router.get("/evidence")
def get_evidence(visit: Visitor) -> Response:
    """Show what was asked for lately, and the form that asks."""
    return _list(visit, read_period("", "", today=visit.pages.context.now().astimezone(JST).date()))


@router.post("/evidence")
def post_evidence(
    visit: Visitor,
    id: Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")],  # noqa: A002 (the field's name on the form)
    first: Day = "",
    last: Day = "",
) -> Response:
    """Ask for a pack; the same form sent twice is one."""
    context = visit.pages.context
    period = read_period(first, last, today=context.now().astimezone(JST).date())
    if period.fault:
        return _list(visit, period)
    first_on, last_on = date.fromisoformat(period.first), date.fromisoformat(period.last)
    with context.store.transaction(context.now()) as tx:
        insert_pack(tx, Pack(id, first_on, last_on, visit.signed_in.login, tx.now))
    note_look(visit, "evidence_order", None, period.query())
    return see_other(f"/evidence/{id}")


@router.get("/evidence/{paper_id}")
def get_pack(visit: Visitor, paper_id: PackId) -> Response:
    """Show one pack: how far it is, and the way to its file."""
    return _show(visit, paper_id, "tiers/evidence_pack.html")


@router.get("/evidence/{paper_id}/part")
def get_pack_part(visit: Visitor, paper_id: PackId) -> Response:
    """Give the part of it that changes by itself."""
    return _show(visit, paper_id, "tiers/parts/evidence_pack.html")


@router.get("/evidence/{paper_id}/file")
def get_pack_file(visit: Visitor, paper_id: PackId) -> Response:
    """Give the file, and write down that it was fetched."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        pack, content = load_pack(tx, paper_id), load_pack_content(tx, paper_id)
    if pack is None or content is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    leaving = let_out(visit, Export.evidence)
    note_look(visit, "evidence", None, f"first={pack.first_on}&last={pack.last_on}")
    return send_file(leaving, content, name_pack(pack.first_on, pack.last_on), "application/zip")


def _list(visit: Visit, period: Period) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        packs = list_packs(tx, limit=LISTED_MAX)
        named = name_logins(tx, {each.asked_by for each in packs})
    return visit.render(
        "tiers/evidence.html",
        fault=period.fault or None,
        period=period,
        packs=packs,
        logins=named,
        days_max=DAYS_MAX,
        kept_days=KEPT.days,
        now=context.now(),
    )


def _show(visit: Visit, pack_id: str, template: str) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        pack = load_pack(tx, pack_id)
        named = name_logins(tx, {pack.asked_by} if pack else ())
    if pack is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return visit.render(
        template,
        pack=pack,
        logins=named,
        is_finished=pack.state in {PackState.done, PackState.failed},
        is_broken=pack.fault == BROKEN,
        kept_days=KEPT.days,
        now=context.now(),
    )
