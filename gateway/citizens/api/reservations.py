"""Reservations of the citizen who asks: made once for each idempotency key, changed as they were seen, cancelled."""

from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Path, Response

from domain.civil import civil_minute
from domain.facilities.booking_fault import BookingFaultsError, BookingWhy, refuse_booking
from domain.facilities.closures import list_national_holidays
from domain.facilities.fee_fault import FeeFaultsError
from domain.facilities.fee_quote import Quote
from domain.facilities.promises import PROMISING
from domain.facilities.reservation import ReservationAct
from domain.facilities.reservee import Reservee
from gateway.bookings.acting import SELF
from gateway.bookings.booking_code import write_booking_code
from gateway.citizens.api.bodies import Price, PriceLine, ReservationBody, WishBody
from gateway.citizens.api.callers import Citizen, Client, Housed, act_as
from gateway.citizens.api.problems import ProblemError, describe_problems, refuse_booking_faults, refuse_fee_faults
from gateway.citizens.api.wishes import read_wish
from gateway.citizens.bookings import SAID, find_deadline, find_room, load_door_code, load_price, may_still
from gateway.citizens.guest import House
from gateway.citizens.public_houses import list_public_houses
from gateway.context import GatewayContext
from gateway.fees.pricing import Tariff, Wanted, find_tariff
from gateway.fees.wish_price import quote_wish
from gateway.operations.facilities.book_room import AskedBooking, book_room
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.facilities.change_reservation import AskedChange, change_reservation
from gateway.operations.facilities.price_reservation import price_reservation
from store.calendar import list_calendar
from store.reservations import Kept, list_reservation_steps, list_reservations_of, load_reservation
from store.tx import Tx

router = APIRouter(tags=["reservations"])

Key = Annotated[
    str,
    Header(alias="Idempotency-Key", pattern=r"^[A-Za-z0-9_-]{8,64}$", description="the same key books once"),
]
PathId = Annotated[str, Path(max_length=63)]
Seen = Annotated[str | None, Header(alias="If-Match", max_length=100, description="the ETag that was seen")]


@router.post("/prices", responses=describe_problems(HTTPStatus.NOT_FOUND))
def price(house: Housed, citizen: Citizen, body: WishBody) -> Price:
    """Say what a wish would cost; nothing is reserved."""
    context, wish = house.context, read_wish(body, citizen)
    try:
        with context.store.reading(context.now()) as tx:
            tariff, wanted = _find_tariff(tx, body)
            slots = next(rules.slots_of(body.room_id) for rules in list_public_houses(tx) if rules.room(body.room_id))
            slot = next((each for each in slots if each.id == body.slot_id), None)
            is_holiday = wish.on in list_national_holidays({day.day_on for day in list_calendar(tx, wish.on, wish.on)})
            quote = quote_wish(wish, slot, tariff, wanted, is_holiday=is_holiday)
    except FeeFaultsError as error:
        raise refuse_fee_faults(error.faults) from None
    return _describe_price(quote, owed_yen=quote.total_yen + quote.deposit_yen)


@router.post(
    "/reservations",
    status_code=HTTPStatus.CREATED,
    responses=describe_problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
def make(
    house: Housed, client: Client, citizen: Citizen, *, body: WishBody, key: Key, response: Response
) -> ReservationBody:
    """Reserve a room: the finished booking is the application. The same key again gives the same reservation."""
    context = house.context
    id_ = sha256(f"{client.id}\n{citizen.id}\n{key}".encode()).hexdigest()[:32]
    try:
        with context.store.transaction(context.now()) as tx:
            wanted = _demand_public(tx, body)
            made = book_room(tx, AskedBooking(id_, read_wish(body, citizen)), act_as(citizen))
            if wanted is not None:
                price_reservation(tx, made.id, wanted, by=SELF)
    except BookingFaultsError as error:
        raise refuse_booking_faults(error.faults) from None
    except FeeFaultsError as error:
        raise refuse_fee_faults(error.faults) from None
    context.committed.set()
    return _tell(house, citizen, id_, response)


@router.get("/reservations", responses=describe_problems())
def list_own(house: Housed, citizen: Citizen, since: datetime | None = None) -> list[ReservationBody]:
    """List the citizen's own reservations that end after an instant, or all, by beginning."""
    context = house.context
    if since is not None and since.tzinfo is None:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY)
    with context.store.reading(context.now()) as tx:
        return [_describe(tx, context, kept) for kept in list_reservations_of(tx, citizen.id, since=since)]


@router.get("/reservations/{reservation_id}", responses=describe_problems(HTTPStatus.NOT_FOUND))
def get_one(house: Housed, citizen: Citizen, reservation_id: PathId, response: Response) -> ReservationBody:
    """Give one of the citizen's own, with an ETag that changing asks for."""
    return _tell(house, citizen, reservation_id, response)


