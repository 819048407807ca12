"""From when until when a class of reservees may book, and on what terms (利用条件)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.civil import civil_minute, instant, month_end
from domain.validity import is_in_force


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment before a use begins.

    With ``days`` it is ``minutes`` after 00:00 of the day so many days before: 3 days and 1020 are 3日前の17:00 まで.
    Without, it is ``minutes`` before the beginning itself: 120 are 2時間前まで.
    """

    days: int | None
    minutes: int


class OpensBy(StrEnum):
    """How the day is counted on which booking opens."""

    month_day = "month_day"  # N か月前の月の D 日: 毎月1日に2か月後の分
    same_day = "same_day"  # N か月前の同じ日; where that month has none, its last day (民法143)
    days = "days"  # N 日前


@dataclass(frozen=True, slots=True)
class BookingWindow:
    """When one class of reservees may book a facility or one room: residents earlier than others.

    The window of a room and a class counts before that of the room, then of the class, then of everybody.
    """

    id: str
    opens_by: OpensBy
    opens_before: int
    """So many months or days before the use."""
    opens_minute: int
    """Of the day on which it opens: 540 is 9:00."""
    closes: Deadline
    opens_day: int = 1
    """1 to 28; of ``month_day``."""
    desk_closes: Deadline | None = None
    """Until then the counter still books; None: no longer than anybody."""
    room_id: str | None = None
    user_class: str | None = None
    valid_from: date | None = None
    """Of the day of use."""
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a facility is reserved, from ``valid_from`` on until the next ones; None is from the beginning."""

    id: str
    cancel: Deadline
    """Until then a reservee may cancel or change; afterwards the desk does."""
    valid_from: date | None = None
    no_shows_to_block: int = 0
    """So many no-shows block the reservee; 0: none do."""
    no_show_days: int = 365
    """Only those of so many days count."""
    block_days: int = 0
    """For so many days."""
    no_show_after_minutes: int | None = None
    """So long after the beginning a room that nobody came to is given free; None: never."""
    contact_confirmed: bool = True
    """Citizens have shown that their address or telephone is theirs."""
    tentative_minutes: int = 30
    """So long a room is held while a form is filled in."""


class WindowState(StrEnum):
    """Whether booking is possible."""

    not_yet = "not_yet"
    open = "open"
    over = "over"


def derive_deadline(deadline: Deadline, from_at: datetime) -> datetime:
    """Give the instant of a deadline of a use that begins at ``from_at``; never after it."""
    if deadline.days is None:
        return from_at - timedelta(minutes=deadline.minutes)
    return min(from_at, instant(civil_minute(from_at)[0] - timedelta(days=deadline.days), deadline.minutes))


def derive_opens_at(window: BookingWindow, on: date) -> datetime:
    """Give the instant at which booking opens for uses of a day."""
    if window.opens_by is OpensBy.days:
        return instant(on - timedelta(days=window.opens_before), window.opens_minute)
    last = month_end(on, months=-window.opens_before)
    wanted = window.opens_day if window.opens_by is OpensBy.month_day else on.day
    return instant(last.replace(day=min(wanted, last.day)), window.opens_minute)


def derive_closes_at(window: BookingWindow, from_at: datetime, *, at_desk: bool = False) -> datetime:
    """Give the instant from which a use that begins at ``from_at`` can no longer be booked."""
    closes = derive_deadline(window.closes, from_at)
    if not at_desk or window.desk_closes is None:
        return closes
    return max(closes, derive_deadline(window.desk_closes, from_at))


def judge_window(window: BookingWindow, from_at: datetime, now: datetime, *, at_desk: bool = False) -> WindowState:
    """Say whether a use that begins at ``from_at`` can be booked now."""
    if now < derive_opens_at(window, civil_minute(from_at)[0]):
        return WindowState.not_yet
    return WindowState.open if now < derive_closes_at(window, from_at, at_desk=at_desk) else WindowState.over


def choose_window(windows: Iterable[BookingWindow], room_id: str, user_class: str, on: date) -> BookingWindow | None:
    """Give the window that counts for a class in a room on a day of use; None: it cannot be booked."""
    fitting = [
        each
        for each in windows
        if each.room_id in {None, room_id} and each.user_class in {None, user_class} and is_in_force(each, on)
    ]
    return max(fitting, key=lambda each: (each.room_id is not None, each.user_class is not None), default=None)


def choose_terms(terms: Iterable[Terms], on: date) -> Terms | None:
    """Give the terms of uses of a day; None where there are none yet."""
    begun = [each for each in terms if each.valid_from is None or each.valid_from <= on]
    return max(begun, key=lambda each: each.valid_from or date.min, default=None)
