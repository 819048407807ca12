"""One reservee as the page shows it: what was changed when, field by field, and merges that can be undone. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from domain.civil import civil_minute
from domain.facilities.reservation import HOLDING
from domain.facilities.reservee import Reservee
from store.reservations import Kept
from store.reservee_history import Merge, ReserveeChange

TIMES = frozenset({"confirmed_at", "forgotten_at", "registered_at"})


class FieldChange(NamedTuple):
    """One field, before and after; times are days."""

    field: str
    before: str
    after: str


class Deed(NamedTuple):
    """What somebody changed at once."""

    at: datetime
    by: str
    reason: str
    changes: tuple[FieldChange, ...]


class MergeLine(NamedTuple):
    """A merge of this reservee; ``other_id`` is the other side, ``can_undo`` while it is the last word about it."""

    merge: Merge
    other_id: str
    is_undoing: bool
    can_undo: bool


class Bookings(NamedTuple):
    """What somebody has booked: what is to come, the next first, and what is over, the last first."""

    coming: tuple[Kept, ...]
    past: tuple[Kept, ...]


def view_history(changes: Iterable[ReserveeChange]) -> tuple[Deed, ...]:
    """Put changes together that were made at once, the latest first."""
    deeds = [
        Deed(at, by, reason, tuple(FieldChange(each.field, *_shown(each)) for each in some))
        for (at, by, reason), some in groupby(changes, lambda each: (each.changed_at, each.changed_by, each.reason))
    ]
    return tuple(reversed(deeds))


def view_merges(of: Reservee, merges: Sequence[Merge]) -> tuple[MergeLine, ...]:
    """Give the merges of a reservee on either side, the latest first."""
    undone = {each.undoes for each in merges}
    return tuple(
        MergeLine(
            each,
            each.goes_id if each.stays_id == of.id else each.stays_id,
            each.undoes is not None,
            each.undoes is None and each.id not in undone and of.forgotten_at is None,
        )
        for each in reversed(merges)
    )


def view_bookings(kept: Iterable[Kept], now: datetime, *, past_most: int) -> Bookings:
    """Part what is to come or goes on from what is over."""
    told = list(kept)
    coming = [each for each in told if each.reservation.until_at > now and each.reservation.state in HOLDING]
    past = [each for each in told if each not in coming]
    return Bookings(tuple(coming), tuple(reversed(past[-past_most:])))


def propose_stay(one: Reservee, other: Reservee) -> str:
    """Give the id of the one that stays unless somebody says otherwise: staff, confirmed, registered first."""
    return min(
        (one, other), key=lambda each: (each.person_id is None, each.confirmed_at is None, each.registered_at)
    ).id


def is_blocked(of: Reservee, today: date) -> bool:
    """Tell whether a reservee may book nothing today."""
    return of.blocked_until is not None and of.blocked_until >= today


def _shown(change: ReserveeChange) -> tuple[str, str]:
    if change.field not in TIMES:
        return change.before, change.after
    return _day(change.before), _day(change.after)


def _day(text: str) -> str:
    return civil_minute(datetime.fromisoformat(text))[0].isoformat() if text else ""
