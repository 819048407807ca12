"""抽選: lottery rounds, what was entered, the draw that anybody can replay, and what came of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.booking_fault import BookingFault, BookingFaultsError
from domain.facilities.lottery import Round
from domain.facilities.round_fault import RoundFault, RoundFaultsError
from domain.ids import ID_PATTERN
from domain.zones.export import Export
from gateway.bookings.draw_file import find_differences, read_draw_file, write_draw_file
from gateway.bookings.round_seed import derive_seed, is_seed_ours
from gateway.operations.facilities.draw_round import draw_round
from gateway.operations.facilities.enter_round import leave_round
from gateway.pages.access.rights import Right
from gateway.pages.bookings.round_view import Phase, derive_phase, view_lots, view_wins
from gateway.pages.bookings.told_faults import tell_faults
from gateway.pages.desk_scope import DeskScope, read_scope
from gateway.pages.drawing.leaving import send_file
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.information.let_out import let_out
from store.booking_search import count_waiting
from store.facilities import list_facilities, list_rooms, list_slots
from store.key_borrowers import list_reservee_names
from store.lotteries import count_entries, list_entries, list_rounds_of, list_wins, load_round
from store.tx import Tx

router = APIRouter()

ROUNDS_SHOWN = 50
ENTRIES_SHOWN = 500


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round in the list, where it stands, and how many entered."""

    round: Round
    phase: Phase
    entries: int

    @property
    def entering(self) -> tuple[tuple[date, int], tuple[date, int]]:
        """Give the day and minute at which entering begins, and those at which it ends."""
        return tell_entering(self.round)


def tell_entering(round_: Round) -> tuple[tuple[date, int], tuple[date, int]]:
    """Give the day and minute at which entering begins, and those at which it ends."""
    return civil_minute(round_.enter_from_at), civil_minute(round_.enter_until_at)


@router.get("/bookings/rounds")
def get_rounds(visit: Visitor) -> Response:
    """Show the rounds of the houses that the visitor sees, the last to be entered first."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        scope = read_scope(tx, visit)
        ids = list_rounds_of(tx, list_seen(tx, visit, scope))[:ROUNDS_SHOWN]
        rounds = [found for id_ in ids if (found := load_round(tx, id_)) is not None]
        entered = count_entries(tx, ids)
        houses = {each.id: each for each in list_facilities(tx, {each.facility_id for each in rounds})}
        waiting = count_waiting(tx, scope.acting.decides)
    return visit.render(
        "bookings/rounds.html",
        rounds=[RoundLine(each, derive_phase(each, context.now()), entered.get(each.id, 0)) for each in rounds],
        houses=houses,
        opens=bool(scope.acting.decides),
        waiting=waiting,
        now=context.now(),
        today=civil_minute(context.now())[0],
    )


@router.get("/bookings/rounds/{round_id}")
def get_round(visit: Visitor, round_id: str, done: Annotated[str, Query(max_length=10)] = "") -> Response:
    """Show one round; ``done`` is what the visitor did about it just now."""
    return show_round(visit, round_id, done=done)


@router.post("/bookings/rounds/{round_id}/draw")
def post_draw(visit: Visitor, round_id: str, seed: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Draw a round that is due, by our own seed or by the one that is given; twice is once."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            round_ = _demand_round(tx, visit, round_id)
            if round_.facility_id not in read_scope(tx, visit).acting.decides:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            known = seed.strip() or derive_seed(context.settings.names_key_file, round_id)
            draw_round(tx, round_id, known, by=visit.signed_in.login)
    except RoundFaultsError as error:
        return show_round(visit, round_id, faults=error.faults)
    context.committed.set()
    return see_other(f"/bookings/rounds/{round_id}?done=draw")


@router.post("/bookings/rounds/{round_id}/leave")
def post_leaving(visit: Visitor, round_id: str, reservee_id: Annotated[str, Form(pattern=ID_PATTERN)]) -> Response:
    """Take an entry out of a round: the own one, or at the counter somebody's; until entering ends."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            _demand_round(tx, visit, round_id)
            leave_round(tx, round_id, reservee_id, read_scope(tx, visit).acting)
    except (RoundFaultsError, BookingFaultsError) as error:
        return show_round(visit, round_id, faults=error.faults)
    return see_other(f"/bookings/rounds/{round_id}?done=leave")


@router.get("/bookings/rounds/{round_id}/result")
def get_result(visit: Visitor, round_id: str) -> Response:
    """Give what is published of a draw: a file without names, by which anybody can replay it."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        round_ = _demand_round(tx, visit, round_id)
        if round_.drawn_at is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        content = _write_result(tx, round_)
    return send_file(let_out(visit, Export.published), content, f"draw-{round_id}.json", "application/json")


def list_seen(tx: Tx, visit: Visit, scope: DeskScope) -> Collection[str]:
    """Give the houses whose rounds the visitor sees: all for staff, for a contracted desk its own."""
    return {each.id for each in list_facilities(tx)} if visit.may(Right.book_rooms) else scope.read


def show_round(
    visit: Visit, round_id: str, *, done: str = "", faults: Collection[RoundFault | BookingFault] = ()
) -> Response:
    """Show one round; with the ``faults`` of what was tried."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        round_ = _demand_round(tx, visit, round_id)
        scope = read_scope(tx, visit)
        serves = round_.facility_id in scope.read
        entries, wins = list_entries(tx, round_id), list_wins(tx, round_id)
        own = scope.acting.reservee_id
        names = list_reservee_names(tx, {each.reservee_id for each in entries}) if serves else {}
        rooms = {each.id: each for each in list_rooms(tx, ids={lot.room_id for lot in round_.lots})}
        slots = {each.id: each for each in list_slots(tx, rooms)}
        (facility,) = list_facilities(tx, [round_.facility_id])
        differences = () if round_.drawn_at is None else find_differences(read_draw_file(_write_result(tx, round_)))
    lots = view_lots(round_, entries, wins)
    return visit.render(
        "bookings/round.html",
        round=round_,
        phase=derive_phase(round_, context.now()),
        round_at=tell_entering(round_),
        facility=facility,
        rooms=rooms,
        slots=slots,
        lots=lots,
        by_lot={each.lot.id: each for each in lots},
        entries=entries[:ENTRIES_SHOWN],
        many=len(entries),
        names=names,
        mine=next((each for each in entries if own is not None and each.reservee_id == own), None),
        wins=view_wins(wins, lots, entries, names=names, own=own, language=visit.language),
        differences=differences,
        serves=serves,
        desks=round_.facility_id in scope.acting.desks,
        decides=round_.facility_id in scope.acting.decides,
        is_ours=is_seed_ours(context.settings.names_key_file, round_.id, round_.seed_hash),
        done=done if done in {"draw", "enter", "leave", "open"} else "",
        told=tell_faults(visit, faults),
        now=context.now(),
        today=civil_minute(context.now())[0],
        fault="some" if faults else None,
    )


def _demand_round(tx: Tx, visit: Visit, round_id: str) -> Round:
    round_ = load_round(tx, round_id)
    if round_ is None or round_.facility_id not in list_seen(tx, visit, read_scope(tx, visit)):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return round_


def _write_result(tx: Tx, drawn: Round) -> bytes:
    entries, wins = list_entries(tx, drawn.id), list_wins(tx, drawn.id)
    return write_draw_file(drawn, (each.entry for each in entries), (each.win for each in wins))
