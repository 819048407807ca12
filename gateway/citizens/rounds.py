"""Lottery rounds: what is drawn for, entering with choices in order, leaving, and a draw that anybody can replay."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.facility import Room
from domain.facilities.lottery import Lot, Round
from domain.facilities.reservee import Reservee
from domain.facilities.round_fault import RoundFaultsError
from domain.facilities.round_words import describe_round_fault
from domain.facilities.rules import FacilityRules
from domain.facilities.tell_booking import describe_booking_fault
from domain.zones.export import Export
from gateway.bookings.draw_file import write_draw_file
from gateway.citizens.booking_fields import read_number
from gateway.citizens.guard import Form, Formed, Guested
from gateway.citizens.guest import Guest
from gateway.citizens.public_houses import list_public_houses
from gateway.operations.facilities.enter_round import AskedEntry, enter_round, leave_round
from gateway.pages.drawing.field_faults import FieldFaults, tell_by_field
from gateway.pages.entrance.origins import see_other
from gateway.pages.information.let_out import may_flow
from store.lotteries import KeptEntry, find_entry, list_entries, list_rounds_of, list_wins, load_round
from store.tx import Tx

router = APIRouter()

SHOWN = timedelta(days=60)
"""So long after entering ended a round is still in the list."""


@dataclass(frozen=True, slots=True)
class ShownRound:
    """A round with its house, and what somebody entered and won, if anything."""

    round: Round
    rules: FacilityRules
    entry: KeptEntry | None
    won: tuple[str, ...] = ()

    def is_open(self, now: datetime) -> bool:
        """Tell whether one can enter now."""
        return self.round.enter_from_at <= now < self.round.enter_until_at

    @property
    def has_entered(self) -> bool:
        """Tell whether they take part."""
        return self.entry is not None and self.entry.withdrawn_at is None

    def room(self, lot: Lot) -> Room | None:
        """Give the room of a lot; None where citizens know of it no longer."""
        return self.rules.room(lot.room_id)


@router.get("/rounds")
def get_rounds(guest: Guested) -> Response:
    """List the rounds that are open, come soon or were drawn lately."""
    context, now = guest.house.context, guest.house.context.now()
    with context.store.reading(now) as tx:
        shown = list_shown(tx, guest.reservee, since=now - SHOWN)
    return guest.render("rounds.html", shown=shown, now=now)


@router.get("/rounds/{round_id}")
def get_round(guest: Guested, round_id: str) -> Response:
    """Show what is drawn for, and once it is drawn what came of it."""
    context, now = guest.house.context, guest.house.context.now()
    with context.store.reading(now) as tx:
        shown = demand_round(tx, guest.reservee, round_id)
    return guest.render("round.html", shown=shown, now=now)


@router.get("/rounds/{round_id}/draw.json")
def get_draw(guest: Guested, round_id: str) -> Response:
    """Answer with everything by which the draw is replayed; it names entries alone."""
    context = guest.house.context
    with context.store.reading(context.now()) as tx:
        round_ = demand_round(tx, guest.reservee, round_id).round
        if round_.drawn_at is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if not may_flow(context, tx, Export.published):
            raise HTTPException(HTTPStatus.FORBIDDEN)
        entries, wins = list_entries(tx, round_id), list_wins(tx, round_id)
    told = write_draw_file(round_, (each.entry for each in entries), (each.win for each in wins))
    return Response(told, media_type="application/json")


@router.get("/rounds/{round_id}/entry")
def get_entry(guest: Guested, round_id: str) -> Response:
    """Show the form of an entry, filled with what was entered before."""
    context, now = guest.house.context, guest.house.context.now()
    guest.signed_in  # noqa: B018 (it leads to signing in and back)
    with context.store.reading(now) as tx:
        shown = demand_round(tx, guest.reservee, round_id)
    if not shown.is_open(now):
        return see_other(f"/rounds/{round_id}")
    return _show_form(guest, shown, _typed_of(shown.entry))


@router.post("/rounds/{round_id}/entered")
def post_entered(guest: Guested, round_id: str, form: Formed) -> Response:
    """Enter, or change what was entered."""
    context, reservee = guest.house.context, guest.signed_in
    with context.store.reading(context.now()) as tx:
        shown = demand_round(tx, guest.reservee, round_id)
    fields = [form.get(f"choice_{number}", "") for number in range(1, shown.round.choices_most + 1)]
    asked = AskedEntry(
        shown.entry.entry.id if shown.entry is not None else form.get("id", ""),
        round_id,
        reservee.id,
        reservee.user_class,
        read_number(form.get("party", "")),
        " ".join(form.get("purpose", "").split()),
        tuple(lot_id for lot_id in fields if lot_id),
    )
    try:
        with context.store.transaction(context.now()) as tx:
            enter_round(tx, asked, guest.acting)
    except RoundFaultsError as error:
        return _show_form(
            guest, shown, form, faults=_tell(tell_by_field(error.faults, describe_round_fault, guest.language))
        )
    except BookingFaultsError as error:
        told = tell_by_field(error.faults, describe_booking_fault, guest.language)
        return _show_form(guest, shown, form, faults=_tell(told))
    return see_other(f"/rounds/{round_id}")


@router.post("/rounds/{round_id}/left")
def post_left(guest: Guested, round_id: str) -> Response:
    """Leave a round; once entering is over its page says that it is."""
    context = guest.house.context
    try:
        with context.store.transaction(context.now()) as tx:
            demand_round(tx, guest.reservee, round_id)
            leave_round(tx, round_id, guest.signed_in.id, guest.acting)
    except RoundFaultsError:
        return see_other(f"/rounds/{round_id}")
    return see_other(f"/rounds/{round_id}")


def list_shown(tx: Tx, reservee: Reservee | None, *, since: datetime) -> list[ShownRound]:
    """Give the rounds of public facilities that ended after an instant or are to come, the last to be entered first.

    Each comes with what somebody entered and won, if anybody is given.
    """
    houses = {rules.facility.id: rules for rules in list_public_houses(tx)}
    shown = []
    for round_id in list_rounds_of(tx, houses, since=since):
        round_ = load_round(tx, round_id)
        if round_ is not None:
            shown.append(_show(tx, reservee, round_, houses[round_.facility_id]))
    return shown


def demand_round(tx: Tx, reservee: Reservee | None, round_id: str) -> ShownRound:
    """Give a round of a public facility.

    Raises:
        HTTPException: 404, there is none of that id.
    """
    round_ = load_round(tx, round_id)
    houses = {rules.facility.id: rules for rules in list_public_houses(tx)}
    if round_ is None or round_.facility_id not in houses:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return _show(tx, reservee, round_, houses[round_.facility_id])


def _show(tx: Tx, reservee: Reservee | None, round_: Round, rules: FacilityRules) -> ShownRound:
    entry = None if reservee is None else find_entry(tx, round_.id, reservee.id)
    if entry is None or round_.drawn_at is None:
        return ShownRound(round_, rules, entry)
    won = tuple(each.win.lot_id for each in list_wins(tx, round_.id) if each.win.entry_id == entry.entry.id)
    return ShownRound(round_, rules, entry, won)


def _typed_of(entry: KeptEntry | None) -> Form:
    if entry is None:
        return {"id": secrets.token_hex(16)}
    choices = {f"choice_{number}": lot_id for number, lot_id in enumerate(entry.entry.choices, 1)}
    return choices | {"id": entry.entry.id, "party": str(entry.party), "purpose": entry.purpose}


def _tell(told: FieldFaults) -> FieldFaults:
    placed: dict[str, list[str]] = {}
    for name, lines in told.items():
        placed.setdefault(name if name in {"party", "purpose"} else "choices", []).extend(lines)
    return placed


def _show_form(guest: Guest, shown: ShownRound, typed: Form, *, faults: FieldFaults | None = None) -> Response:
    numbers = range(1, shown.round.choices_most + 1)
    lots = sorted(shown.round.lots, key=lambda lot: (lot.from_at, lot.room_id))
    return guest.render("round_entry.html", shown=shown, typed=typed, numbers=numbers, lots=lots, faults=faults)
