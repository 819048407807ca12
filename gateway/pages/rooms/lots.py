"""Entering a lottery round (抽選) that has lots in a room: choices in order, changed until entering ends."""

import secrets
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from pydantic import Field
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.booking_fault import BookingFault, BookingFaultsError
from domain.facilities.lottery import CHOICES_MAX, Round
from domain.facilities.reservee_fault import ReserveeFaultsError
from domain.facilities.round_fault import RoundFaultsError
from domain.ids import ID_PATTERN
from gateway.operations.facilities.enter_round import AskedEntry, enter_round
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.rooms.entered import BookAct, Entered
from gateway.pages.rooms.fault_words import Fault, tell_faults
from gateway.pages.rooms.open_lots import find_open_rounds
from gateway.pages.rooms.room_visitor import Place, find_place, with_own
from gateway.pages.rooms.whom import UnbookableError, Whom, find_whom, settle_whom
from gateway.pages.rooms.wishing import read_count
from store.facilities import list_user_classes
from store.lotteries import find_entry
from store.tx import Tx

router = APIRouter()


_Id = Annotated[str, Field(pattern=f"(^$)|({ID_PATTERN})")]


class EnteredLots(Entered):
    """The form of a round as it was sent; ``choices`` are lots in the order of preference, empty where none."""

    round_id: Annotated[str, Field(pattern=ID_PATTERN)]
    choices: Annotated[list[_Id], Field(default_factory=list, max_length=CHOICES_MAX)]


@router.get("/rooms/{room_id}/lots")
def get_lots(visit: Visitor, room_id: str) -> Response:
    """Show the rounds that can be entered now, each with a form; an entry that stands fills it in."""
    return _show(visit, room_id)


@router.post("/rooms/{room_id}/lots")
def post_lots(visit: Visitor, room_id: str, entered: Annotated[EnteredLots, Form()]) -> Response:
    """Enter a round, or change what was entered."""
    context = visit.pages.context
    if entered.act is BookAct.search or (entered.who and not entered.reservee_id):
        return _show(visit, room_id, entered=entered.model_copy(update={"act": BookAct.search}))
    try:
        with context.store.transaction(context.now()) as tx:
            place = find_place(tx, visit, room_id, books=True)
            reservee, own = settle_whom(tx, visit, place, entered)
            faults: list[BookingFault] = []
            party = read_count("party", entered.party, faults) or 0
            _demand_none(faults)
            chosen = tuple(each for each in entered.choices if each)
            who = (reservee.id, reservee.user_class, party, " ".join(entered.purpose.split()))
            standing = find_entry(tx, entered.round_id, reservee.id)
            entry_id = entered.id if standing is None else standing.entry.id
            asked = AskedEntry(entry_id, entered.round_id, *who, choices=chosen)
            enter_round(tx, asked, with_own(place.visitor.acting, own))
    except (UnbookableError, RoundFaultsError, BookingFaultsError, ReserveeFaultsError) as error:
        return _show(visit, room_id, entered=entered, refused=getattr(error, "faults", ()))
    return see_other(f"/bookings/rounds/{entered.round_id}?done=enter")


def _demand_none(faults: Sequence[BookingFault]) -> None:
    if faults:
        raise BookingFaultsError(faults)


def _show(
    visit: Visit, room_id: str, *, entered: EnteredLots | None = None, refused: Sequence[Fault] | None = None
) -> Response:
    context = visit.pages.context
    now = context.now()
    with context.store.reading(now) as tx:
        place = find_place(tx, visit, room_id, books=True)
        rounds = find_open_rounds(tx, place.rules.facility.id, room_id)
        if not rounds:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        forms = [_fill(tx, visit, place, each, entered) for each in rounds]
        classes = [each.user_class for each in list_user_classes(tx) if each.retired_on is None]
    asked = [whom for _, form, whom in forms if form is entered]
    faults = () if refused is None else (*refused, *(fault for whom in asked for fault in whom.faults))
    told = tell_faults(faults, visit.language, has_slots=True)
    return visit.render(
        "rooms/lots.html",
        fault="faults" if told else None,
        faults=told,
        place=place,
        forms=forms,
        sent=entered.round_id if entered is not None else "",
        rooms={room.id: room for room in place.rules.rooms},
        slots={slot.id: slot for slot in place.rules.slots},
        classes=classes,
        dates={lot.id: civil_minute(lot.from_at)[0] for each in rounds for lot in each.lots},
        today=civil_minute(now)[0],
        now=now,
    )


def _fill(
    tx: Tx, visit: Visit, place: Place, round_: Round, entered: EnteredLots | None
) -> tuple[Round, EnteredLots, Whom]:
    """Give a round with its form: as it was sent, as the own entry stands, or empty."""
    blank = EnteredLots(id=secrets.token_hex(8), round_id=round_.id, choices=[])
    form = entered if entered is not None and entered.round_id == round_.id else blank
    own = place.visitor.own
    standing = find_entry(tx, round_.id, own.id) if own is not None and form is blank else None
    if standing is not None and own is not None:
        form = EnteredLots(
            id=blank.id,
            round_id=round_.id,
            choices=list(standing.entry.choices),
            party=str(standing.party),
            purpose=standing.purpose,
            reservee_id=own.id,
        )
    return round_, form, find_whom(tx, visit, form, serves=place.serves)
