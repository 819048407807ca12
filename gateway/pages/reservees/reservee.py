"""One reservee: who it is, what it booked, what was changed; blocked, let book again, its contact confirmed."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Path
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.booking import REASON_LENGTH_MAX
from domain.facilities.confirmation import ContactWay
from domain.facilities.reservee import ReserveeKind
from domain.facilities.reservee_fault import ReserveeFaultsError, ReserveeWhy, refuse_reservee
from gateway.bookings.contact_codes import derive_code_key, send_contact_code
from gateway.operations.facilities.block_reservee import block_reservee, unblock_reservee
from gateway.operations.facilities.confirm_contact import confirm_contact
from gateway.operations.facilities.register_reservee import list_likely
from gateway.operations.facilities.vouch_contact import vouch_contact
from gateway.pages.access.rights import Right
from gateway.pages.drawing.dates import FORM_DATE, read_date
from gateway.pages.drawing.sent_form import SentForm
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.reservees.counter import demand_seen, read_counter, tell_faults
from gateway.pages.reservees.reservee_view import is_blocked, view_bookings, view_history, view_merges
from gateway.site.keys import ensure_site_key
from store.facilities import list_facilities, list_rooms, list_user_classes
from store.reservations import list_reservations_of
from store.reservee_history import list_merges, list_reservee_changes
from store.reservee_search import count_uses, is_seen
from store.reservees import load_reservees
from store.tx import Tx

router = APIRouter()

PAST_SHOWN = 50

ReserveeId = Annotated[str, Path(max_length=64)]
FormText = Annotated[str, Form(max_length=1000)]


@router.get("/reservees/{reservee_id}")
def get_reservee(visit: Visitor, reservee_id: ReserveeId) -> Response:
    """Show a reservee."""
    return show_reservee(visit, reservee_id)


@router.post("/reservees/{reservee_id}/block")
def post_block(visit: Visitor, reservee_id: ReserveeId, until: FORM_DATE = "", reason: FormText = "") -> Response:
    """Keep a reservee from booking up to a day."""

    def block(tx: Tx) -> None:
        day = read_date(until)
        if day is None:
            raise refuse_reservee("blocked_until", ReserveeWhy.block_past)
        block_reservee(tx, reservee_id, day, by=visit.signed_in.login, reason=reason)

    return _act(visit, reservee_id, SentForm("block", {"until": until, "reason": reason}), block)


@router.post("/reservees/{reservee_id}/unblock")
def post_unblock(visit: Visitor, reservee_id: ReserveeId, reason: FormText = "") -> Response:
    """Let a reservee book again."""

    def unblock(tx: Tx) -> None:
        unblock_reservee(tx, reservee_id, by=visit.signed_in.login, reason=reason)

    return _act(visit, reservee_id, SentForm("unblock", {"reason": reason}), unblock)


@router.post("/reservees/{reservee_id}/vouch")
def post_vouch(visit: Visitor, reservee_id: ReserveeId, reason: FormText = "") -> Response:
    """Let a contact count as confirmed by what was seen at the counter."""

    def vouch(tx: Tx) -> None:
        vouch_contact(tx, reservee_id, by=visit.signed_in.login, reason=reason)

    return _act(visit, reservee_id, SentForm("vouch", {"reason": reason}), vouch)


@router.post("/reservees/{reservee_id}/send-code")
def post_code(visit: Visitor, reservee_id: ReserveeId) -> Response:
    """Send a code to the reservee's address."""

    def send(tx: Tx) -> None:
        send_contact_code(tx, _site_key(visit), reservee_id)

    return _act(visit, reservee_id, SentForm("code"), send, tail="#contact")


@router.post("/reservees/{reservee_id}/confirm")
def post_confirmation(visit: Visitor, reservee_id: ReserveeId, code: FormText = "") -> Response:
    """Confirm the address by the code that the reservee tells; a wrong try counts."""
    context = visit.pages.context
    key = derive_code_key(_site_key(visit))
    try:
        with context.store.transaction(context.now()) as tx:
            demand_seen(tx, visit, reservee_id)
            fault = confirm_contact(tx, reservee_id, ContactWay.email, code, key=key)
    except ReserveeFaultsError as error:
        return show_reservee(visit, reservee_id, SentForm("code", {}, tell_faults(visit, error.faults)))
    if fault is not None:
        return show_reservee(visit, reservee_id, SentForm("code", {"code": code}, tell_faults(visit, [fault])))
    return see_other(f"/reservees/{reservee_id}")


def show_reservee(visit: Visit, reservee_id: str, sent: SentForm | None = None) -> Response:
    """Show a reservee, and a form that was ``sent`` with what is wrong with it."""
    context = visit.pages.context
    now = context.now()
    with context.store.reading(now) as tx:
        one, counter = demand_seen(tx, visit, reservee_id), read_counter(tx, visit)
        kept = list_reservations_of(tx, reservee_id)
        if counter is not None:
            kept = [each for each in kept if each.facility_id in counter.facilities]
        merges = view_merges(one, list_merges(tx, reservee_id))
        likely = [each for each in list_likely(tx, one) if is_seen(tx, each.reservee.id, counter)]
        history = view_history(list_reservee_changes(tx, reservee_id))
        uses = count_uses(tx, [reservee_id], counter).get(reservee_id)
        others = load_reservees(tx, {*(each.other_id for each in merges), one.merged_into or one.id})
        rooms = {each.id: each for each in list_rooms(tx, ids={each.reservation.room_id for each in kept})}
        houses = {each.id: each for each in list_facilities(tx)}
        classes = {each.user_class.id: each.user_class for each in list_user_classes(tx)}
    return visit.render(
        "reservees/reservee.html",
        one=one,
        uses=uses,
        bookings=view_bookings(kept, now, past_most=PAST_SHOWN),
        history=history,
        merges=merges,
        others=others,
        likely=likely if one.is_standing else [],
        rooms=rooms,
        houses=houses,
        user_class=classes.get(one.user_class),
        is_blocked=is_blocked(one, civil_minute(now)[0]),
        keeps=visit.may(Right.keep_reservees) and one.is_standing,
        is_staff=one.kind is ReserveeKind.staff,
        today=civil_minute(now)[0],
        reason_max=REASON_LENGTH_MAX,
        sent=sent or SentForm(),
        fault="reservees.fault" if sent else None,
        now=now,
    )


def _act(visit: Visit, reservee_id: str, sent: SentForm, act: Callable[[Tx], None], *, tail: str = "") -> Response:
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            demand_seen(tx, visit, reservee_id)
            act(tx)
    except ReserveeFaultsError as error:
        return show_reservee(visit, reservee_id, SentForm(sent.form, sent.entered, tell_faults(visit, error.faults)))
    context.committed.set()
    return see_other(f"/reservees/{reservee_id}{tail}")


def _site_key(visit: Visit) -> bytes:
    return ensure_site_key(visit.pages.context.settings.site_key_file)
