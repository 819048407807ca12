"""A wish to reserve and everything that is looked at when it is assessed. Values, no rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.civil import civil_minute
from domain.facilities.availability import Stretch
from domain.facilities.booking_rules import Terms, choose_terms
from domain.facilities.facility import Room, SlotKind
from domain.facilities.holds import Hold
from domain.facilities.quotas import Booked
from domain.facilities.reservation import Reservation, ReservationState
from domain.facilities.reservee import Reservee
from domain.facilities.rules import FacilityRules

PURPOSE_LENGTH_MAX = 200
REASON_LENGTH_MAX = 200


class Via(StrEnum):
    """On which way a wish comes."""

    page = "page"  # the reservee's own
    desk = "desk"  # on somebody's behalf at the counter
    file = "file"  # booked elsewhere before: under rules that are no longer asked


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wishes to reserve; the fields are those of ``domain.facilities.reservation.Reservation``."""

    room_id: str
    from_at: datetime
    until_at: datetime
    reservee_id: str
    user_class: str
    party: int
    purpose: str
    slot_id: str | None = None
    places: int | None = None
    units: tuple[tuple[str, int], ...] = ()

    @property
    def on(self) -> date:
        """Give the day that it belongs to."""
        return civil_minute(self.from_at)[0]

    @property
    def minutes(self) -> int:
        """Give how long it lasts."""
        return int((self.until_at - self.from_at) / timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class TakenHold:
    """Something held by a reservation, and whose that one is."""

    hold: Hold
    reservation_id: str
    reservee_id: str


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """What stands around one wish at ``now``; what the wish's own reservation holds already is none of it.

    Without ``rules`` there is no such room; without ``reservee`` nobody of that id.
    """

    now: datetime
    rules: FacilityRules | None
    windows: Mapping[date, tuple[Stretch, ...]]
    """When the room is open, from the day before the wish to its last day."""
    user_classes: frozenset[str]
    reservee: Reservee | None
    booked: tuple[Booked, ...] = ()
    """What the reservee has in the facility besides."""
    taken: tuple[TakenHold, ...] = ()
    """What is held of the wish's spaces, places and units at any time that touches it, with buffers."""
    via: Via = Via.page

    def room(self, wish: Wish) -> Room | None:
        """Give the wish's room; None where there is none."""
        return None if self.rules is None else self.rules.room(wish.room_id)

    def slot(self, wish: Wish) -> SlotKind | None:
        """Give the wish's slot; None where it names none, or none of the room."""
        if self.rules is None or wish.slot_id is None:
            return None
        return next((each for each in self.rules.slots_of(wish.room_id) if each.id == wish.slot_id), None)


def make_reservation(
    wish: Wish,
    id_: str,
    state: ReservationState,
    *,
    series_id: str | None = None,
    expires_at: datetime | None = None,
    version: int = 1,
) -> Reservation:
    """Give the reservation that a wish becomes."""
    return Reservation(
        id=id_,
        room_id=wish.room_id,
        from_at=wish.from_at,
        until_at=wish.until_at,
        reservee_id=wish.reservee_id,
        user_class=wish.user_class,
        party=wish.party,
        purpose=wish.purpose,
        state=state,
        slot_id=wish.slot_id,
        places=wish.places,
        units=tuple(sorted(wish.units)),
        series_id=series_id,
        expires_at=expires_at,
        version=version,
    )


def wish_of(reservation: Reservation) -> Wish:
    """Give the wish that a reservation came of, to be asked again."""
    return Wish(
        room_id=reservation.room_id,
        from_at=reservation.from_at,
        until_at=reservation.until_at,
        reservee_id=reservation.reservee_id,
        user_class=reservation.user_class,
        party=reservation.party,
        purpose=reservation.purpose,
        slot_id=reservation.slot_id,
        places=reservation.places,
        units=reservation.units,
    )


def derive_missed_at(terms: Iterable[Terms], standing: Reservation) -> datetime | None:
    """Give the instant from which the clock says that nobody came; None where the terms of the day never say so."""
    chosen = choose_terms(terms, wish_of(standing).on)
    after = None if chosen is None else chosen.no_show_after_minutes
    return None if after is None else min(standing.until_at, standing.from_at + timedelta(minutes=after))
