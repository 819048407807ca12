"""Opening a lottery round: which slots of which days are drawn for, from when until when one enters."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from domain.civil import JST, civil_minute, instant
from domain.facilities.facility import SlotKind
from domain.facilities.lottery import Lot, Round, hash_seed
from domain.facilities.round_fault import RoundFault, RoundFaultsError, RoundWhy
from domain.facilities.rules import FacilityRules
from domain.ids import ID_PATTERN
from gateway.bookings.facility_rules import Houses, load_houses
from gateway.bookings.round_seed import derive_seed
from gateway.operations.facilities.open_round import open_round
from gateway.pages.bookings.told_faults import tell_faults
from gateway.pages.desk_scope import read_scope
from gateway.pages.drawing.dates import DATE_PATTERN, read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from store.facilities import list_facilities
from store.tx import Tx

router = APIRouter()

DAYS_MAX = 100
SLOTS_MAX = 200
_ID_LENGTH_MAX = 63

_LONG_AGO, _NEVER = (datetime(year, 1, 2, tzinfo=JST) for year in (1970, 9999))
"""Stand for times that cannot be read: no round ends before it begins."""

_Text = Annotated[str, Field(max_length=200)]
_Count = Annotated[str, Field(max_length=6)]
_Time = Annotated[str, Field(max_length=16)]


class RoundForm(BaseModel):
    """The form of a new round, as it was sent; counts and times are text."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    facility_id: Annotated[str, Field(pattern=ID_PATTERN)]
    name: _Text = ""
    name_en: _Text = ""
    enter_from_at: _Time = ""
    enter_until_at: _Time = ""
    choices_most: _Count = "3"
    wins_most: _Count = "1"
    first_chances: _Count = "1"
    first_days: _Count = "365"
    slots: Annotated[list[Annotated[str, Field(pattern=ID_PATTERN)]], Field(max_length=SLOTS_MAX)] = []
    first_on: Annotated[str, Field(pattern=DATE_PATTERN)] = ""
    last_on: Annotated[str, Field(pattern=DATE_PATTERN)] = ""


@router.get("/bookings/rounds/new")
def get_new_round(visit: Visitor, facility: Annotated[str, Query(max_length=63)] = "") -> Response:
    """Show the form for a house that the visitor decides about."""
    return _show(visit, facility, None)


@router.post("/bookings/rounds")
def post_round(visit: Visitor, form: Annotated[RoundForm, Form()]) -> Response:
    """Open a round: the hash of its seed is published from now on; the same form sent twice opens once."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            if form.facility_id not in read_scope(tx, visit).acting.decides:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            seed = derive_seed(context.settings.names_key_file, form.id)
            open_round(tx, _read_round(tx, form, hash_seed(seed)), by=visit.signed_in.login)
    except RoundFaultsError as error:
        return _show(visit, form.facility_id, form, error.faults)
    return see_other(f"/bookings/rounds/{form.id}?done=open")


def _read_round(tx: Tx, form: RoundForm, seed_hash: str) -> Round:
    """Give the round of a form; what cannot be read stands outside every range, and is named by the rules.

    Raises:
        RoundFaultsError: no days can be read, or too many.
    """
    first_on, last_on = read_date(form.first_on), read_date(form.last_on)
    if first_on is None or last_on is None or not 0 <= (last_on - first_on).days < DAYS_MAX:
        raise RoundFaultsError([RoundFault("lots", RoundWhy.out_of_range, {"most": DAYS_MAX})])
    houses = load_houses(tx, first_on, last_on, facilities=[form.facility_id])
    return Round(
        id=form.id,
        facility_id=form.facility_id,
        name=" ".join(form.name.split()),
        name_en=" ".join(form.name_en.split()),
        enter_from_at=_read_time(form.enter_from_at, _NEVER),
        enter_until_at=_read_time(form.enter_until_at, _LONG_AGO),
        lots=tuple(list_lots(houses, form.slots, first_on, last_on)),
        seed_hash=seed_hash,
        choices_most=_read_count(form.choices_most),
        wins_most=_read_count(form.wins_most),
        first_chances=_read_count(form.first_chances),
        first_days=_read_count(form.first_days),
    )


def list_lots(houses: Houses, slot_ids: Iterable[str], first_on: date, last_on: date) -> Iterable[Lot]:
    """Yield a lot for every chosen slot of every day on which its room is open, from the first day to the last."""
    wanted = set(slot_ids)
    days = [first_on + timedelta(days=number) for number in range((last_on - first_on).days + 1)]
    for (room_id, on), open_day in sorted(houses.open_days(days).items(), key=lambda item: item[0][::-1]):
        for slot in open_day.slots:
            if slot.id in wanted and slot.room_id == room_id:
                times = instant(on, slot.from_minute), instant(on, slot.to_minute)
                yield Lot(name_lot(slot, on), room_id, *times, slot.places or 1, slot.id)


def name_lot(slot: SlotKind, on: date) -> str:
    """Give the id of a lot: the day and the slot; of a long slot's id what a hash makes of it."""
    plain = f"{on:%Y%m%d}-{slot.id}"
    return plain if len(plain) <= _ID_LENGTH_MAX else f"{on:%Y%m%d}-{sha256(slot.id.encode()).hexdigest()[:32]}"


def _read_count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _read_time(text: str, otherwise: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return otherwise
    return otherwise if at.tzinfo is not None else at.replace(tzinfo=JST)


def _show(visit: Visit, facility_id: str, form: RoundForm | None, faults: Iterable[RoundFault] = ()) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        decides = list_facilities(tx, read_scope(tx, visit).acting.decides)
        today = civil_minute(tx.now)[0]
        laid_down = load_houses(tx, today, today, facilities=[each.id for each in decides]).rules
    known = {each.id: laid_down[each.id] for each in decides}
    rules = known.get(facility_id) if facility_id else _find_first(known.values())
    if rules is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    told = tell_faults(visit, faults)
    rooms = [(room, rules.slots_of(room.id)) for room in rules.rooms if room.retired_on is None]
    return visit.render(
        "bookings/round_new.html",
        facilities=decides,
        facility=rules.facility,
        rooms=[(room, slots) for room, slots in rooms if slots],
        entered=form,
        told=told,
        now=context.now(),
        today=today,
        fault="some" if told else None,
    )


def _find_first(houses: Iterable[FacilityRules]) -> FacilityRules | None:
    """Give the first house of which something can be drawn for; the first one where there is none."""
    every = list(houses)
    return next((each for each in every if each.slots), every[0] if every else None)
