"""Booking in three pages: what for, check price and terms, done. The finished booking is the application."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from domain.facilities.booking import Via, Wish
from domain.facilities.booking_fault import BookingFault, BookingFaultsError, BookingWhy
from domain.facilities.booking_rules import choose_terms, derive_deadline
from domain.facilities.closures import list_national_holidays
from domain.facilities.fee_fault import FeeFaultsError, FeeWhy
from domain.facilities.fee_quote import Quote
from domain.facilities.fee_table import FeeTable
from domain.facilities.fee_words import describe_fee_fault
from domain.facilities.nearby import FreeTime, Sought, list_nearby
from domain.facilities.round_fault import RoundFaultsError
from domain.facilities.round_words import describe_round_fault
from domain.facilities.rules import FacilityRules
from domain.facilities.tell_booking import describe_booking_fault
from gateway.bookings.acting import SELF
from gateway.bookings.around import load_around
from gateway.bookings.placing import assess_wish
from gateway.bookings.vacancies import load_vacancies
from gateway.citizens.booking_fields import (
    ChosenTime,
    list_equipment_of,
    list_options,
    read_time,
    read_wanted,
    read_wish,
)
from gateway.citizens.guard import Form, Formed, Guested
from gateway.citizens.guest import Guest
from gateway.citizens.public_houses import demand_room
from gateway.fees.pricing import Tariff, Wanted, find_tariff
from gateway.fees.wish_price import quote_wish
from gateway.operations.facilities.book_room import AskedBooking, book_room
from gateway.operations.facilities.price_reservation import price_reservation
from gateway.operations.facilities.wait_for_place import wait_for_place
from gateway.pages.drawing.field_faults import FieldFaults, tell_by_field
from gateway.pages.entrance.origins import see_other
from store.calendar import list_calendar
from store.tx import Tx

router = APIRouter()

FULL = frozenset({BookingWhy.taken, BookingWhy.places_left})
"""Where nothing but these speaks against a wish, one may wait for it."""

_DAYS_AROUND = 3
"""So many days before and after are looked at for what is free instead."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it stands: the time, what was typed, the wish and what its price asks for besides."""

    rules: FacilityRules
    time: ChosenTime
    typed: Form
    wish: Wish
    tariff: Tariff | None
    wanted: Wanted

    @property
    def table(self) -> FeeTable | None:
        """The fee table of the day, if there is one."""
        return None if self.tariff is None else self.tariff.table


@router.get("/book")
def get_form(request: Request, guest: Guested) -> Response:
    """Show the form for a time that was chosen."""
    context = guest.house.context
    if "room" not in request.query_params:
        return see_other("/")
    guest.signed_in  # noqa: B018 (nobody's form is shown: it leads to signing in and back)
    with context.store.reading(context.now()) as tx:
        draft = _read_draft(tx, guest, dict(request.query_params))
    return _show_form(guest, draft)


@router.post("/book/{act}")
def post_form(guest: Guested, form: Formed, act: Literal["edit", "check", "send"]) -> Response:
    """Take the form back for editing, check it, or book; a fault stands beside its field."""
    context = guest.house.context
    if not guest.house.forms.admit(guest.address, context.now()):
        raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS)
    with context.store.reading(context.now()) as tx:
        draft = _read_draft(tx, guest, form)
        if act == "edit":
            return _show_form(guest, draft)
        # What is sent is assessed where it is booked: sent twice, it would stand in its own way here.
        around = load_around(tx, [draft.wish], via=Via.page, lock=False) if act == "check" else None
        faults = () if around is None else assess_wish(around, draft.wish)
        quote, price_faults = _quote(tx, guest, draft)
        if faults or price_faults:
            return _show_faults(tx, guest, draft, faults, price_faults)
    return _show_check(guest, draft, quote) if act == "check" else _send(guest, draft)


@router.post("/waiting")
def post_waiting(guest: Guested, form: Formed) -> Response:
    """Wait for a time that is taken."""
    context = guest.house.context
    try:
        with context.store.transaction(context.now()) as tx:
            draft = _read_draft(tx, guest, form)
            wait_for_place(tx, form.get("id", ""), draft.wish, guest.acting)
    except (RoundFaultsError, BookingFaultsError) as error:
        told = (
            tell_by_field(error.faults, describe_round_fault, guest.language)
            if isinstance(error, RoundFaultsError)
            else tell_by_field(error.faults, describe_booking_fault, guest.language)
        )
        return _show_form(guest, draft, faults={"time": [line for lines in told.values() for line in lines]})
    return see_other("/bookings#waiting")


