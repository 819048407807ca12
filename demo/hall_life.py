"""How the demo's civic hall has lived: each booking is asked for, permitted, paid, used with its key, and over.

What lies before the present happens in order, each act at its own time; what would come after is left to the visitor.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from demo.diary import Diary
from demo.hall_keys import OFFICE_BOX, RING, ROOM_KEYS
from domain.civil import civil_minute, instant
from domain.facilities.booking import Wish
from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.reservation import Actor, Reservation, ReservationAct, ReservationState
from domain.facilities.takings import CashCount, Method
from domain.keys.custody import CustodyState, Holder, HolderKind
from domain.keys.key import Target, TargetKind
from gateway.bookings.acting import Acting
from gateway.fees.entries import Slip
from gateway.fees.pricing import Wanted
from gateway.operations.facilities.block_reservee import block_reservee
from gateway.operations.facilities.book_room import AskedBooking, book_room
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.facilities.close_day import DayEnd, close_day
from gateway.operations.facilities.decide_reservation import Decision, decide_reservation
from gateway.operations.facilities.grant_reduction import DECIDERS, Grant, grant_reduction
from gateway.operations.facilities.price_reservation import price_reservation
from gateway.operations.facilities.take_fee import Payment, take_fee
from gateway.operations.facilities.use_reservation import begin_reservation, complete_reservation, miss_reservation
from gateway.operations.keys.count_keys import close_count, open_count, scan_key
from gateway.operations.keys.lend_key import LoanWish, lend_key
from gateway.operations.keys.return_key import BroughtBack, return_key
from store.key_custody import list_custodies_in, list_custodies_of_loan
from store.keys import list_copies
from store.takings import list_takings_on
from store.tx import Tx

_BOOKED_BEFORE, _DECIDED_AFTER, _PAID_AFTER = timedelta(days=21), timedelta(hours=20), timedelta(days=2)
_CAME_AFTER, _BROUGHT_AFTER, _MISSED_AFTER = timedelta(minutes=3), timedelta(minutes=10), timedelta(minutes=35)
_TILL_YEN = 20_000
_CITY = "city"
"""The class of the city's own, and the reduction that it has (firmware_configs/fees)."""

_METHODS = (Method.cash, Method.cash, Method.qr, Method.cash, Method.card)
_KEY_OF = {room: key for key, (_, _, rooms) in ROOM_KEYS.items() for room in rooms}


@dataclass(frozen=True, slots=True)
class Counter:
    """Who books for others, and who permits."""

    desk: Acting
    decider: Acting


