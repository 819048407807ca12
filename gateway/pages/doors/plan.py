"""Floor plans: the doors where they are, live; uploading a plan and placing the doors on it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, File, Form, HTTPException
from fastapi import Path as InPath
from starlette.responses import Response

from gateway.pages.access.rights import Right
from gateway.pages.doors.doors import load_board
from gateway.pages.doors.plan_view import WIDTH, height_of, mark_doors
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.plan_images import IMAGE_BYTES_MAX, PlanImageError, read_plan_image
from store.floor_plans import (
    FloorPlan,
    Marker,
    Picture,
    delete_marker,
    delete_plan,
    list_markers,
    list_plans,
    load_picture,
    load_plan,
    save_marker,
    save_plan,
)

router = APIRouter()

NAME_LENGTH_MAX = 40

PlanId = Annotated[int, InPath(ge=1, lt=2**53)]
Percent = Annotated[float, Form(ge=0, le=100)]
DoorId = Annotated[str, Form(max_length=63)]


@router.get("/plans")
def get_plans(visit: Visitor) -> Response:
    """List the plans."""
    return _list(visit)


@router.post("/plans")
def post_plan(
    visit: Visitor, name: Annotated[str, Form(max_length=1000)] = "", image: Annotated[bytes, File()] = b""
) -> Response:
    """Take a plan in: read strictly, written anew."""
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_LENGTH_MAX:
        return _list(visit, fault="bad_name", name=name)
    try:
        read = read_plan_image(image)
    except PlanImageError as error:
        return _list(visit, fault=error.fault, name=name)
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        picture = Picture(read.media_type, read.data)
        plan_id = save_plan(tx, name, picture, (read.width, read.height), by=visit.signed_in.login)
    return see_other(f"/plans/{plan_id}/edit")


@router.get("/plans/{plan_id}")
def get_plan(visit: Visitor, plan_id: PlanId) -> Response:
    """Show a plan with its doors."""
    return _show(visit, "doors/plan.html", plan_id)


@router.get("/plans/{plan_id}/part")
def get_plan_part(visit: Visitor, plan_id: PlanId) -> Response:
    """Give the part of it that changes."""
    return _show(visit, "doors/parts/plan.html", plan_id)


@router.get("/plans/{plan_id}/image")
def get_image(visit: Visitor, plan_id: PlanId) -> Response:
    """Give the picture."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        picture = load_picture(tx, plan_id)
    if picture is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return Response(picture.image, media_type=picture.media_type)


@router.get("/plans/{plan_id}/edit")
def get_edit(visit: Visitor, plan_id: PlanId, door: str = "") -> Response:
    """Show the plan with the form that places doors."""
    return _show(visit, "doors/plan_edit.html", plan_id, door=door)


@router.post("/plans/{plan_id}/markers")
def post_marker(visit: Visitor, plan_id: PlanId, door: DoorId, x: Percent, y: Percent) -> Response:
    """Place a door, or move it; ``x`` and ``y`` are percent of width and height."""
    context = visit.pages.context
    if door not in {each.id for each in context.site.doors}:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    with context.store.transaction(context.now()) as tx:
        _demand(load_plan(tx, plan_id))
        save_marker(tx, plan_id, Marker(door, round(x * 100), round(y * 100)), by=visit.signed_in.login)
    return see_other(f"/plans/{plan_id}/edit")


@router.post("/plans/{plan_id}/markers/remove")
def post_marker_removal(visit: Visitor, plan_id: PlanId, door: DoorId) -> Response:
    """Take a door off the plan."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        delete_marker(tx, plan_id, door)
    return see_other(f"/plans/{plan_id}/edit")


@router.post("/plans/{plan_id}/remove")
def post_removal(visit: Visitor, plan_id: PlanId) -> Response:
    """Remove a plan with its markers."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        delete_plan(tx, plan_id)
    return see_other("/plans")


def _demand(plan: FloorPlan | None) -> FloorPlan:
    if plan is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return plan


def _list(visit: Visit, *, fault: str = "", name: str = "") -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        plans = list_plans(tx)
    return visit.render(
        "doors/plans.html",
        plans=plans,
        keeps=visit.may(Right.keep_plans),
        fault=fault,
        name=name,
        name_max=NAME_LENGTH_MAX,
        megabytes=IMAGE_BYTES_MAX // 2**20,
        doors_total=len(context.site.doors),
    )


def _show(visit: Visit, template: str, plan_id: int, *, door: str = "") -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        plan = _demand(load_plan(tx, plan_id))
        markers = list_markers(tx, plan_id)
        plans = list_plans(tx)
    marked = mark_doors(load_board(visit), plan, markers)
    placed = {each.view.door.id for each in marked}
    unplaced = [each for each in context.site.doors if each.id not in placed]
    chosen = door or (unplaced[0].id if unplaced else "")
    return visit.render(
        template,
        plan=plan,
        plans=plans,
        marked=marked,
        unplaced=unplaced,
        door=chosen,
        start=next((each.marker for each in marked if each.view.door.id == chosen), Marker(chosen, 5000, 5000)),
        width=WIDTH,
        height=height_of(plan),
        keeps=visit.may(Right.keep_plans),
        now=tx.now,
    )
