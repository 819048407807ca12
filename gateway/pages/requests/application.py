"""One application: what it asks for, how far it came, and what its applicant may do about it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from domain.civil import civil_minute
from domain.workflow.application import Application, Refusal, RefusedActError, Wish, list_waited_for
from domain.workflow.route import Organisation
from domain.workflow.states import Act
from gateway.operations.attendance.decide_application import decide_application
from gateway.pages.access.roles import may_see_month
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.requests.application_view import load_view
from gateway.requests.refusals import UnknownApplicationError
from store.applications import Filed, load_application
from store.deciders import load_organisation
from store.tx import Tx

router = APIRouter()

JUST_NOW_SECONDS = 60
REASON_LENGTH_MAX = 200

Seen = Annotated[int, Form(ge=0, le=10_000)]
ContentHash = Annotated[str, Form(pattern=r"^[0-9a-f]{64}$")]
Reason = Annotated[str, Form(max_length=1000)]


@router.get("/attendance/applications/{application_id}")
def get_application(visit: Visitor, application_id: str) -> Response:
    """Show an application to those whom it concerns."""
    return show_application(visit, application_id)


@router.post("/attendance/applications/{application_id}/withdraw")
def post_withdrawal(visit: Visitor, application_id: str, seen: Seen, content_hash: ContentHash) -> Response:
    """Take an application back, or the wish that what was approved ends (取下げ)."""
    return _act(visit, application_id, Wish(Act.withdraw, visit.signed_in.person_id, content_hash, seen))


@router.post("/attendance/applications/{application_id}/cancel")
def post_cancellation(
    visit: Visitor, application_id: str, seen: Seen, content_hash: ContentHash, reason: Reason = ""
) -> Response:
    """Ask that what was approved ends; whoever approved it agrees."""
    return _act(visit, application_id, Wish(Act.cancel, visit.signed_in.person_id, content_hash, seen, reason))


def show_application(
    visit: Visit, application_id: str, *, refusal: Refusal | None = None, reason: str = ""
) -> Response:
    """Show an application; with a ``refusal`` why an act was not done, and the ``reason`` that was entered for it."""
    context = visit.pages.context
    visitor_id, now = visit.signed_in.person_id, context.now()
    with context.store.reading(now) as tx:
        filed, organisation = _find(tx, visit, application_id)
        view = load_view(
            tx,
            filed,
            organisation,
            visitor_id=visitor_id,
            phrases=visit.phrases,
            kinds=context.rules.leave_kinds,
        )
    last = filed.application.deeds[-1] if filed.application.deeds else None
    status = HTTPStatus.CONFLICT if refusal is not None else None
    return visit.render(
        "requests/application.html",
        fault=refusal,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if refusal is Refusal.no_reason else status,
        view=view,
        now=now,
        decides=any(each.person_id == visitor_id for each in list_waited_for(filed.application, organisation)),
        just_done=last is not None and last.by == visitor_id and (now - last.at).total_seconds() < JUST_NOW_SECONDS,
        entered_reason=reason,
        reason_max=REASON_LENGTH_MAX,
    )


def may_see_application(visit: Visit, one: Application, organisation: Organisation) -> bool:
    """Tell whether a visitor may know of it: whose it is, who decides or decided, and who may see that month."""
    me = visit.signed_in.person_id
    if me and (me in one.own or any(deed.by == me for deed in one.deeds)):
        return True
    if any(each.person_id == me for each in list_waited_for(one, organisation)):
        return True
    return may_see_month(visit.signed_in, visit.roles, person_id=one.person_id, department_id=one.department_id)


def _find(tx: Tx, visit: Visit, application_id: str) -> tuple[Filed, Organisation]:
    filed = load_application(tx, application_id)
    organisation = load_organisation(tx, civil_minute(tx.now)[0])
    if filed is None or not may_see_application(visit, filed.application, organisation):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return filed, organisation


def _act(visit: Visit, application_id: str, wish: Wish) -> Response:
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            _find(tx, visit, application_id)
            decide_application(tx, application_id, wish, context.rules)
    except UnknownApplicationError:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    except RefusedActError as error:
        return show_application(visit, application_id, refusal=error.refusal, reason=wish.reason)
    context.committed.set()
    return see_other(f"/attendance/applications/{application_id}")
