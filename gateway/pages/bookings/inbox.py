"""許可待ち: what waits for the visitor's permission, the longest waiting first; one word for all that is clear."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.reservation import ReservationAct
from domain.ids import ID_PATTERN
from gateway.bookings.acting import demand_decider
from gateway.bookings.remembered_rules import recall_rules
from gateway.bookings.second_look import look_again
from gateway.operations.facilities.decide_reservation import Decision, Undecided, decide_reservations
from gateway.pages.bookings.booking_money import load_monies
from gateway.pages.bookings.booking_view import find_question, view_span
from gateway.pages.bookings.inbox_view import Card, count_waiters
from gateway.pages.bookings.told_faults import ToldFault, tell_faults
from gateway.pages.desk_scope import DeskScope, read_scope
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from store.booking_search import (
    BookingLine,
    count_no_shows,
    count_waiting,
    describe_bookings,
    list_login_names,
    list_longest_waiting,
    list_waiters,
)
from store.reservations import ReservationStep, list_steps_of
from store.reservees import load_reservees
from store.tx import Tx

router = APIRouter()

PAGE_LENGTH = 20
PAGES_MAX = 10_000
Chosen = Annotated[str, Form(pattern=rf"^[0-9]{{1,6}} {ID_PATTERN.strip('^$')}$")]
"""What the page showed of one application: its version and its id."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one application of many: ``faults`` say why it stays as it was, ``last`` what was done to it."""

    line: BookingLine
    faults: tuple[ToldFault, ...]
    last: ReservationStep | None
    by: str


@router.get("/bookings/inbox")
def get_inbox(
    visit: Visitor,
    page: Annotated[int, Query(ge=1, le=PAGES_MAX)] = 1,
    done: Annotated[str, Query(max_length=63)] = "",
    permitted: Annotated[int, Query(ge=0, le=PAGE_LENGTH)] = 0,
) -> Response:
    """Show what waits, a page of it; ``done`` was decided just now, ``permitted`` is how many were."""
    return show_inbox(visit, page=page, done=done, permitted=permitted)


@router.post("/bookings/inbox")
def post_inbox(
    visit: Visitor, chosen: Annotated[list[Chosen], Form(max_length=PAGE_LENGTH, default_factory=list)]
) -> Response:
    """Permit what was chosen, each by itself; when some cannot be, tell each one's answer."""
    context = visit.pages.context
    decisions = []
    for each in chosen:
        version, _, booking_id = each.partition(" ")
        decisions.append(Decision(booking_id, int(version), ReservationAct.permit))
    with context.store.transaction(context.now()) as tx:
        decided, undecided = decide_reservations(tx, decisions, read_scope(tx, visit).acting)
    context.committed.set()
    if not undecided:
        return see_other(f"/bookings/inbox?permitted={len(decided)}")
    return show_inbox(visit, undecided=undecided, permitted=len(decided))


def show_inbox(
    visit: Visit, *, page: int = 1, done: str = "", permitted: int = 0, undecided: Sequence[Undecided] = ()
) -> Response:
    """Show a page of what waits; with what could not be decided of many, as a fault."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        scope = read_scope(tx, visit)
        total = count_waiting(tx, scope.acting.decides)
        waiting = list_longest_waiting(tx, scope.acting.decides, limit=PAGE_LENGTH, offset=(page - 1) * PAGE_LENGTH)
        cards = view_cards(tx, visit, scope, waiting)
        last = next(iter(tell_last(tx, visit, [done] if done else [])), None)
        answers = _tell_answers(tx, visit, undecided)
    return visit.render(
        "bookings/inbox.html",
        cards=cards,
        clear=[card for card in cards if card.is_clear],
        total=total,
        waiting=total,
        page=page,
        pages=max(1, -(-total // PAGE_LENGTH)),
        offset=(page - 1) * PAGE_LENGTH,
        last=last,
        permitted=permitted,
        answers=answers,
        told=(),
        reason="",
        today=civil_minute(context.now())[0],
        now=context.now(),
        fault="some" if answers else None,
    )


def view_cards(
    tx: Tx, visit: Visit, scope: DeskScope, waiting: Sequence[tuple[BookingLine, datetime]]
) -> tuple[Card, ...]:
    """Put together what is known of applications and since when they wait."""
    lines = [line for line, _ in waiting]
    rooms = {line.room.id for line in lines}
    rules = recall_rules(tx, rooms) if rooms else {}
    speaks = look_again(tx, [line.kept for line in lines])
    steps = list_steps_of(tx, [line.kept.reservation.id for line in lines])
    whose = {line.kept.reservation.reservee_id for line in lines}
    reservees, missed = load_reservees(tx, whose), count_no_shows(tx, scope.read | scope.acting.decides, whose)
    waiters, monies = list_waiters(tx, rooms), load_monies(tx, [line.kept.reservation for line in lines])
    cards = []
    for line, since_at in waiting:
        one, house = line.kept.reservation, rules[line.kept.facility_id]
        equipment = {each.id: each for each in house.equipment}
        slot = next((each for each in house.slots_of(line.room.id) if each.id == one.slot_id), None)
        try:
            demand_decider(scope.acting, line.kept, reservees.get(one.reservee_id))
        except BookingFaultsError:
            is_own = True
        else:
            is_own = False
        cards.append(
            Card(
                line=line,
                facility=house.facility,
                slot=slot,
                units=tuple((equipment[id_], count) for id_, count in one.units if id_ in equipment),
                span=view_span(one.from_at, one.until_at),
                since_at=since_at,
                money=monies[one.id],
                faults=tell_faults(visit, speaks[one.id]),
                no_shows=missed.get(one.reservee_id, 0),
                waiters=count_waiters(one, waiters),
                question=find_question(steps.get(one.id, ()), one.state),
                is_own=is_own,
            )
        )
    return tuple(cards)


def tell_last(tx: Tx, visit: Visit, booking_ids: Sequence[str]) -> list[Answer]:
    """Give what was done last to those of some bookings that the visitor decides about, and by whom."""
    decides = read_scope(tx, visit).acting.decides
    lines = [line for line in describe_bookings(tx, booking_ids) if line.kept.facility_id in decides]
    steps = list_steps_of(tx, [line.kept.reservation.id for line in lines])
    last = {id_: some[-1] for id_, some in steps.items()}
    names = list_login_names(tx, {step.done_by for step in last.values()})
    return [
        Answer(line, (), step, names.get(step.done_by, "") if step is not None else "")
        for line in lines
        for step in (last.get(line.kept.reservation.id),)
    ]


def _tell_answers(tx: Tx, visit: Visit, undecided: Sequence[Undecided]) -> list[Answer]:
    faults = {each.decision.id: tell_faults(visit, each.faults) for each in undecided}
    return [replace(each, faults=faults[each.line.kept.reservation.id]) for each in tell_last(tx, visit, list(faults))]