def _send(guest: Guest, draft: Draft) -> Response:
    context = guest.house.context
    try:
        with context.store.transaction(context.now()) as tx:
            made = book_room(tx, AskedBooking(draft.typed.get("id", ""), draft.wish), guest.acting)
            if draft.tariff is not None:
                price_reservation(tx, made.id, draft.wanted, by=SELF)
    except BookingFaultsError as error:
        with context.store.reading(context.now()) as tx:
            return _show_faults(tx, guest, draft, error.faults, [])
    context.committed.set()
    return see_other(f"/bookings/{made.id}?made=1")


def _read_draft(tx: Tx, guest: Guest, typed: Form) -> Draft:
    """Read a form.

    Raises:
        HTTPException: 404 for a room or a time that is none.
    """
    rules, room = demand_room(tx, typed.get("room", ""))
    time = read_time(rules, room, typed)
    wish = read_wish(time, guest.signed_in, typed, list_equipment_of(rules, room.id))
    try:
        tariff = find_tariff(tx, rules.facility.id, time.on)
    except FeeFaultsError:
        tariff = None
    wanted = read_wanted(typed, None if tariff is None else tariff.table, room.id)
    return Draft(rules, time, typed, wish, tariff, wanted)


def _quote(tx: Tx, guest: Guest, draft: Draft) -> tuple[Quote | None, list[str]]:
    """Give what a wish costs, or why that cannot be said."""
    if draft.tariff is None:
        return None, []
    try:
        on = draft.time.on
        is_holiday = on in list_national_holidays({day.day_on for day in list_calendar(tx, on, on)})
        return quote_wish(draft.wish, draft.time.slot, draft.tariff, draft.wanted, is_holiday=is_holiday), []
    except FeeFaultsError as error:
        told = [fault for fault in error.faults if fault.why is not FeeWhy.no_table]
        return None, [guest.tell(describe_fee_fault(fault)) for fault in told]


def _show_faults(
    tx: Tx, guest: Guest, draft: Draft, faults: tuple[BookingFault, ...], price_faults: list[str]
) -> Response:
    told: dict[str, list[str]] = {}
    for name, lines in tell_by_field(faults, describe_booking_fault, guest.language).items():
        place = name if name in {"party", "purpose", "places", "units"} else "time"
        told.setdefault(place, []).extend(line for line in lines if line not in told.get(place, []))
    if price_faults and not faults:
        told["price"] = price_faults
    whys = {fault.why for fault in faults}
    nearby = _list_nearby(tx, draft) if whys & FULL else ()
    return _show_form(guest, draft, faults=told, nearby=nearby, may_wait=bool(whys) and whys <= FULL)


def _list_nearby(tx: Tx, draft: Draft) -> tuple[FreeTime, ...]:
    time = draft.time
    around = timedelta(days=_DAYS_AROUND)
    first_on = max(time.on - around, tx.now.date())
    cells = load_vacancies(tx, [draft.rules], first_on, (time.on + around - first_on).days + 1).cells
    sought = Sought(
        time.room.id, time.on, time.from_minute, time.until_minute, draft.wish.party or 1, draft.wish.places or 1
    )
    return list_nearby(sought, {room.id: room for room in draft.rules.rooms}, cells.values())


def _show_form(
    guest: Guest,
    draft: Draft,
    *,
    faults: FieldFaults | None = None,
    nearby: tuple[FreeTime, ...] = (),
    may_wait: bool = False,
) -> Response:
    room = draft.time.room
    return guest.render(
        "book.html",
        draft=draft,
        faults=faults,
        nearby=[(free, draft.rules.room(free.room_id)) for free in nearby],
        may_wait=may_wait,
        equipment=list_equipment_of(draft.rules, room.id),
        options=list_options(draft.table, room.id),
        id_=secrets.token_hex(16),
    )


def _show_check(guest: Guest, draft: Draft, quote: Quote | None) -> Response:
    terms = choose_terms(draft.rules.terms, draft.time.on)
    return guest.render(
        "check.html",
        draft=draft,
        quote=quote,
        chargeable={id_ for id_, _ in draft.wish.units},
        equipment={each.id: each for each in draft.rules.equipment},
        deadline=None if terms is None else derive_deadline(terms.cancel, draft.wish.from_at),
        now=guest.house.context.now(),
        id_=draft.typed.get("id") or secrets.token_hex(16),
    )
