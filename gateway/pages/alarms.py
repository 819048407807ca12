"""Saying that an alarm was seen to."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi import Path as InPath
from starlette.responses import Response

from gateway.operations.access.acknowledge_alarm import acknowledge_alarm
from gateway.pages.guard import Visitor
from gateway.pages.origins import see_other

router = APIRouter()


@router.post("/alarms/{alarm_id}/acknowledge")
def post_acknowledgement(
    visit: Visitor,
    alarm_id: Annotated[int, InPath(ge=1, lt=2**53)],
    then: Annotated[str, Form(max_length=200)] = "/doors",
) -> Response:
    """Acknowledge and lead back; of two who do it at once the first is named, and both see that."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        acknowledge_alarm(tx, alarm_id, by=visit.signed_in.login)
    context.committed.set()
    return see_other(then)
