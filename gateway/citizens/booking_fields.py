"""What a booking's form says: the time that was chosen, the fields that were typed, the wish that they make."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from unicodedata import normalize
from urllib.parse import urlencode

from fastapi import HTTPException

from domain.civil import format_clock, instant, parse_clock
from domain.facilities.booking import Wish
from domain.facilities.facility import Equipment, Room, SlotKind
from domain.facilities.fee_table import Charge, FeeTable, Rate
from domain.facilities.reservee import Reservee
from domain.facilities.rules import FacilityRules
from gateway.fees.pricing import Wanted
from gateway.pages.drawing.dates import read_date

NUMBER_MAX = 100_000
_CLOCK_LENGTH = 5


@dataclass(frozen=True, slots=True)
class ChosenTime:
    """A time in a room, of a slot or free; minutes of the day."""

    room: Room
    on: date
    from_minute: int
    until_minute: int
    slot: SlotKind | None = None

    @property
    def fields(self) -> dict[str, str]:
        """Give the names and values that lead to this time again."""
        told = {"room": self.room.id, "on": self.on.isoformat()}
        if self.slot is not None:
            return told | {"slot": self.slot.id}
        return told | {"from": format_clock(self.from_minute), "to": format_clock(self.until_minute)}

    @property
    def query(self) -> str:
        """Give them as a query."""
        return urlencode(self.fields)


def read_time(rules: FacilityRules, room: Room, fields: Mapping[str, str]) -> ChosenTime:
    """Give the time that a link or a form names.

    Raises:
        HTTPException: 404 where it names no day, slot or hour at all.
    """
    on, slot_id = read_date(fields.get("on", "")), fields.get("slot", "")
    slot = next((each for each in rules.slots_of(room.id) if each.id == slot_id), None)
    if on is None or (slot_id and slot is None):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if slot is not None:
        return ChosenTime(room, on, slot.from_minute, slot.to_minute, slot)
    try:
        start, end = (parse_clock(fields.get(name, "")[:_CLOCK_LENGTH]) for name in ("from", "to"))
    except ValueError:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    return ChosenTime(room, on, start, end)


def read_wish(time: ChosenTime, reservee: Reservee, fields: Mapping[str, str], offered: Collection[Equipment]) -> Wish:
    """Give the wish of a form; what is no number is 0, for which the rules have words."""
    is_shared = time.slot is not None and time.slot.places is not None
    units = [(each.id, read_number(fields.get(f"unit_{each.id}", ""))) for each in offered]
    return Wish(
        room_id=time.room.id,
        from_at=instant(time.on, time.from_minute),
        until_at=instant(time.on, time.until_minute),
        reservee_id=reservee.id,
        user_class=reservee.user_class,
        party=read_number(fields.get("party", "")),
        purpose=" ".join(fields.get("purpose", "").split()),
        slot_id=None if time.slot is None else time.slot.id,
        places=read_number(fields.get("places", "")) if is_shared else None,
        units=tuple((id_, count) for id_, count in units if count),
    )


def read_wanted(fields: Mapping[str, str], table: FeeTable | None, room_id: str) -> Wanted:
    """Give what a price asks for besides: the kind of use, and options for the whole time."""
    kinds = [each.id for each in table.purposes] if table is not None else []
    kind = fields.get("kind", "")
    chosen = kind if kind in kinds or not kinds else kinds[0]
    options = [rate.subject for rate in list_options(table, room_id) if fields.get(f"option_{rate.subject}") == "1"]
    return Wanted(chosen, tuple((subject, None) for subject in options))


def list_options(table: FeeTable | None, room_id: str) -> list[Rate]:
    """Give what may be asked for with a room and costs something (冷暖房, 照明 …), each once."""
    found: dict[str, Rate] = {}
    for rate in table.rates if table is not None else ():
        holds = not rate.scope.rooms or room_id in rate.scope.rooms
        if rate.charge is Charge.option and not rate.always and holds:
            found.setdefault(rate.subject, rate)
    return list(found.values())


def list_equipment_of(rules: FacilityRules, room_id: str) -> list[Equipment]:
    """Give the equipment that may be reserved with a room."""
    return [each for each in rules.equipment if each.room_id in {None, room_id} and each.retired_on is None]


def read_number(text: str) -> int:
    """Give a number of at most six digits, half-width or full-width; 0 for anything else."""
    told = normalize("NFKC", text).strip()
    return min(int(told), NUMBER_MAX) if told.isascii() and told.isdigit() and len(told) <= len(str(NUMBER_MAX)) else 0
