"""Draws (抽選): what is drawn for, and the entry of the citizen who asks; one a round, changed until entering ends."""

import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path

from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.reservee import Reservee
from domain.facilities.round_fault import RoundFaultsError
from gateway.citizens.api.callers import Citizen, Client, Housed, act_as
from gateway.citizens.api.problems import ProblemError, describe_problems, refuse_booking_faults, refuse_round_faults
from gateway.citizens.api.round_bodies import EnteringBody, EntryBody, LotBody, RoundBody
from gateway.citizens.guest import House
from gateway.citizens.rounds import SHOWN, ShownRound, demand_round, list_shown
from gateway.operations.facilities.enter_round import AskedEntry, enter_round, leave_round

router = APIRouter(tags=["rounds"])

PathId = Annotated[str, Path(max_length=63)]


@router.get("/rounds", responses=describe_problems())
def list_rounds(house: Housed, _: Client) -> list[RoundBody]:
    """List the draws that are open, come soon or were drawn lately."""
    context = house.context
    with context.store.reading(context.now()) as tx:
        return [_describe(house, shown) for shown in list_shown(tx, None, since=tx.now - SHOWN)]


@router.get("/rounds/{round_id}", responses=describe_problems(HTTPStatus.NOT_FOUND))
def get_round(house: Housed, _: Client, round_id: PathId) -> RoundBody:
    """Give one draw."""
    context = house.context
    with context.store.reading(context.now()) as tx:
        return _describe(house, demand_round(tx, None, round_id))


@router.get("/rounds/{round_id}/entry", responses=describe_problems(HTTPStatus.NOT_FOUND))
def get_entry(house: Housed, citizen: Citizen, round_id: PathId) -> EntryBody:
    """Give the citizen's own entry."""
    return _tell(house, citizen, round_id)


@router.put("/rounds/{round_id}/entry", responses=describe_problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def enter(house: Housed, citizen: Citizen, *, round_id: PathId, body: EnteringBody) -> EntryBody:
    """Enter, or change what was entered; the same again changes nothing."""
    context = house.context
    try:
        with context.store.transaction(context.now()) as tx:
            standing = demand_round(tx, citizen, round_id).entry
            asked = AskedEntry(
                secrets.token_hex(16) if standing is None else standing.entry.id,
                round_id,
                citizen.id,
                citizen.user_class,
                body.party,
                " ".join(body.purpose.split()),
                tuple(body.choices),
            )
            enter_round(tx, asked, act_as(citizen))
    except RoundFaultsError as error:
        raise refuse_round_faults(error.faults) from None
    except BookingFaultsError as error:
        raise refuse_booking_faults(error.faults) from None
    return _tell(house, citizen, round_id)


@router.delete(
    "/rounds/{round_id}/entry",
    status_code=HTTPStatus.NO_CONTENT,
    responses=describe_problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
def leave(house: Housed, citizen: Citizen, round_id: PathId) -> None:
    """Withdraw the entry; twice is once."""
    context = house.context
    try:
        with context.store.transaction(context.now()) as tx:
            demand_round(tx, citizen, round_id)
            leave_round(tx, round_id, citizen.id, act_as(citizen))
    except RoundFaultsError as error:
        raise refuse_round_faults(error.faults) from None


def _tell(house: House, citizen: Reservee, round_id: str) -> EntryBody:
    with house.context.store.reading(house.context.now()) as tx:
        shown = demand_round(tx, citizen, round_id)
    if shown.entry is None or not shown.has_entered:
        raise ProblemError(HTTPStatus.NOT_FOUND)
    return EntryBody(
        id=shown.entry.entry.id,
        round_id=round_id,
        choices=list(shown.entry.entry.choices),
        party=shown.entry.party,
        purpose=shown.entry.purpose,
        entered_at=shown.entry.entered_at,
        won=list(shown.won),
    )


def _describe(house: House, shown: ShownRound) -> RoundBody:
    round_ = shown.round
    is_drawn = round_.drawn_at is not None
    return RoundBody(
        id=round_.id,
        facility_id=round_.facility_id,
        name=round_.name,
        name_en=round_.name_en,
        enter_from_at=round_.enter_from_at,
        enter_until_at=round_.enter_until_at,
        choices_most=round_.choices_most,
        wins_most=round_.wins_most,
        lots=[
            LotBody(
                id=lot.id,
                room_id=lot.room_id,
                slot_id=lot.slot_id,
                from_at=lot.from_at,
                until_at=lot.until_at,
                wins=lot.wins,
            )
            for lot in round_.lots
        ],
        seed_hash=round_.seed_hash,
        seed=round_.seed if is_drawn else None,
        drawn_at=round_.drawn_at,
        draw_url=f"{house.settings.public_url}/rounds/{round_.id}/draw.json" if is_drawn else None,
    )
