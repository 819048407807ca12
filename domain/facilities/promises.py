"""What a reservation promises while it is permitted: a key that may go out, a door that opens.

What stands in the reservation is the only source; whoever carries promises out (key entitlements, grants at the doors)
compares with this and with nothing else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.facilities.entry import OPENING, EntryRule, Way, list_ways
from domain.facilities.facility import Room
from domain.facilities.reservation import Reservation, ReservationState


class PromiseKind(StrEnum):
    """What is promised."""

    key = "key"  # a key of the room may be lent
    door = "door"  # the area behind the room's door may be entered
    code = "code"  # a code is drawn that opens it for whoever has no card of the city's


PROMISING = frozenset({ReservationState.permitted, ReservationState.in_use})
"""In these states a reservation promises something."""


@dataclass(frozen=True, slots=True)
class Promise:
    """``subject`` is a room of ``key``, an area of ``door`` and ``code``; ``source`` names reservation and version."""

    kind: PromiseKind
    subject: str
    from_at: datetime
    until_at: datetime
    source: str


def promise_source(reservation: Reservation) -> str:
    """Name the source of a reservation's promises; a change gives another one."""
    return f"reservation:{reservation.id}:{reservation.version}"


def derive_promises(
    reservation: Reservation,
    room: Room,
    entry: EntryRule | None = None,
    *,
    opens: bool = True,
    reads_codes: bool = True,
) -> tuple[Promise, ...]:
    """Give what a reservation promises where it stands now, with preparation and clean-up; nothing ends the rest.

    Parties that share a slot are let in, but none of them is given the room's key.

    Args:
        reservation: what stands.
        room: its room.
        entry: the ways into the room on its day; None where none is laid down.
        opens: whether bookings open the room's area at all, as the site's description says; a way that is laid down
            is promised whatever it says.
        reads_codes: whether any door into it reads a code; the same.
    """
    if reservation.state not in PROMISING:
        return ()
    from_at = reservation.from_at - timedelta(minutes=room.before_minutes)
    until_at = reservation.until_at + timedelta(minutes=room.after_minutes)
    ways = entry.ways if entry is not None else list_ways(opens=opens, reads_codes=reads_codes)
    early, late = (0, 0) if entry is None else (entry.early_minutes, entry.late_minutes)
    open_at, shut_at = from_at - timedelta(minutes=early), until_at + timedelta(minutes=late)
    source = promise_source(reservation)
    promises = []
    if Way.key in ways and reservation.places is None:
        promises.append(Promise(PromiseKind.key, room.id, from_at, until_at, source))
    if ways & OPENING and room.area_id is not None:
        promises.append(Promise(PromiseKind.door, room.area_id, open_at, shut_at, source))
        if Way.code in ways:
            promises.append(Promise(PromiseKind.code, room.area_id, open_at, shut_at, source))
    return tuple(promises)
