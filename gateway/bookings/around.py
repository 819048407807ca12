"""What stands around wishes: loaded at once for one or many, and growing by what is taken meanwhile."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from domain.civil import civil_minute
from domain.facilities.booking import BookingFacts, TakenHold, Via, Wish
from domain.facilities.facility import BUFFER_MINUTES_MAX, Room
from domain.facilities.holds import Hold, list_place_resources, list_unit_resources, space_resource
from domain.facilities.quotas import Booked
from domain.facilities.reservation import Reservation
from domain.facilities.reservee import Reservee
from domain.facilities.rules import FacilityRules, derive_rooms_windows
from gateway.bookings.facility_rules import Houses
from gateway.bookings.remembered_rules import recall_houses
from store.facilities import list_user_classes
from store.reservations import list_booked
from store.reservees import load_reservees
from store.resource_holds import list_holds, lock_resources
from store.tx import Tx

_DAY = timedelta(days=1)
_BUFFER = timedelta(minutes=BUFFER_MINUTES_MAX)
_DAYS_MAX = 40
"""More days of a wish are not looked at; it is too long anyway."""


@dataclass(slots=True)
class Around:
    """Everything that wishes are held against; ``besides`` are reservations that are about to change."""

    now: datetime
    via: Via
    houses: Houses
    user_classes: frozenset[str]
    reservees: dict[str, Reservee]
    booked: dict[tuple[str, str], list[Booked]]
    besides: frozenset[str]
    taken: dict[str, list[TakenHold]] = field(default_factory=dict)

    def facts(self, wish: Wish) -> BookingFacts:
        """Give what stands around one of the wishes."""
        rules = self.houses.rules_of(wish.room_id)
        if rules is None:
            return BookingFacts(self.now, None, {}, self.user_classes, self.reservees.get(wish.reservee_id))
        days = list_days(wish)
        windows = derive_rooms_windows(rules, days, self.houses.days_off, only={wish.room_id})
        resources = _list_resources(wish, rules)
        return BookingFacts(
            now=self.now,
            rules=rules,
            windows={on: windows[wish.room_id, on] for on in days},
            user_classes=self.user_classes,
            reservee=self.reservees.get(wish.reservee_id),
            booked=tuple(self.booked.get((wish.reservee_id, rules.facility.id), ())),
            taken=tuple(each for resource in resources for each in self.taken.get(resource, ())),
            via=self.via,
        )

    def room(self, room_id: str) -> Room | None:
        """Give a room; None where there is none of that id."""
        rules = self.houses.rules_of(room_id)
        return None if rules is None else rules.room(room_id)

    def add(self, reservation: Reservation, holds: Iterable[Hold]) -> None:
        """Let what was just taken stand around the wishes that follow."""
        for hold in holds:
            held = TakenHold(hold, reservation.id, reservation.reservee_id)
            self.taken.setdefault(hold.resource, []).append(held)
        rules = self.houses.rules_of(reservation.room_id)
        if rules is not None:
            minutes = int((reservation.until_at - reservation.from_at) / timedelta(minutes=1))
            booked = Booked(reservation.room_id, civil_minute(reservation.from_at)[0], minutes)
            self.booked.setdefault((reservation.reservee_id, rules.facility.id), []).append(booked)


def load_around(
    tx: Tx, wishes: Sequence[Wish], *, via: Via, besides: Collection[str] = (), lock: bool = True
) -> Around:
    """Load what stands around wishes.

    With ``lock`` their reservees book nothing else and their facilities' rules stay as they are until the commit; what
    is taken may still grow until :func:`claim_resources`.
    """
    rooms = {wish.room_id for wish in wishes}
    reservees = load_reservees(tx, {wish.reservee_id for wish in wishes}, lock=lock)
    days = sorted({on for wish in wishes for on in list_days(wish)})
    around = Around(
        now=tx.now,
        via=via,
        houses=recall_houses(tx, days[0], days[-1], rooms, lock=lock),
        user_classes=frozenset(each.user_class.id for each in list_user_classes(tx) if each.retired_on is None),
        reservees=reservees,
        booked=list_booked(tx, reservees, besides=besides),
        besides=frozenset(besides),
    )
    load_taken(tx, around, wishes)
    return around


def claim_resources(tx: Tx, around: Around, wishes: Sequence[Wish]) -> None:
    """Keep others from taking what wishes need until the commit, and look again at what is taken."""
    spaces, equipment = set(), set()
    for wish in wishes:
        room = around.room(wish.room_id)
        spaces |= set(room.spaces) if room is not None else set()
        equipment |= {equipment_id for equipment_id, _ in wish.units}
    lock_resources(tx, spaces, equipment)
    load_taken(tx, around, wishes)


def load_taken(tx: Tx, around: Around, wishes: Iterable[Wish]) -> None:
    """Look at what is taken of what wishes need."""
    around.taken = {}
    needed = [(wish, rules) for wish in wishes if (rules := around.houses.rules_of(wish.room_id)) is not None]
    resources = {resource for wish, rules in needed for resource in _list_resources(wish, rules)}
    if not resources:
        return
    from_at = min(wish.from_at for wish, _ in needed) - _BUFFER
    until_at = max(max(wish.from_at, wish.until_at) for wish, _ in needed) + _BUFFER
    for each in list_holds(tx, resources, from_at, until_at, besides=around.besides):
        held = TakenHold(each.hold, each.reservation_id, each.reservee_id)
        around.taken.setdefault(each.hold.resource, []).append(held)


def list_days(wish: Wish) -> list[date]:
    """Give the days whose hours a wish is held against: from the day before it to its last."""
    last_on = civil_minute(max(wish.from_at, wish.until_at))[0]
    days = [wish.on - _DAY]
    while days[-1] < last_on and len(days) <= _DAYS_MAX:
        days.append(days[-1] + _DAY)
    return days


def _list_resources(wish: Wish, rules: FacilityRules) -> set[str]:
    room = rules.room(wish.room_id)
    resources = {space_resource(space) for space in room.spaces} if room is not None else set()
    asked = {equipment_id for equipment_id, _ in wish.units}
    for slot in rules.slots_of(wish.room_id):
        if slot.id == wish.slot_id:
            resources |= set(list_place_resources(slot))
    for equipment in rules.equipment:
        if equipment.id in asked:
            resources |= set(list_unit_resources(equipment))
    return resources
