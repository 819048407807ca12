"""The waiting list (キャンセル待ち) of the citizen who asks: one place for each idempotency key, offers answered."""

from hashlib import sha256
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path

from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.reservee import Reservee
from domain.facilities.round_fault import RoundFaultsError, RoundWhy, refuse_round
from domain.facilities.waiting import Offer
from gateway.citizens.api.bodies import WaitBody
from gateway.citizens.api.callers import Citizen, Client, Housed, act_as
from gateway.citizens.api.problems import ProblemError, describe_problems, refuse_booking_faults, refuse_round_faults
from gateway.citizens.api.reservations import Key
from gateway.citizens.api.round_bodies import OfferAnswer, WaitingBody
from gateway.citizens.api.wishes import read_wish
from gateway.citizens.guest import House
from gateway.citizens.public_houses import list_public_houses
from gateway.operations.facilities.accept_offer import accept_offer, decline_offer
from gateway.operations.facilities.wait_for_place import stop_waiting, wait_for_place
from store.tx import Tx
from store.waiting import KeptWaiting, list_offers_of, list_waiting_of, load_waiting

router = APIRouter(tags=["waiting"])

PathId = Annotated[str, Path(max_length=63)]


@router.get("/waiting", responses=describe_problems())
def list_waits(house: Housed, citizen: Citizen) -> list[WaitingBody]:
    """List everything for which the citizen waits or waited, in the order of asking."""
    context = house.context
    with context.store.reading(context.now()) as tx:
        kept = list_waiting_of(tx, citizen.id)
        offers = {each.waiting_id: each for each in list_offers_of(tx, {each.waiting.id for each in kept})}
    return [_describe(each, offers.get(each.waiting.id)) for each in kept]


@router.post(
    "/waiting",
    status_code=HTTPStatus.CREATED,
    responses=describe_problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
def wait(house: Housed, client: Client, citizen: Citizen, *, body: WaitBody, key: Key) -> WaitingBody:
    """Wait for a time that is taken. The same key again waits once; a free time is a conflict: it is to be reserved."""
    context = house.context
    id_ = sha256(f"waiting\n{client.id}\n{citizen.id}\n{key}".encode()).hexdigest()[:32]
    try:
        with context.store.transaction(context.now()) as tx:
            if not any(rules.room(body.room_id) for rules in list_public_houses(tx)):
                raise ProblemError(HTTPStatus.NOT_FOUND)
            wait_for_place(tx, id_, read_wish(body, citizen), act_as(citizen))
    except RoundFaultsError as error:
        raise refuse_round_faults(error.faults) from None
    except BookingFaultsError as error:
        raise refuse_booking_faults(error.faults) from None
    return _tell(house, citizen, id_)


@router.get("/waiting/{waiting_id}", responses=describe_problems(HTTPStatus.NOT_FOUND))
def get_wait(house: Housed, citizen: Citizen, waiting_id: PathId) -> WaitingBody:
    """Give one of the citizen's own."""
    return _tell(house, citizen, waiting_id)


@router.delete("/waiting/{waiting_id}", responses=describe_problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def stop(house: Housed, citizen: Citizen, waiting_id: PathId) -> WaitingBody:
    """Stop waiting; twice is once. A place that is offered already is declined instead."""
    context = house.context
    try:
        with context.store.transaction(context.now()) as tx:
            _demand_own(tx, citizen, waiting_id)
            stop_waiting(tx, waiting_id, act_as(citizen))
    except RoundFaultsError as error:
        raise refuse_round_faults(error.faults) from None
    return _tell(house, citizen, waiting_id)


@router.post("/waiting/{waiting_id}/offer", responses=describe_problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def answer(house: Housed, citizen: Citizen, waiting_id: PathId, body: OfferAnswer) -> WaitingBody:
    """Take the place that is offered, which applies for it, or leave it to the next one."""
    context = house.context
    try:
        with context.store.transaction(context.now()) as tx:
            _demand_own(tx, citizen, waiting_id)
            offer = next(iter(list_offers_of(tx, [waiting_id])), None)
            if offer is None:
                raise refuse_round("id", RoundWhy.unknown_offer)
            (accept_offer if body.answer == "accept" else decline_offer)(tx, offer.id, act_as(citizen))
    except RoundFaultsError as error:
        raise refuse_round_faults(error.faults) from None
    except BookingFaultsError as error:
        raise refuse_booking_faults(error.faults) from None
    context.committed.set()
    return _tell(house, citizen, waiting_id)


def _demand_own(tx: Tx, citizen: Reservee, waiting_id: str) -> KeptWaiting:
    kept = load_waiting(tx, waiting_id)
    if kept is None or kept.waiting.wish.reservee_id != citizen.id:
        raise ProblemError(HTTPStatus.NOT_FOUND)
    return kept


def _tell(house: House, citizen: Reservee, waiting_id: str) -> WaitingBody:
    with house.context.store.reading(house.context.now()) as tx:
        kept = _demand_own(tx, citizen, waiting_id)
        return _describe(kept, next(iter(list_offers_of(tx, [waiting_id])), None))


def _describe(kept: KeptWaiting, offer: Offer | None) -> WaitingBody:
    waits, wish = kept.waiting, kept.waiting.wish
    return WaitingBody(
        id=waits.id,
        room_id=wish.room_id,
        from_at=wish.from_at,
        until_at=wish.until_at,
        party=wish.party,
        purpose=wish.purpose,
        slot_id=wish.slot_id,
        places=wish.places,
        state=waits.state,
        asked_at=waits.asked_at,
        reservation_id=None if offer is None else offer.reservation_id,
        offered_until=None if offer is None else offer.expires_at,
    )
