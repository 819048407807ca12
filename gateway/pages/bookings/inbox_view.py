"""What waits for 許可, as cards: what is asked, what it costs, and everything that should be looked at twice. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.facilities.facility import Equipment, Facility, SlotKind
from domain.facilities.reservation import Reservation
from gateway.pages.bookings.booking_money import Money
from gateway.pages.bookings.booking_view import Span
from gateway.pages.bookings.told_faults import ToldFault
from store.booking_search import BookingLine, Waiter
from store.reservations import ReservationStep


@dataclass(frozen=True, slots=True)
class Card:
    """One application that waits since ``since_at``.

    ``faults`` speak against it now, ``no_shows`` its reservee has had, ``waiters`` wait for the same time, and
    ``question`` is still open. With ``is_own`` the visitor applied and somebody else has to decide.
    """

    line: BookingLine
    facility: Facility
    slot: SlotKind | None
    units: tuple[tuple[Equipment, int], ...]
    span: Span
    since_at: datetime
    money: Money
    faults: tuple[ToldFault, ...]
    no_shows: int
    waiters: int
    question: ReservationStep | None
    is_own: bool

    @property
    def one(self) -> Reservation:
        """Give the application itself."""
        return self.line.kept.reservation

    @property
    def is_clear(self) -> bool:
        """Tell whether nothing has to be looked at twice."""
        return not (self.faults or self.no_shows or self.question or self.is_own)


def count_waiters(one: Reservation, waiters: Iterable[Waiter]) -> int:
    """Count those who wait for a time of the same room that this one has."""
    return sum(
        waiter.room_id == one.room_id and waiter.from_at < one.until_at and one.from_at < waiter.until_at
        for waiter in waiters
    )
