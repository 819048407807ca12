"""The money of one booking: its price line by line, what was paid, and everything that can be done about it now."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.fee_fault import FeeFaultsError
from domain.facilities.fee_table import FeeTable, Purpose, RefundReason
from domain.facilities.fee_words import describe_fee_fault
from domain.facilities.takings import BY_PROVIDER, Method
from gateway.fees.entries import TEXT_LENGTH_MAX
from gateway.fees.pricing import find_tariff
from gateway.operations.facilities.refund_fee import assess_due, was_unpermitted
from gateway.operations.facilities.take_fee import CLOSED_STATES
from gateway.pages.access.rights import Right
from gateway.pages.bookings.booking_money import load_money
from gateway.pages.desk_scope import DeskScope, read_scope
from gateway.pages.drawing.field_faults import tell_by_field
from gateway.pages.drawing.sent_form import SentForm
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.takings.account_view import (
    RefundChoice,
    list_providers,
    list_reasons,
    propose_reason,
    view_reductions,
)
from store.facilities import list_rooms, load_facility
from store.facility_duties import Duty
from store.fee_quotes import list_granted, list_reductions
from store.priced_reservations import load_priced_reservation
from store.reservations import Kept, list_reservation_steps, load_reservation
from store.reservees import load_reservee
from store.tx import Tx

router = APIRouter()

BookingId = Annotated[str, Path(max_length=64)]


@router.get("/takings/bookings/{reservation_id}")
def get_account(visit: Visitor, reservation_id: BookingId, done: Annotated[str, Query(max_length=80)] = "") -> Response:
    """Show a booking's money; ``done`` is the entry that was just made."""
    return show_account(visit, reservation_id, done=done)


def show_account(visit: Visit, reservation_id: str, sent: SentForm | None = None, *, done: str = "") -> Response:
    """Show a booking's money, and a form that was ``sent`` with what is wrong with it."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        kept, scope = demand_booking(visit, tx, reservation_id), read_scope(tx, visit)
        money = load_money(tx, kept.reservation)
        refunds = load_refunds(tx, kept, propose=True)
        granted = list_granted(tx, reservation_id)
        values: dict[str, Any] = {
            "kept": kept,
            "house": load_facility(tx, kept.facility_id),
            "room": next(iter(list_rooms(tx, ids=[kept.reservation.room_id])), None),
            "reservee": load_reservee(tx, kept.reservation.reservee_id),
            "money": money,
            "purposes": _list_purposes(tx, kept, money.table),
            "deeds": list_reductions(tx, reservation_id),
            "reductions": view_reductions(money.table, granted, duties_of(scope, kept)) if money.table else (),
        }
    keeps = visit.may(Right.keep_takings) and kept.facility_id in scope.acting.desks
    is_open = kept.reservation.state not in CLOSED_STATES
    return visit.render(
        "takings/account.html",
        **values,
        use_on=civil_minute(kept.reservation.from_at)[0],
        keeps=keeps,
        may_pay=keeps and is_open and money.stored is not None and not money.is_stale,
        may_price=keeps and is_open and (money.stored is None or money.is_stale),
        refunds=refunds if keeps and any(each.yen > 0 for each in refunds) else [],
        is_open=is_open,
        made=next((each for each in money.entries if each.id == done), None),
        entries_yen=sum(each.yen for each in money.entries),
        methods=list(Method),
        by_provider=BY_PROVIDER,
        providers=list_providers(context.settings.read_payout_layouts()),
        text_max=TEXT_LENGTH_MAX,
        sent=sent or SentForm(),
        fault="takings.fault" if sent else None,
        now=context.now(),
    )


def demand_booking(visit: Visit, tx: Tx, reservation_id: str) -> Kept:
    """Give a booking of a facility that the visitor serves.

    Raises:
        HTTPException: 404.
    """
    kept = load_reservation(tx, reservation_id)
    if kept is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    read_scope(tx, visit).demand_read(kept.facility_id)
    return kept


def duties_of(scope: DeskScope, kept: Kept) -> frozenset[str]:
    """Give what the visitor may do at a booking's facility, as the fee tables name it."""
    duties = {Duty.desk: scope.acting.desks, Duty.decide: scope.acting.decides}
    return frozenset(duty.value for duty, where in duties.items() if kept.facility_id in where)


def load_refunds(tx: Tx, kept: Kept, *, propose: bool = False) -> list[RefundChoice]:
    """Give what would go back now, by reason; the likeliest first with ``propose``."""
    priced = load_priced_reservation(tx, kept.reservation.id)
    if priced is None:
        return []
    found = []
    for reason in [RefundReason.unpermitted] if was_unpermitted(priced) else list_reasons(priced.state):
        try:
            found.append(RefundChoice(reason, assess_due(tx, priced, reason)))
        except FeeFaultsError:  # never priced, or changed since: nothing can be said
            return []
    if propose:
        likeliest = propose_reason(priced.state, list_reservation_steps(tx, kept.reservation.id))
        found.sort(key=lambda each: each.reason is not likeliest)
    return found


def read_sent(visit: Visit, form: str, entered: Mapping[str, str], error: FeeFaultsError) -> SentForm:
    """Give a form to be shown again."""
    return SentForm(form, entered, tell_by_field(error.faults, describe_fee_fault, visit.language))


def read_reason(text: str) -> RefundReason | None:
    """Give the reason of a refund; None where a form names none."""
    return RefundReason(text) if text in set(RefundReason) else None


def _list_purposes(tx: Tx, kept: Kept, table: FeeTable | None) -> tuple[Purpose, ...]:
    if table is not None:
        return table.purposes
    try:
        return find_tariff(tx, kept.facility_id, civil_minute(kept.reservation.from_at)[0]).table.purposes
    except FeeFaultsError:
        return ()
