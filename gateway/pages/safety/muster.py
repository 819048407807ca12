"""An evacuation: begun by one click, its list, the page of the assembly point, its end and its record."""

import secrets
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException, Query
from fastapi import Path as InPath
from starlette.responses import Response

from gateway.operations.access.end_muster import NOTE_LENGTH_MAX, end_muster
from gateway.operations.access.mark_muster import NAME_LENGTH_MAX, add_to_muster, mark_muster
from gateway.operations.access.start_muster import start_muster
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.records.looks import note_work
from gateway.pages.safety.muster_view import group_by_area, kana_row, list_rows
from gateway.people.roll_call import Roll, assembly_points, read_roll
from store.musters import list_musters, load_muster, load_muster_going_on

router = APIRouter()

MUSTERS_MAX = 50

MusterId = Annotated[str, InPath(pattern=r"^[0-9a-f]{16}$")]
PersonKey = Annotated[str, Form(pattern=r"^[A-Za-z0-9_-]{0,80}$")]
Words = Annotated[str, Form(max_length=1000)]
Row = Annotated[str, Query(max_length=1)]


@router.get("/muster")
def get_musters(visit: Visitor) -> Response:
    """Show the one that goes on and the records of earlier ones."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        found, going_on = list_musters(tx, limit=MUSTERS_MAX), load_muster_going_on(tx)
    return visit.render(
        "safety/musters.html", found=found, going_on=going_on, now=tx.now, leads=visit.may(Right.muster)
    )


@router.post("/muster")
def post_muster(visit: Visitor) -> Response:
    """Begin one, or lead to the one that goes on: pressing twice is harmless."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        muster_id = start_muster(tx, secrets.token_hex(8), context.site, by=visit.signed_in.login)
    context.committed.set()
    return see_other(f"/muster/{muster_id}")


@router.get("/muster/{muster_id}")
def get_muster(visit: Visitor, muster_id: MusterId) -> Response:
    """Show its list by area, as it is printed."""
    page = _show(visit, "safety/muster.html", muster_id)
    note_work(visit, "muster", muster_id)
    return page


@router.get("/muster/{muster_id}/part")
def get_muster_part(visit: Visitor, muster_id: MusterId) -> Response:
    """Give the part of it that changes."""
    return _show(visit, "safety/parts/muster.html", muster_id)


@router.get("/muster/{muster_id}/point")
def get_point(visit: Visitor, muster_id: MusterId, row: Row = "") -> Response:
    """Show the page of the assembly point: who is missing, large, to be touched."""
    page = _show(visit, "safety/muster_point.html", muster_id, row=row)
    note_work(visit, "muster", muster_id)
    return page


@router.get("/muster/{muster_id}/point/part")
def get_point_part(visit: Visitor, muster_id: MusterId, row: Row = "") -> Response:
    """Give the part of it that changes."""
    return _show(visit, "safety/parts/muster_point.html", muster_id, row=row)


@router.post("/muster/{muster_id}/marks")
def post_mark(
    visit: Visitor,
    muster_id: MusterId,
    safe: PersonKey = "",
    missing: PersonKey = "",
    then: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Say that somebody is safe, or missing after all."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        person_id = safe or missing
        kept = bool(person_id) and mark_muster(tx, muster_id, person_id, safe=bool(safe), by=visit.signed_in.login)
    if not kept:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    context.committed.set()
    return see_other(then or f"/muster/{muster_id}")


@router.post("/muster/{muster_id}/people")
def post_person(
    visit: Visitor,
    *,
    muster_id: MusterId,
    name: Words = "",
    belongs: Words = "",
    seen: Annotated[Literal["safe", "missing"], Form()] = "safe",
) -> Response:
    """Add somebody who is on no list."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        key = f"hand-{secrets.token_hex(6)}"
        by = visit.signed_in.login
        fault = add_to_muster(tx, muster_id, key, name=name, belongs=belongs, safe=seen == "safe", by=by)
    if fault is not None:
        return _show(visit, "safety/muster_point.html", muster_id, fault=fault, name=name, belongs=belongs)
    context.committed.set()
    return see_other(f"/muster/{muster_id}/point")


@router.post("/muster/{muster_id}/end")
def post_end(
    visit: Visitor, muster_id: MusterId, kind: Annotated[Literal["drill", "real"], Form()], note: Words = ""
) -> Response:
    """End it."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        by = visit.signed_in.login
        end_muster(tx, muster_id, context.site, by=by, drill=kind == "drill", note=note)
    context.committed.set()
    return see_other(f"/muster/{muster_id}")


def _show(
    visit: Visit, template: str, muster_id: str, *, row: str = "", fault: str = "", name: str = "", belongs: str = ""
) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        found = load_muster(tx, muster_id)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        roll = read_roll(tx, found, context.site)
    return visit.render(
        template,
        roll=roll,
        groups=group_by_area(roll.missing, context.site),
        leads=visit.may(Right.muster) and found.ended_at is None,
        now=tx.now,
        fault=fault,
        name=name,
        belongs=belongs,
        name_max=NAME_LENGTH_MAX,
        note_max=NOTE_LENGTH_MAX,
        taps=bool(assembly_points(context.site)),
        **_rows(roll, row),
    )


def _rows(roll: Roll, row: str) -> dict[str, Any]:
    rows = list_rows(roll.missing)
    chosen = row if row in dict(rows) else ""
    shown = [line for line in roll.missing if not chosen or kana_row(line.listed.kana) == chosen]
    return {"rows": rows, "row": chosen, "shown": shown}
