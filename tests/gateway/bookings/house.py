"""The house of ``tests.domain.facilities.booking`` in a database, with people who reserve, serve and decide."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.facilities.booking import Wish
from domain.facilities.facility import Permits, UserClass
from domain.facilities.opening import Opening
from domain.facilities.reservation import Reservation, ReservationAct
from domain.facilities.reservee import Reservee, ReserveeKind
from domain.facilities.rules import FacilityRules
from gateway.bookings.acting import SELF, Acting
from gateway.operations.facilities.book_room import AskedBooking, book_room
from gateway.operations.facilities.decide_reservation import Decision, decide_reservation
from store.accounts import insert_account
from store.facilities import (
    save_equipment,
    save_facility,
    save_room,
    save_slot,
    save_space,
    save_user_class,
)
from store.facility_duties import Duty, insert_duty
from store.facility_rules import save_rule
from store.people import Department, Person, upsert_departments, upsert_persons
from store.reservees import insert_reservee
from store.tx import Store, Tx
from tests.domain.facilities.booking import CITIZEN, EVERY_DAY, HOUSE, NOW, wish

OPEN = HOUSE.opening.__class__((Opening("daily", EVERY_DAY, 540, 1320),))
MEETING = replace(HOUSE.rooms[1], id="meeting", name="会議室", spaces=("meeting",), permits=Permits.rule)
RULES = replace(HOUSE, opening=OPEN, rooms=(*HOUSE.rooms, MEETING))

CITIZENS = tuple(replace(CITIZEN, id=f"u{number}", name=f"利用者{number}") for number in range(1, 6))
STAFF = Reservee("s1", ReserveeKind.staff, "resident", "石井 健太", NOW, "hr", person_id="p1")

DESK = Acting("desk", person_id="p8", desks=frozenset({"center"}))
DECIDER = Acting("head", person_id="p9", decides=frozenset({"center"}))


def citizen(number: int) -> Acting:
    return Acting(SELF, reservee_id=f"u{number}")


def keep_house(store: Store, rules: FacilityRules = RULES, *, reservees: int = 0) -> None:
    """Write the house down, with citizens ``u1`` … and so many more ``x0`` …."""
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("d", "生涯学習課")])
        upsert_persons(tx, [Person(f"p{number}", "職員", "ショクイン", "d") for number in (1, 8, 9)])
        for login, person_id in (("staff", "p1"), ("desk", "p8"), ("head", "p9")):
            insert_account(tx, login, person_id=person_id, password_hash="-", roles=())
        for id_ in ("resident", "outside"):
            save_user_class(tx, UserClass(id_, id_, id_))
        keep_rules(tx, rules)
        insert_duty(tx, "head", "center", Duty.decide, by="root")
        for reservee in (*CITIZENS, STAFF, *(replace(CITIZEN, id=f"x{number}") for number in range(reservees))):
            insert_reservee(tx, reservee)


def keep_rules(tx: Tx, rules: FacilityRules) -> None:
    facility_id = rules.facility.id
    save_facility(tx, rules.facility)
    for space in sorted({space for room in rules.rooms for space in room.spaces}):
        save_space(tx, space, facility_id, space)
    for room in rules.rooms:
        save_room(tx, room)
    for each in rules.equipment:
        save_equipment(tx, each)
    for slot in rules.slots:
        save_slot(tx, slot)
    for rule in (*rules.opening.openings, *rules.windows, *rules.quotas, *rules.terms, *rules.entries):
        save_rule(tx, facility_id, rule)


def book(
    store: Store, id_: str, asked: Wish, acting: Acting, *, later: timedelta = timedelta(0), **given: Any
) -> Reservation:
    with store.transaction(NOW + later) as tx:
        return book_room(tx, AskedBooking(id_, asked, **given), acting)


def permit(store: Store, reservation: Reservation) -> Reservation:
    with store.transaction(NOW) as tx:
        return decide_reservation(tx, Decision(reservation.id, reservation.version, ReservationAct.permit), DECIDER)


def booked(store: Store, id_: str = "r1", **given: Any) -> Reservation:
    """Book the half of the hall for the first citizen, and have it permitted."""
    return permit(store, book(store, id_, wish(**given), citizen(1)))
