"""Everything that is laid down about a facility, as one value: what there is, when it is open, who may book how."""

from dataclasses import dataclass, field

from domain.facilities.booking_rules import BookingWindow, Terms
from domain.facilities.facility import Equipment, Facility, Room, SlotKind
from domain.facilities.opening import OpeningRules
from domain.facilities.quotas import Quota


@dataclass(frozen=True, slots=True)
class FacilityRules:
    """A facility with its rooms and rules; ids are unique within a kind, rooms stand in the order of lists."""

    facility: Facility
    rooms: tuple[Room, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    slots: tuple[SlotKind, ...] = ()
    opening: OpeningRules = field(default_factory=OpeningRules)
    windows: tuple[BookingWindow, ...] = ()
    quotas: tuple[Quota, ...] = ()
    terms: tuple[Terms, ...] = ()

    def room(self, room_id: str) -> Room | None:
        """Give a room; None where there is none of that id."""
        return next((each for each in self.rooms if each.id == room_id), None)

    def slots_of(self, room_id: str) -> tuple[SlotKind, ...]:
        """Give all kinds of slots of a room."""
        return tuple(each for each in self.slots if each.room_id == room_id)
