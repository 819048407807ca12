"""Two reservees that are one: put side by side, merged, and taken apart again."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from domain.facilities.booking import REASON_LENGTH_MAX
from domain.facilities.duplicates import rank_likely
from domain.facilities.reservee_fault import ReserveeFaultsError, ReserveeWhy, refuse_reservee
from gateway.operations.facilities.merge_reservees import AskedMerge, merge_reservees, undo_merge
from gateway.pages.drawing.field_faults import FieldFaults
from gateway.pages.drawing.sent_form import SentForm
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.reservees.counter import demand_seen, read_counter, tell_faults
from gateway.pages.reservees.reservee import ReserveeId, show_reservee
from gateway.pages.reservees.reservee_view import propose_stay
from store.facilities import list_user_classes
from store.reservee_history import load_merge
from store.reservee_search import count_uses

router = APIRouter()

FIELDS = ("name", "kana", "kind", "user_class", "contact_name", "email", "phone")
FormId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]
FormText = Annotated[str, Form(max_length=1000)]


@router.get("/reservees/{reservee_id}/merge")
def get_merge(visit: Visitor, reservee_id: ReserveeId, other: Annotated[str, Query(max_length=64)] = "") -> Response:
    """Show both side by side."""
    return _show(visit, reservee_id, other)


@router.post("/reservees/{reservee_id}/merge")
def post_merge(
    visit: Visitor,
    reservee_id: ReserveeId,
    *,
    id: FormId,  # noqa: A002 (the field's name on the form)
    other: Annotated[str, Form(max_length=64)] = "",
    stays: Annotated[str, Form(max_length=64)] = "",
    reason: FormText = "",
) -> Response:
    """Merge them; whatever is one's is the other's from now on."""
    context = visit.pages.context
    goes = other if stays == reservee_id else reservee_id
    try:
        with context.store.transaction(context.now()) as tx:
            for each in (reservee_id, other):
                demand_seen(tx, visit, each)
            if stays not in (reservee_id, other):
                raise refuse_reservee("stays", ReserveeWhy.unknown_reservee)
            merge_reservees(tx, AskedMerge(id, stays, goes, reason), by=visit.signed_in.login)
    except ReserveeFaultsError as error:
        return _show(visit, reservee_id, other, stays=stays, reason=reason, faults=tell_faults(visit, error.faults))
    context.committed.set()
    return see_other(f"/reservees/{stays}")


@router.post("/reservees/{reservee_id}/undo")
def post_undo(
    visit: Visitor,
    reservee_id: ReserveeId,
    id: FormId,  # noqa: A002 (the field's name on the form)
    merge: Annotated[str, Form(max_length=64)] = "",
    reason: FormText = "",
) -> Response:
    """Take a merge back: what went over goes back."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            demand_seen(tx, visit, reservee_id)
            standing = load_merge(tx, merge)
            if standing is None or reservee_id not in (standing.stays_id, standing.goes_id):
                raise refuse_reservee("merge", ReserveeWhy.no_merge)
            gone = undo_merge(tx, id, merge, by=visit.signed_in.login, reason=reason)
    except ReserveeFaultsError as error:
        sent = SentForm(f"undo-{merge}", {"reason": reason}, tell_faults(visit, error.faults))
        return show_reservee(visit, reservee_id, sent)
    context.committed.set()
    return see_other(f"/reservees/{gone.id}")


def _show(
    visit: Visit,
    reservee_id: str,
    other_id: str,
    *,
    stays: str = "",
    reason: str = "",
    faults: FieldFaults | None = None,
) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        one, other = (demand_seen(tx, visit, each) for each in (reservee_id, other_id))
        uses = count_uses(tx, {one.id, other.id}, read_counter(tx, visit))
        classes = {each.user_class.id: each.user_class for each in list_user_classes(tx)}
    likely = rank_likely(one, [other])
    return visit.render(
        "reservees/reservee_merge.html",
        one=one,
        other=other,
        uses=uses,
        classes=classes,
        fields=FIELDS,
        alike=likely[0].alike if likely else (),
        stays=stays or propose_stay(one, other),
        reason=reason,
        reason_max=REASON_LENGTH_MAX,
        faults=faults or {},
        fault="reservees.fault" if faults else None,
        now=context.now(),
    )
