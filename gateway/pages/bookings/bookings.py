"""予約: the own bookings, or those of the facilities that one serves, by room, reservee, state and day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from domain.civil import civil_minute, instant
from domain.facilities.facility import Facility, Room
from domain.facilities.reservation import ReservationState
from gateway.bookings.booking_code import read_booking_code
from gateway.pages.access.rights import Right
from gateway.pages.bookings.booking_view import Span, view_span
from gateway.pages.desk_scope import DeskScope, read_scope
from gateway.pages.drawing.dates import DATE_PATTERN, read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from store.booking_search import BookingLine, Sought, count_waiting, describe_bookings, search_bookings
from store.facilities import list_facilities, list_rooms
from store.tx import Tx

router = APIRouter()

PAGE_LENGTH = 50
PAGES_MAX = 10_000
LISTED = frozenset(ReservationState) - {ReservationState.tentative}
"""States that are chosen from; what is only held is nobody's to look for."""

Id = Annotated[str, Query(max_length=63)]
Day = Annotated[str, Query(pattern=DATE_PATTERN)]


@dataclass(frozen=True, slots=True)
class Row:
    """A booking in the list."""

    line: BookingLine
    span: Span


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for, as the form has it: the own bookings with ``own``."""

    q: str
    facility: str
    room: str
    state: str
    first: str
    last: str
    own: bool

    def query(self, page: int) -> str:
        """Give another page of the same as a query."""
        given = {name: getattr(self, name) for name in ("q", "facility", "room", "state", "first", "last")}
        told = {name: value for name, value in given.items() if value} | {"first": self.first}
        if self.own:
            told["own"] = "1"
        return urlencode(told | {"page": page})


@router.get("/bookings")
def get_bookings(
    visit: Visitor,
    *,
    q: Annotated[str, Query(max_length=80)] = "",
    facility: Id = "",
    room: Id = "",
    state: Annotated[str, Query(max_length=20)] = "",
    first: Annotated[str | None, Query(pattern=DATE_PATTERN)] = None,
    last: Day = "",
    own: bool = False,
    page: Annotated[int, Query(ge=1, le=PAGES_MAX)] = 1,
) -> Response:
    """Show the own bookings or those that the visitor serves; a scanned code leads to its booking."""
    if (scanned := read_booking_code(q)) is not None:
        return see_other(f"/bookings/{scanned}")
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        today = civil_minute(tx.now)[0]
        scope = read_scope(tx, visit)
        is_own = own or not scope.read
        filters = Filters(q.strip(), facility, room, state, today.isoformat() if first is None else first, last, is_own)
        lines, many = _search(tx, scope, filters, page)
        facilities = [] if is_own else list_facilities(tx, scope.read)
        rooms = [] if is_own else list_rooms(tx, facilities=scope.read)
        houses = {each.id: each for each in list_facilities(tx, {line.kept.facility_id for line in lines})}
        waiting = count_waiting(tx, scope.acting.decides)
    return visit.render(
        "bookings/bookings.html",
        rows=[Row(line, view_span(line.kept.reservation.from_at, line.kept.reservation.until_at)) for line in lines],
        houses=houses,
        filters=filters,
        facilities=facilities,
        rooms=_list_choices(rooms, facilities),
        states=[each for each in ReservationState if each in LISTED],
        many=many,
        page=page,
        pages=max(1, -(-many // PAGE_LENGTH)),
        offset=(page - 1) * PAGE_LENGTH,
        serves=bool(scope.read),
        has_own=scope.acting.reservee_id is not None,
        decides=bool(scope.acting.decides),
        desks=bool(scope.acting.desks),
        books=visit.may(Right.book_rooms) or visit.may(Right.keep_bookings),
        waiting=waiting,
        today=today,
        now=context.now(),
    )


def _search(tx: Tx, scope: DeskScope, filters: Filters, page: int) -> tuple[list[BookingLine], int]:
    if filters.own and scope.acting.reservee_id is None:
        return [], 0
    if filters.q and filters.q.isascii() and not filters.own:  # an id leads to its booking, whatever else is chosen
        found = [line for line in describe_bookings(tx, [filters.q]) if line.kept.facility_id in scope.read]
        if found:
            return found, 1
    sought = Sought(
        facility_ids=None if filters.own else scope.read & ({filters.facility} if filters.facility else scope.read),
        reservee_id=scope.acting.reservee_id if filters.own else None,
        room_id=filters.room or None,
        text=filters.q,
        states=[ReservationState(filters.state)] if filters.state in LISTED else LISTED,
        from_at=_start(read_date(filters.first)),
        until_at=_end(read_date(filters.last)),
    )
    return search_bookings(tx, sought, limit=PAGE_LENGTH, offset=(page - 1) * PAGE_LENGTH)


def _start(on: date | None) -> datetime | None:
    return None if on is None else instant(on, 0)


def _end(on: date | None) -> datetime | None:
    return None if on is None else instant(on, 1440)


def _list_choices(rooms: list[Room], facilities: list[Facility]) -> list[tuple[Facility, list[Room]]]:
    return [(house, [room for room in rooms if room.facility_id == house.id]) for house in facilities]
