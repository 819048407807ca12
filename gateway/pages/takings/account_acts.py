"""What is done about one booking's money: priced, paid, reduced, given back."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain.facilities.fee_fault import FeeFault, FeeFaultsError, FeeWhy
from domain.facilities.fee_table import RefundReason
from domain.facilities.takings import BY_PROVIDER, Method
from gateway.fees.entries import Slip, raise_faults
from gateway.fees.pricing import Wanted
from gateway.operations.facilities.grant_reduction import Grant, grant_reduction
from gateway.operations.facilities.price_reservation import price_reservation
from gateway.operations.facilities.refund_fee import Return, refund_fee
from gateway.operations.facilities.take_fee import Payment, take_fee
from gateway.pages.desk_scope import read_scope
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.takings.account import (
    BookingId,
    demand_booking,
    duties_of,
    read_reason,
    read_sent,
    show_account,
)
from gateway.pages.takings.account_view import read_method
from gateway.pages.takings.till import demand_desk
from gateway.pages.takings.yen_field import read_yen
from store.tx import Tx

router = APIRouter()

FormText = Annotated[str, Form(max_length=1000)]
Text = Annotated[str, Field(max_length=1000)]


class SlipForm(BaseModel):
    """How money comes or goes, as it was typed; ``id`` is the form's, by which the same sent twice is one."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    method: Text = ""
    provider: Text = ""
    reference: Text = ""


class PaymentForm(SlipForm):
    """A payment."""

    what: Text = "fee"
    yen: Text = ""
    payer: Text = ""


class RefundForm(SlipForm):
    """What goes back, and why."""

    why: Text = ""
    withheld_yen: Text = ""
    reason: Text = ""


@router.post("/takings/bookings/{reservation_id}/price")
def post_price(visit: Visitor, reservation_id: BookingId, purpose: FormText = "") -> Response:
    """Price a booking by the table of its day."""

    def price(tx: Tx) -> str:
        price_reservation(tx, reservation_id, Wanted(purpose), by=visit.signed_in.login)
        return ""

    return _act(visit, reservation_id, "price", {"purpose": purpose}, price)


@router.post("/takings/bookings/{reservation_id}/pay")
def post_payment(
    visit: Visitor,
    reservation_id: BookingId,
    form: Annotated[PaymentForm, Form()],
) -> Response:
    """Take a payment; the entry's receipt is one click further."""

    def pay(tx: Tx) -> str:
        faults: list[FeeFault] = []
        paid = read_yen("yen", form.yen, faults)
        slip = replace(_read_slip(visit, form, faults), payer=" ".join(form.payer.split()))
        raise_faults(faults)
        payment = Payment(form.id, reservation_id, paid, slip, is_deposit=form.what == "deposit")
        return take_fee(tx, payment, by=visit.signed_in.login).id

    return _act(visit, reservation_id, "pay", form.model_dump(), pay)


@router.post("/takings/bookings/{reservation_id}/reductions")
def post_reduction(
    visit: Visitor,
    reservation_id: BookingId,
    reduction: FormText = "",
    reason: FormText = "",
    deed: FormText = "grant",
) -> Response:
    """Grant a reduction, or take it back."""
    context = visit.pages.context
    entered = {"reduction": reduction, "reason": reason}
    grant = Grant(reservation_id, reduction, reason, is_granted=deed != "take_back")
    try:
        with context.store.transaction(context.now()) as tx:
            kept = demand_booking(visit, tx, reservation_id)
            duties = duties_of(read_scope(tx, visit), kept)
            grant_reduction(tx, grant, by=visit.signed_in.login, duties=duties)
    except FeeFaultsError as error:
        return show_account(visit, reservation_id, read_sent(visit, "reductions", entered, error))
    return see_other(f"/takings/bookings/{reservation_id}")


@router.post("/takings/bookings/{reservation_id}/refund")
def post_refund(
    visit: Visitor,
    reservation_id: BookingId,
    form: Annotated[RefundForm, Form()],
) -> Response:
    """Give back what is due; its slip is one click further."""

    def give_back(tx: Tx) -> str:
        faults: list[FeeFault] = []
        withheld = read_yen("withheld_yen", form.withheld_yen or "0", faults)
        chosen = read_reason(form.why)
        if chosen is None:
            faults.append(FeeFault("why", FeeWhy.bad_choice))
        slip = replace(_read_slip(visit, form, faults), reason=" ".join(form.reason.split()))
        raise_faults(faults)
        asked = Return(form.id, reservation_id, chosen or RefundReason.reservee, slip, withheld)
        return refund_fee(tx, asked, by=visit.signed_in.login)[0].id

    return _act(visit, reservation_id, "refund", form.model_dump(), give_back)


def _act(
    visit: Visit, reservation_id: str, form: str, entered: Mapping[str, str], act: Callable[[Tx], str]
) -> Response:
    """Do something at the booking's counter; ``act`` gives the entry that came of it, or nothing."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            demand_desk(read_scope(tx, visit), demand_booking(visit, tx, reservation_id).facility_id)
            made = act(tx)
    except FeeFaultsError as error:
        return show_account(visit, reservation_id, read_sent(visit, form, entered, error))
    tail = f"?done={made}" if made else ""
    return see_other(f"/takings/bookings/{reservation_id}{tail}")


def _read_slip(visit: Visit, form: SlipForm, faults: list[FeeFault]) -> Slip:
    """Give how money comes or goes; a provider is told only where the method goes through one."""
    method = read_method(form.method)
    if method is None:
        faults.append(FeeFault("method", FeeWhy.bad_choice))
        return Slip(Method.cash)
    if method not in BY_PROVIDER:
        return Slip(method)
    provider = form.provider
    layouts = visit.pages.context.settings.read_payout_layouts()
    if provider not in layouts or method not in layouts[provider].methods:
        faults.append(FeeFault("provider", FeeWhy.bad_choice))
    return Slip(method, provider=provider, reference=form.reference.strip())
