"""What goes in and comes out, as the published description says; instants are RFC 3339, clocks ``HH:MM`` of the day."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from contract.fields import Id
from domain.facilities.availability import Vacancy
from domain.facilities.facility import Permits
from domain.facilities.reservation import ReservationState

_FIRST_YEAR, _LAST_YEAR = 2000, 2100


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _whole_minute(at: datetime) -> datetime:
    if at.second or at.microsecond or not _FIRST_YEAR <= at.year < _LAST_YEAR:
        raise ValueError(f"expected a whole minute between {_FIRST_YEAR} and {_LAST_YEAR}")
    return at


Minute = Annotated[AwareDatetime, AfterValidator(_whole_minute)]
Clock = Annotated[str, Field(pattern=r"^[0-9]{2}:[0-5][0-9]$")]
Count = Annotated[int, Field(ge=0, le=100_000)]


class Slot(_Body):
    """A part of the day in which a room is reserved; with ``places`` parties share it. 0 is Monday."""

    id: str
    name: str
    name_en: str
    from_clock: Clock
    until_clock: Clock
    weekdays: list[int]
    places: int | None


class RoomBody(_Body):
    """A room; one with slots is reserved by them alone."""

    id: str
    name: str
    name_en: str
    capacity: int
    step_minutes: int
    minutes_min: int
    minutes_max: int
    permitted_by: Permits
    slots: list[Slot]


class EquipmentBody(_Body):
    """What can be reserved with a room; with every room of the facility where ``room_id`` is null."""

    id: str
    name: str
    name_en: str
    units: int
    room_id: str | None


class FacilityBody(_Body):
    """A facility that citizens may reserve in."""

    id: str
    name: str
    name_en: str
    operator: str
    rooms: list[RoomBody]
    equipment: list[EquipmentBody]


class FreeStretch(_Body):
    """A stretch of a day in which something can begin and end."""

    from_clock: Clock
    until_clock: Clock


class SlotDay(_Body):
    """A slot on a day."""

    slot_id: str
    vacancy: Vacancy
    places_left: int | None


class RoomDay(_Body):
    """A room on a day."""

    on: date
    vacancy: Vacancy
    free: list[FreeStretch]
    slots: list[SlotDay]


class RoomAvailability(_Body):
    """A room on the days that were asked for."""

    room_id: str
    days: list[RoomDay]


class Availability(_Body):
    """What is free in a facility; nothing tells by whom the rest is taken."""

    facility_id: str
    rooms: list[RoomAvailability]


class Registration(_Body):
    """Who somebody is; a code goes to ``email``."""

    kind: Literal["citizen", "group"]
    user_class: Id
    name: Annotated[str, Field(max_length=200)]
    kana: Annotated[str, Field(max_length=200)] = ""
    contact_name: Annotated[str, Field(max_length=200)] = ""
    email: Annotated[str, Field(max_length=254)]
    phone: Annotated[str, Field(max_length=40)] = ""


class CodeAsked(_Body):
    """Where a code is to go."""

    email: Annotated[str, Field(max_length=254)]


class Entry(_Body):
    """What the code is entered with; it is given whether the address is registered or not."""

    entry: str


class CodeEntered(_Body):
    """The code of the letter."""

    entry: Annotated[str, Field(max_length=100)]
    code: Annotated[str, Field(max_length=20)]


class SessionBody(_Body):
    """A session of a citizen: ``token`` goes into ``Authorization: Bearer``."""

    token: str
    reservee_id: str
    name: str


class WaitBody(_Body):
    """What somebody waits for; equipment is asked for once the place is had."""

    room_id: Id
    from_at: Minute
    until_at: Minute
    party: Count
    purpose: Annotated[str, Field(max_length=400)]
    slot_id: Id | None = None
    places: Count | None = None


class WishBody(WaitBody):
    """What somebody wishes to reserve. ``kind`` and ``options`` are of the facility's fee table."""

    units: Annotated[dict[Id, Count], Field(max_length=40)] = {}
    kind: Annotated[str, Field(max_length=63)] | None = None
    options: Annotated[list[Id], Field(max_length=20)] = []


class PriceLine(_Body):
    """One line of a price, with the clause that it stands on."""

    what: str
    what_en: str
    quantity: int
    yen: int
    source: str


class Price(_Body):
    """A price in whole yen, tax included; ``owed_yen`` is what is still to be paid at the counter."""

    lines: list[PriceLine]
    total_yen: int
    tax_yen: int
    deposit_yen: int
    owed_yen: int


class ReservationBody(_Body):
    """A reservation.

    ``code`` is the text of the QR for the counter, there while it is permitted; ``door_code`` the text of the one that
    opens the door, where one does.
    """

    id: str
    facility_id: str
    room_id: str
    from_at: datetime
    until_at: datetime
    state: ReservationState
    version: int
    party: int
    purpose: str
    slot_id: str | None
    places: int | None
    units: dict[str, int]
    reason: str
    price: Price | None
    change_until: datetime | None
    code: str | None
    door_code: str | None
