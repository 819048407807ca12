"""A day that is closed while somebody books it: one of the two is told; no reservation lies in a closed day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

from sqlalchemy import insert

from domain.civil import instant
from domain.facilities.booking import Wish
from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.booking_rules import BookingWindow, Deadline, OpensBy, Terms
from domain.facilities.facility import Facility, Room, UserClass
from domain.facilities.opening import Opening, SpecialDays, SpecialKind
from gateway.bookings.acting import Acting
from gateway.bookings.facility_rules import load_houses
from gateway.bookings.rule_book import UsesStandError
from gateway.operations.facilities.book_room import AskedBooking, book_room
from gateway.operations.facilities.close_days import close_days
from gateway.operations.facilities.keep_facility import keep_facility
from gateway.operations.facilities.keep_room import keep_room
from gateway.operations.facilities.keep_rule import keep_rule
from gateway.operations.facilities.keep_user_class import keep_user_class
from store.facility_use import list_uses
from store.reservation_tables import reservee
from store.tables import department
from store.tx import Store

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
DAYS = [date(2026, 12, 1) + timedelta(days=number) for number in range(6)]
DESK = Acting("sato", desks=frozenset({"kaikan"}))
BY = "sato"


def lay_down(store: Store) -> None:
    """A room that is open and may be booked, and somebody who may."""
    with store.transaction(NOW) as tx:
        tx.connection.execute(insert(department).values(id="d", name="x"))
        keep_user_class(tx, UserClass("city", "市内", "Residents"), by=BY)
        keep_facility(tx, Facility("kaikan", "市民館", "Civic hall", "d"), by=BY)
        keep_room(tx, Room("room", "kaikan", "会議室", "Room", (), 20), by=BY)
        keep_rule(tx, "kaikan", Opening("o", frozenset(range(7)), 540, 1320), by=BY)
        keep_rule(tx, "kaikan", BookingWindow("w", OpensBy.days, 90, 540, Deadline(None, 0)), by=BY)
        keep_rule(tx, "kaikan", Terms("t", Deadline(None, 0), contact_confirmed=False), by=BY)
        texts = ("name", "kana", "contact_name", "email", "phone", "registered_by", "blocked_reason")
        who = dict.fromkeys(texts, "") | {"kind": "citizen", "user_class": "city", "registered_at": NOW}
        tx.connection.execute(insert(reservee).values(id="u", **who))


def test_booking_and_closing_at_once_leave_nobody_before_a_closed_door(store: Store) -> None:
    lay_down(store)
    ready = Barrier(2)

    def close(on: date) -> bool:
        ready.wait()
        try:
            with store.transaction(NOW) as tx:
                days = SpecialDays(f"closed-{on}", SpecialKind.closed, on, on, "工事")
                close_days(tx, "kaikan", days, by=BY)
        except UsesStandError:
            return False
        return True

    def book(on: date) -> bool:
        wish = Wish("room", instant(on, 600), instant(on, 720), "u", "city", 5, "会議")
        ready.wait()
        try:
            with store.transaction(NOW) as tx:
                book_room(tx, AskedBooking(f"booked-{on}", wish), DESK)
        except BookingFaultsError:
            return False
        return True

    with ThreadPoolExecutor(2) as hands:
        for on in DAYS:
            closed, booked = hands.submit(close, on), hands.submit(book, on)
            assert closed.result() is not booked.result()
    with store.reading(NOW) as tx:
        open_days = load_houses(tx, DAYS[0], DAYS[-1]).open_days(DAYS)
        booked_days = {use.from_at for use in list_uses(tx, ["room"], NOW)}
    assert {bool(open_days["room", on].windows) for on in DAYS if instant(on, 600) in booked_days} <= {True}
    assert len(booked_days) == sum(bool(open_days["room", on].windows) for on in DAYS)