class HallLife:
    """The past of the hall up to the end of ``diary``; ``made`` counts the bookings that came about.

    Args:
        facility_id: the hall.
        counter: who does what is done there.
        diary: what is lived.
    """

    def __init__(self, facility_id: str, counter: Counter, diary: Diary) -> None:
        self._house, self._counter, self._diary = facility_id, counter, diary
        self._by = counter.desk.login
        self._days: set[date] = set()
        self.made = 0

    def wish(self, number: int, wish: Wish, *, is_late: bool = False, is_missed: bool = False) -> None:
        """Let somebody book at the counter, three weeks before; what cannot be had does not come about.

        Args:
            number: of the booking; what is paid how, and what waits, follows from it.
            wish: what is wished.
            is_late: the key is not brought back.
            is_missed: nobody comes.
        """
        booked_at = min(wish.from_at - _BOOKED_BEFORE, self._diary.until - timedelta(hours=number % 40 + 1))
        self._diary.note(booked_at, lambda tx: self._book(tx, number, wish, is_late=is_late, is_missed=is_missed))

    def live(self, tx: Tx) -> None:
        """Let all of it happen, in order."""
        self._diary.live(tx)

    def block(self, reservee_id: str, at: datetime, reason: str) -> None:
        """Let a reservee be kept from booking for two months."""
        until = civil_minute(at + timedelta(days=60))[0]
        self._diary.note(at, lambda tx: block_reservee(tx, reservee_id, until, by=self._by, reason=reason))

    def count(self, at: datetime) -> None:
        """Let the office's keys be counted; all that hang there are found."""
        self._diary.note(at, self._count)

    def take_ring(self, person_id: str, at: datetime) -> None:
        """Let a member of staff go out on patrol with the ring."""
        wish = LoanWish(
            "patrol-now", Target(TargetKind.ring, RING), Holder(HolderKind.person, person_id), self._by, reason="巡回"
        )
        self._diary.note(at, lambda tx: lend_key(tx, wish))

    def _book(self, tx: Tx, number: int, wish: Wish, *, is_late: bool, is_missed: bool) -> None:
        id_ = f"demo-{number:04d}"
        try:
            made = book_room(tx, AskedBooking(id_, wish), self._counter.desk)
        except BookingFaultsError:
            return  # somebody else was first, or has as many as one may have
        self.made += 1
        price_reservation(tx, id_, Wanted("general"), by=self._by)
        if wish.user_class == _CITY:
            free = Grant(id_, _CITY, "市の主催のため")
            grant_reduction(tx, free, by=self._counter.decider.login, duties=DECIDERS)
        is_over = wish.from_at < self._diary.until
        if made.state is ReservationState.applied:
            if not is_over and number % 3 == 0:
                return  # waits for its permission
            self._diary.note(tx.now + _DECIDED_AFTER, lambda tx: self._permit(tx, made))
        paid_at = tx.now + _PAID_AFTER if number % 4 == 0 else wish.from_at
        if number % 7:
            self._diary.note(paid_at, lambda tx: self._pay(tx, number, id_))
        if number % 16 == 12 and not is_over:
            self._diary.note(self._diary.until - timedelta(hours=5), lambda tx: self._cancel(tx, id_))
        if is_missed:
            self._diary.note(wish.from_at + _MISSED_AFTER, lambda tx: self._miss(tx, id_))
        else:
            self._diary.note(wish.from_at + _CAME_AFTER, lambda tx: self._come(tx, made))
            self._diary.note(wish.until_at + _BROUGHT_AFTER, lambda tx: self._leave(tx, made, is_late=is_late))

    def _permit(self, tx: Tx, made: Reservation) -> None:
        decide_reservation(tx, Decision(made.id, made.version, ReservationAct.permit), self._counter.decider)

    def _pay(self, tx: Tx, number: int, id_: str) -> None:
        owed = price_reservation(tx, id_, Wanted("general"), by=self._by).quote.total_yen
        method = _METHODS[number % len(_METHODS)]
        slip = Slip(method) if method is Method.cash else Slip(method, "関所ペイ", f"SP{number:06d}")
        if owed:
            take_fee(tx, Payment(f"pay-{id_}", id_, owed, slip), by=self._by)
            self._close_later(civil_minute(tx.now)[0])

    def _close_later(self, on: date) -> None:
        """Close a day with takings in its evening; yesterday is left to the visitor."""
        if on not in self._days and on < civil_minute(self._diary.until)[0] - timedelta(days=1):
            self._days.add(on)
            self._diary.note(instant(on, 22 * 60 + 30), lambda tx: self._close_day(tx, on))

    def _cancel(self, tx: Tx, id_: str) -> None:
        cancel_reservation(tx, id_, self._counter.desk, reason="参加者が集まらないため")

    def _miss(self, tx: Tx, id_: str) -> None:
        miss_reservation(tx, id_, actor=Actor.desk, by=self._by, reason="連絡なし")

    def _come(self, tx: Tx, made: Reservation) -> None:
        """Begin the use: with the key that went out, or by whoever opened the door."""
        key_id = _KEY_OF.get(made.room_id)
        if key_id is None:
            begin_reservation(tx, made.id, actor=Actor.desk, by=self._by)
            return
        target, who = Target(TargetKind.key, key_id), Holder(HolderKind.reservee, made.reservee_id)
        lend_key(tx, LoanWish(f"loan-{made.id}", target, who, self._by))

    def _leave(self, tx: Tx, made: Reservation, *, is_late: bool) -> None:
        out = {} if is_late else list_custodies_of_loan(tx, f"loan-{made.id}")
        if out:
            return_key(tx, BroughtBack(f"back-{made.id}", frozenset(out), self._by))
        complete_reservation(tx, made.id, actor=Actor.desk, by=self._by)

    def _close_day(self, tx: Tx, on: date) -> None:
        entries = list_takings_on(tx, self._house, on)
        cash = sum(each.yen for each in entries if each.method is Method.cash)
        close_day(tx, DayEnd(self._house, on, CashCount(_TILL_YEN, _TILL_YEN, banked_yen=cash)), by=self._by)

    def _count(self, tx: Tx) -> None:
        count = open_count(tx, "weekly", OFFICE_BOX.id, by=self._by)
        hanging = [
            each.copy_id
            for each in list_custodies_in(tx, OFFICE_BOX.id).values()
            if each.state is CustodyState.in_custody
        ]
        for copy in list_copies(tx, hanging).values():
            scan_key(tx, count.id, copy.stamped, by=self._by)
        close_count(tx, count.id, by=self._by)