@router.put(
    "/reservations/{reservation_id}",
    responses=describe_problems(
        HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.PRECONDITION_REQUIRED
    ),
)
def change(
    house: Housed, citizen: Citizen, *, reservation_id: PathId, body: WishBody, response: Response, seen: Seen = None
) -> ReservationBody:
    """Give a reservation another time, room or party; everything is asked again, and applied for anew."""
    context = house.context
    if seen is None:
        raise ProblemError(HTTPStatus.PRECONDITION_REQUIRED)
    try:
        with context.store.transaction(context.now()) as tx:
            kept = _demand_own(tx, citizen, reservation_id)
            if seen != _tag(kept):
                raise refuse_booking("version", BookingWhy.moved_on)
            wanted = _demand_public(tx, body)
            asked = AskedChange(reservation_id, kept.reservation.version, read_wish(body, citizen))
            change_reservation(tx, asked, act_as(citizen))
            if wanted is not None:
                price_reservation(tx, reservation_id, wanted, by=SELF)
    except BookingFaultsError as error:
        raise refuse_booking_faults(error.faults) from None
    except FeeFaultsError as error:
        raise refuse_fee_faults(error.faults) from None
    context.committed.set()
    return _tell(house, citizen, reservation_id, response)


@router.delete("/reservations/{reservation_id}", responses=describe_problems(HTTPStatus.NOT_FOUND))
def cancel(house: Housed, citizen: Citizen, reservation_id: PathId, response: Response) -> ReservationBody:
    """Cancel a reservation; cancelling twice is cancelling once."""
    context = house.context
    try:
        with context.store.transaction(context.now()) as tx:
            _demand_own(tx, citizen, reservation_id)
            cancel_reservation(tx, reservation_id, act_as(citizen))
    except BookingFaultsError as error:
        raise refuse_booking_faults(error.faults) from None
    context.committed.set()
    return _tell(house, citizen, reservation_id, response)


def _demand_public(tx: Tx, body: WishBody) -> Wanted | None:
    """Give what the price of a public room asks for; None where its facility has no fees on that day.

    Raises:
        ProblemError: 404 for a room that citizens do not know of.
    """
    try:
        return _find_tariff(tx, body)[1]
    except FeeFaultsError:
        return None


def _find_tariff(tx: Tx, body: WishBody) -> tuple[Tariff, Wanted]:
    found = [rules for rules in list_public_houses(tx) if rules.room(body.room_id) is not None]
    if not found:
        raise ProblemError(HTTPStatus.NOT_FOUND)
    tariff = find_tariff(tx, found[0].facility.id, civil_minute(body.from_at)[0])
    kinds = [each.id for each in tariff.table.purposes]
    kind = body.kind if body.kind is not None else next(iter(kinds), "")
    return tariff, Wanted(kind, tuple((option, None) for option in body.options))


def _demand_own(tx: Tx, citizen: Reservee, reservation_id: str) -> Kept:
    kept = load_reservation(tx, reservation_id)
    if kept is None or kept.reservation.reservee_id != citizen.id:
        raise ProblemError(HTTPStatus.NOT_FOUND)
    return kept


def _tag(kept: Kept) -> str:
    return f'"{kept.reservation.version}-{kept.reservation.state}"'


def _tell(house: House, citizen: Reservee, reservation_id: str, response: Response) -> ReservationBody:
    with house.context.store.reading(house.context.now()) as tx:
        kept = _demand_own(tx, citizen, reservation_id)
        response.headers["ETag"] = _tag(kept)
        return _describe(tx, house.context, kept)


def _describe(tx: Tx, context: GatewayContext, kept: Kept) -> ReservationBody:
    of = kept.reservation
    rules, _ = find_room(tx, of.room_id)
    stored, balance = load_price(tx, of.id)
    said = [step.reason for step in list_reservation_steps(tx, of.id) if step.act in SAID and step.reason]
    priced = None
    if stored is not None and balance is not None and stored.reservation_version == of.version:
        priced = _describe_price(stored.quote, owed_yen=balance.owed_yen + balance.deposit_owed_yen)
    door = load_door_code(tx, context, of)
    can_change = may_still(rules, of, ReservationAct.change, tx.now)
    return ReservationBody(
        id=of.id,
        facility_id=kept.facility_id,
        room_id=of.room_id,
        from_at=of.from_at,
        until_at=of.until_at,
        state=of.state,
        version=of.version,
        party=of.party,
        purpose=of.purpose,
        slot_id=of.slot_id,
        places=of.places,
        units=dict(of.units),
        reason=said[-1] if said else "",
        price=priced,
        change_until=find_deadline(rules, of) if can_change else None,
        code=write_booking_code(of.id) if of.state in PROMISING else None,
        door_code=None if door is None else door.text,
    )


def _describe_price(quote: Quote, *, owed_yen: int) -> Price:
    return Price(
        lines=[
            PriceLine(what=line.name, what_en=line.name_en, quantity=line.quantity, yen=line.yen, source=line.source)
            for line in quote.lines
        ],
        total_yen=quote.total_yen,
        tax_yen=quote.tax_yen,
        deposit_yen=quote.deposit_yen,
        owed_yen=owed_yen,
    )
