"""The site's description: the one file a city edits (``firmware_configs/sites/<name>/site.yaml``).

Areas, doors, access points, readers and the boxes they hang on, schedules and levels. A :class:`Site` that exists is
consistent: every id that is named is defined (``gateway.site.consistency``). Ids follow ``domain.ids.ID_PATTERN``.
"""

from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from contract.fields import Id
from domain.access.door import FailureMode
from domain.access.policy import AttendanceMeaning, JournalFailureRule, PassbackMode, StaleRule
from domain.civil import parse_clock
from gateway.site.consistency import INCONSISTENT, list_inconsistencies
from gateway.site.source import Problem, SiteError, explain, read_source

Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=80)]
"""What people read; one line, for it stands in comments of rendered files too."""

OpensClock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["07:30"])]
ClosesClock = Annotated[str, Field(pattern=r"^([0-3][0-9]|4[0-7]):[0-5][0-9]$", examples=["19:00", "26:00"])]


class Weekday(StrEnum):
    """Days of the week, in the order of ``date.weekday()``."""

    mon = "mon"
    tue = "tue"
    wed = "wed"
    thu = "thu"
    fri = "fri"
    sat = "sat"
    sun = "sun"

    @property
    def number(self) -> int:
        """0 for Monday to 6 for Sunday, as ``date.weekday()`` counts."""
        return list(Weekday).index(self)


