"""What a reservation promises while it is permitted: a key that may go out, a door that opens.

What stands in the reservation is the only source; whoever carries promises out (key entitlements, grants at the doors)
compares with this and with nothing else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.facilities.facility import Room
from domain.facilities.reservation import Reservation, ReservationState


class PromiseKind(StrEnum):
    """What is promised."""

    key = "key"  # a key of the room may be lent
    door = "door"  # the area behind the room's door may be entered


PROMISING = frozenset({ReservationState.permitted, ReservationState.in_use})
"""In these states a reservation promises something."""


@dataclass(frozen=True, slots=True)
class Promise:
    """``subject`` is a room of ``key`` and an area of ``door``; ``source`` names reservation and version."""

    kind: PromiseKind
    subject: str
    from_at: datetime
    until_at: datetime
    source: str


def promise_source(reservation: Reservation) -> str:
    """Name the source of a reservation's promises; a change gives another one."""
    return f"reservation:{reservation.id}:{reservation.version}"


def derive_promises(reservation: Reservation, room: Room) -> tuple[Promise, ...]:
    """Give what a reservation promises where it stands now, with preparation and clean-up; nothing ends the rest.

    Parties that share a slot are let in, but none of them is given the room's key.
    """
    if reservation.state not in PROMISING:
        return ()
    from_at = reservation.from_at - timedelta(minutes=room.before_minutes)
    until_at = reservation.until_at + timedelta(minutes=room.after_minutes)
    subjects: list[tuple[PromiseKind, str]] = []
    if reservation.places is None:
        subjects.append((PromiseKind.key, room.id))
    if room.area_id is not None:
        subjects.append((PromiseKind.door, room.area_id))
    source = promise_source(reservation)
    return tuple(Promise(kind, subject, from_at, until_at, source) for kind, subject in subjects)
