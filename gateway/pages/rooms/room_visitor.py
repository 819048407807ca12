"""Who looks at rooms: which houses that one sees, as whom one books, and for whom else."""

from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from fastapi import HTTPException

from domain.facilities.facility import Room, SlotKind
from domain.facilities.reservee import Reservee
from domain.facilities.rules import FacilityRules
from gateway.bookings.acting import Acting
from gateway.bookings.remembered_rules import recall_rules
from gateway.operations.facilities.register_staff import StaffEntry, propose_staff, register_staff
from gateway.pages.access.rights import Right
from gateway.pages.desk_scope import DeskScope, read_scope
from gateway.pages.entrance.visit import Visit
from gateway.pages.rooms.looks import Booker
from store.people import load_person
from store.reservees import load_reservee, load_reservee_of_person
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class RoomVisitor:
    """Somebody at the pages of rooms.

    ``scope`` is what one serves; ``own`` the reservee that one is, if any yet; ``user_class`` the class that one books
    in, None for an account of no person; ``sees_all`` is False for a contracted desk.
    """

    scope: DeskScope
    own: Reservee | None
    user_class: str | None
    sees_all: bool

    @property
    def acting(self) -> Acting:
        """Give the visitor as operations know one."""
        return self.scope.acting

    def sees(self, facility_id: str) -> bool:
        """Tell whether a house is there for this visitor."""
        return self.sees_all or facility_id in self.scope.read

    def serves(self, facility_id: str) -> bool:
        """Tell whether this visitor books for others there."""
        return facility_id in self.acting.desks

    def may_book(self, facility_id: str) -> bool:
        """Tell whether this visitor books anything there: for oneself, or for others."""
        return self.user_class is not None or self.serves(facility_id)

    def as_booker(self, now: datetime) -> Booker:
        """Give as whom this one looks at what is free."""
        return Booker(self.user_class, now, self.acting.desks)


def meet_room_visitor(tx: Tx, visit: Visit) -> RoomVisitor:
    """Give who looks at rooms."""
    person_id = visit.signed_in.person_id
    books = bool(person_id) and visit.may(Right.book_rooms)
    own = load_reservee_of_person(tx, person_id) if books else None
    standard = visit.pages.context.settings.bookings.staff_user_class if books else None
    return RoomVisitor(
        read_scope(tx, visit),
        own,
        standard if own is None else own.user_class,
        sees_all=visit.may(Right.book_rooms) or visit.may(Right.read_facilities),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """A room with the rules of its house, as a visitor finds it."""

    visitor: RoomVisitor
    rules: FacilityRules
    room: Room

    @property
    def serves(self) -> bool:
        """Tell whether the visitor books for others here."""
        return self.visitor.serves(self.rules.facility.id)

    @property
    def may_book(self) -> bool:
        """Tell whether the visitor books anything here."""
        return self.visitor.may_book(self.rules.facility.id)

    @property
    def slots(self) -> tuple[SlotKind, ...]:
        """Give all kinds of slots of the room."""
        return self.rules.slots_of(self.room.id)


def find_place(tx: Tx, visit: Visit, room_id: str, *, books: bool = False) -> Place:
    """Give a room and the rules of its house.

    Raises:
        HTTPException: 404, there is none of that id for this visitor; with ``books`` also where one cannot book.
    """
    visitor = meet_room_visitor(tx, visit)
    rules = next(iter(recall_rules(tx, [room_id]).values()), None)
    room = None if rules is None else rules.room(room_id)
    if rules is None or room is None or not visitor.sees(rules.facility.id):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    place = Place(visitor, rules, room)
    if books and not place.may_book:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return place


def require_own(tx: Tx, visit: Visit, *, registers: bool) -> Reservee | None:
    """Give the reservee that a member of staff is; with ``registers`` one who never booked is registered now.

    None for an account of no person.

    Raises:
        ReserveeFaultsError: the city has no class for its staff.
    """
    session = visit.signed_in
    person = load_person(tx, session.person_id) if session.person_id else None
    if person is None:
        return None
    standard = visit.pages.context.settings.bookings.staff_user_class
    entry = StaffEntry(person.id, person.name, person.kana, standard)
    if registers:
        return register_staff(tx, entry, by=session.login)
    return load_reservee_of_person(tx, person.id) or propose_staff(tx, entry, by=session.login)


def with_own(acting: Acting, own: Reservee | None) -> Acting:
    """Give somebody as operations know one, once the own registration stands."""
    return acting if own is None else replace(acting, reservee_id=own.id)


def find_reservee(tx: Tx, reservee_id: str) -> Reservee | None:
    """Give a standing reservee of an id; None where there is none."""
    found = load_reservee(tx, reservee_id) if reservee_id else None
    return found if found is not None and found.is_standing else None