class _Description(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class AreaDescription(_Description):
    """A zone of the building."""

    id: Id
    name: Name
    name_en: Name
    offline_minutes_max: Annotated[int, Field(ge=1, le=60 * 24 * 30)]
    """How long doors into this area may decide without hearing from the centre, in minutes."""
    on_journal_failure: JournalFailureRule = JournalFailureRule.deny
    """What doors into this area do when a tap cannot be recorded. Ways out are always free."""
    on_stale: StaleRule = StaleRule.deny
    """What they do when the centre was not heard for longer: deny, or open for levels marked ``emergency`` alone."""
    passback: PassbackMode = PassbackMode.off
    """Entering where one already is: off, soft (granted and noted), hard (refused)."""
    passback_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    """Minutes after which an entry no longer counts against the next one; without it, it never fades."""
    occupancy_max: Annotated[int, Field(ge=1, le=100000)] | None = None
    """How many people may be inside at once."""
    two_person: bool = False
    """Nobody enters it alone: the first two come together."""

    @property
    def offline_age_max(self) -> timedelta:
        """The same limit as a length of time."""
        return timedelta(minutes=self.offline_minutes_max)


class DoorDescription(_Description):
    """A door, its timings and its hours."""

    id: Id
    name: Name
    name_en: Name
    release_seconds: Annotated[float, Field(ge=0.5, le=60)]
    """Seconds for which the lock is released after a granted tap."""
    extended_release_seconds: Annotated[float, Field(ge=0.5, le=60)] = 15
    """The same for a card with extended time (barrier-free)."""
    open_seconds: Annotated[float, Field(ge=1, le=3600)] = 30
    """Seconds for which it may stand open before it alarms."""
    extended_open_seconds: Annotated[float, Field(ge=1, le=3600)] = 60
    """The same after a card with extended time."""
    pre_alarm_seconds: Annotated[float, Field(ge=0, le=600)] = 5
    """Seconds before that alarm at which it warns on the spot; 0 is no warning."""
    relock_delay_seconds: Annotated[float, Field(ge=0, le=60)] = 0.5
    """Seconds from its opening until the lock secures again."""
    failure: FailureMode = FailureMode.fail_secure
    """What the lock does without power: fail_safe opens, fail_secure stays locked."""
    interlock: Id | None = None
    """Of the doors of one interlock group only one may be open or free."""
    unlocked: Id | None = None
    """The schedule in which it stands unlocked for everybody."""
    first_card: bool = False
    """It stands unlocked only from the first granted tap of each opening on."""


class AccessPointDescription(_Description):
    """One side of a door: from which area to which a tap there leads, and what it means for working time."""

    id: Id
    name: Name
    name_en: Name
    door: Id
    area_from: Id
    area_to: Id
    minimum_assurance: Annotated[int, Field(ge=0, le=3)] = 1
    """The least assurance a card reading must have here, 0 (simulated) to 3."""
    egress: bool = False
    """Leads to safety: the lock frees whatever the verdict says."""
    attendance: AttendanceMeaning = AttendanceMeaning.none
    """What a granted tap says about working time: none, in, out, or presence (direction-less)."""
    pin: Id | None = None
    """The schedule in which the card alone is not enough and its PIN is asked for."""


class ReaderDescription(_Description):
    """A card reader, the box it hangs on and the access point it serves."""

    id: Id
    name: Name
    device: Id
    access_point: Id
    driver: Literal["nfc", "pcsc", "simulated"]
    path: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    """nfc: an nfcpy path (usb:…, tty:…, udp:host:port); pcsc: the reader's PC/SC name; simulated: a socket file."""


class DeviceDescription(_Description):
    """An edge controller box; its id is its certificate's name, its MQTT client id and its topic segment."""

    id: Id
    name: Name
    name_en: Name


class ScheduleDescription(_Description):
    """Hours of the week in JST. ``always`` is built in and is not described."""

    id: Id
    name: Name
    days: Annotated[tuple[Weekday, ...], Field(min_length=1, json_schema_extra={"uniqueItems": True})]
    opens: OpensClock
    """The minute at which it begins to hold, HH:MM in JST (in quotes, or YAML reads it as a number)."""
    closes: ClosesClock
    """The minute at which it no longer holds; past midnight 26:00 is 02:00 of the next day."""
    except_holidays: bool = False
    """Does not begin on the city's holidays (the calendar of the centre)."""

    @property
    def opens_minute(self) -> int:
        """``opens`` as minutes from 00:00 JST."""
        return parse_clock(self.opens)

    @property
    def closes_minute(self) -> int:
        """``closes`` as minutes from 00:00 JST of the day it opened."""
        return parse_clock(self.closes)


class LevelDescription(_Description):
    """What one grant gives: a schedule (or ``always``) for each access point it opens."""

    id: Id
    name: Name
    points: Annotated[dict[Id, Id], Field(min_length=1)]
    emergency: bool = False
    """Opens where ``on_stale: emergency`` holds, too, when the centre was not heard for too long."""


class Site(_Description):
    """One installation. Every id that it names, it defines; each access point has exactly one reader."""

    name: Name
    name_en: Name
    areas: Annotated[tuple[AreaDescription, ...], Field(min_length=1)]
    doors: Annotated[tuple[DoorDescription, ...], Field(min_length=1)]
    access_points: Annotated[tuple[AccessPointDescription, ...], Field(min_length=1)]
    devices: Annotated[tuple[DeviceDescription, ...], Field(min_length=1)]
    readers: Annotated[tuple[ReaderDescription, ...], Field(min_length=1)]
    schedules: tuple[ScheduleDescription, ...] = ()
    levels: tuple[LevelDescription, ...] = ()

    @model_validator(mode="after")
    def _require_consistency(self) -> Self:
        if found := tuple(list_inconsistencies(self)):
            raise PydanticCustomError(INCONSISTENT, "{count} inconsistencies", {"count": len(found), "found": found})
        return self

    def area(self, area_id: str) -> AreaDescription:
        """Give the area of that id; KeyError when there is none, as for the other look-ups."""
        return self._areas[area_id]

    def door(self, door_id: str) -> DoorDescription:
        """Give the door of that id."""
        return self._doors[door_id]

    def access_point(self, access_point_id: str) -> AccessPointDescription:
        """Give the access point of that id."""
        return self._access_points[access_point_id]

    def reader(self, reader_id: str) -> ReaderDescription:
        """Give the reader of that id."""
        return self._readers[reader_id]

    def device(self, device_id: str) -> DeviceDescription:
        """Give the device of that id."""
        return self._devices[device_id]

    def readers_of(self, device_id: str) -> tuple[ReaderDescription, ...]:
        """Give the readers that hang on a device, in the file's order."""
        return tuple(reader for reader in self.readers if reader.device == device_id)

    def doors_of(self, device_id: str) -> tuple[DoorDescription, ...]:
        """Give the doors whose locks a device moves: those that its readers stand at, each once."""
        points = [self.access_point(reader.access_point) for reader in self.readers_of(device_id)]
        return tuple(self.door(door_id) for door_id in dict.fromkeys(point.door for point in points))

    @cached_property
    def _areas(self) -> dict[str, AreaDescription]:
        return {area.id: area for area in self.areas}

    @cached_property
    def _doors(self) -> dict[str, DoorDescription]:
        return {door.id: door for door in self.doors}

    @cached_property
    def _access_points(self) -> dict[str, AccessPointDescription]:
        return {point.id: point for point in self.access_points}

    @cached_property
    def _readers(self) -> dict[str, ReaderDescription]:
        return {reader.id: reader for reader in self.readers}

    @cached_property
    def _devices(self) -> dict[str, DeviceDescription]:
        return {device.id: device for device in self.devices}


def load_site(path: Path) -> Site:
    """Read and check a site's YAML file.

    Raises:
        SiteError: naming every field that is wrong (``access_points[2].door``), its line, and what was expected.
    """
    source = read_source(path)
    try:
        return Site.model_validate_json(source.as_json(), strict=True)
    except ValidationError as error:
        raise SiteError(path, explain(error, source)) from None


__all__ = [
    "AccessPointDescription",
    "AreaDescription",
    "DeviceDescription",
    "DoorDescription",
    "LevelDescription",
    "Problem",
    "ReaderDescription",
    "ScheduleDescription",
    "Site",
    "SiteError",
    "Weekday",
    "load_site",
]
