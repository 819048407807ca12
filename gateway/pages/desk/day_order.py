"""In which order a counter's day is shown, and which page of it. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.facilities.reservation import ReservationState
from store.desk_days import DeskBooking

ROWS_MOST = 200
"""So many bookings are on a page: all that a hundred rooms have within an hour and a half."""


@dataclass(frozen=True, slots=True)
class DayPage:
    """A page of so many bookings: ``offset`` stand before those that are shown."""

    page: int
    pages: int
    offset: int
    shown: tuple[DeskBooking, ...]


def put_in_order(bookings: Sequence[DeskBooking], out: Collection[str], now: datetime) -> list[DeskBooking]:
    """Give a day's bookings with those behind of which nothing is left to be done.

    Args:
        bookings: of the day, by time; within the two parts they stay so.
        out: the bookings for which a key is out.
        now: until when time is over.
    """
    return sorted(bookings, key=lambda each: _is_over(each, out, now))


def choose_page(bookings: Sequence[DeskBooking], page: int) -> DayPage:
    """Give a page, counted from 1; the last one where there are fewer."""
    pages = max(1, -(-len(bookings) // ROWS_MOST))
    page = min(page, pages)
    offset = (page - 1) * ROWS_MOST
    return DayPage(page, pages, offset, tuple(bookings[offset : offset + ROWS_MOST]))


def _is_over(booking: DeskBooking, out: Collection[str], now: datetime) -> bool:
    if booking.id in out or booking.owed_yen or booking.deposit_owed_yen:
        return False
    is_done = booking.state in (ReservationState.completed, ReservationState.no_show)
    return is_done or (booking.until_at <= now and booking.state is not ReservationState.in_use)
