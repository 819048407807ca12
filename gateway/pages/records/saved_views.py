"""Keeping a search of the event log under a name, for oneself or for everybody of a role."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from gateway.operations.access.save_view import save_view
from gateway.operations.identity.roles import Role
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.records.event_filter import parse_form
from gateway.pages.records.events import show_events
from store.saved_views import delete_view

router = APIRouter()


@router.post("/events/views")
def post_view(
    visit: Visitor,
    query: Annotated[str, Form(max_length=800)] = "",
    name: Annotated[str, Form(max_length=400)] = "",
    shared: Annotated[list[Role] | None, Form()] = None,
) -> Response:
    """Keep a view and show it; sharing is for those who may."""
    form = parse_form(query)
    roles = shared or [] if visit.may(Right.share_views) else []
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        fault = save_view(tx, owner=visit.signed_in.login, name=name, query=form.query(), shared_with=roles)
    if fault is not None:
        return show_events(visit, form, view_fault=fault, view_name=name)
    return see_other(f"/events?{form.query()}")


@router.post("/events/views/remove")
def post_removal(visit: Visitor, view: Annotated[int, Form(ge=1, lt=2**53)]) -> Response:
    """Forget one of the own views; one that is not there is forgotten already."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        delete_view(tx, view, visit.signed_in.login)
    return see_other("/events")
