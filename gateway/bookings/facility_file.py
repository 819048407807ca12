"""A facility as a file: the YAML from which a city begins. Shapes alone; ``file_rules`` makes rules of it.

Rooms, equipment and slots bear ids of the city's own; other rules are named by their place.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field, ValidationError
from pydantic.json_schema import GenerateJsonSchema

from contract.fields import Id
from domain.facilities.facility import Permits
from gateway.bookings.rule_descriptions import (
    ClosureDescription,
    Count,
    Dated,
    Days,
    EntryDescription,
    HoursDescription,
    Minutes,
    QuotaDescription,
    SpecialDaysDescription,
    TermsDescription,
    WindowDescription,
)
from gateway.site.hours import ClosesClock, OpensClock, Weekday, name_of
from gateway.site.places import Description, Name
from gateway.site.source import SiteError, Source, explain, read_source

ShortId = Annotated[Id, Field(max_length=40)]
"""Ids of rules are made of it."""


class SlotDescription(Dated):
    """利用区分 · A part of the day in which a room is reserved: 午前, 午後, 夜間, or a course with places."""

    id: Id
    name: Name
    name_en: Annotated[Name, Field(default_factory=name_of)]
    opens: OpensClock
    closes: ClosesClock
    days: Days = tuple(Weekday)
    places: Count | None = None
    """枠ごとの定員 · So many parties or people share it; without it, it is for one reservation alone."""


class RoomDescription(Description):
    """部屋 · A room as it is reserved."""

    id: ShortId
    name: Name
    name_en: Annotated[Name, Field(default_factory=name_of)]
    made_of: tuple[Id, ...] = ()
    """組み合わせ · The rooms that it consists of: a hall of its two halves."""
    capacity: Count
    step_minutes: Minutes = 30
    minutes_min: Minutes = 30
    minutes_max: Minutes = 720
    before_minutes: Minutes = 0
    """準備 · The room is held so long before a reservation."""
    after_minutes: Minutes = 0
    """片付け · And so long after it."""
    permits: Permits = Permits.decider
    """許可 · decider: somebody permits; rule: what nothing speaks against is permitted at once."""
    area: Id | None = None
    """区域 · The area of the site's description behind its door."""
    hours: tuple[HoursDescription, ...] = ()
    """Hours that narrow those of the facility."""
    slots: tuple[SlotDescription, ...] = ()


class EquipmentDescription(Description):
    """備品 · Things that are reserved with a room."""

    id: Id
    name: Name
    name_en: Annotated[Name, Field(default_factory=name_of)]
    units: Count
    room: Id | None = None
    """Of one room alone; without it, of the whole facility."""


class HouseDescription(Description):
    """施設 · The facility itself."""

    id: ShortId
    name: Name
    name_en: Annotated[Name, Field(default_factory=name_of)]
    department: Id
    """所管課 · The department that answers for it."""
    operator: Annotated[str, Field(max_length=80)] = ""
    """指定管理者 · Its name; empty where the city runs it."""
    public: bool = True
    """Citizens may reserve too."""


class ClassDescription(Description):
    """利用者区分 · A class of reservees that windows, quotas and fees tell apart."""

    id: Id
    name: Name
    name_en: Annotated[Name, Field(default_factory=name_of)]


class FacilityFile(Description):
    """One facility with everything laid down about it."""

    model_config = ConfigDict(title="Facility")

    facility: HouseDescription
    user_classes: tuple[ClassDescription, ...] = ()
    rooms: Annotated[tuple[RoomDescription, ...], Field(min_length=1)]
    equipment: tuple[EquipmentDescription, ...] = ()
    hours: Annotated[tuple[HoursDescription, ...], Field(min_length=1)]
    closures: tuple[ClosureDescription, ...] = ()
    special_days: tuple[SpecialDaysDescription, ...] = ()
    windows: tuple[WindowDescription, ...] = ()
    quotas: tuple[QuotaDescription, ...] = ()
    terms: tuple[TermsDescription, ...] = ()
    entry: tuple[EntryDescription, ...] = ()
    """入室方法 · Without it, whatever door and key a room has."""
    fees: Mapping[str, Any] | None = None
    """料金 · Not read from here: fees are laid down on their own page."""


def facility_schema() -> dict[str, str]:
    """Give the JSON Schema that editors complete facilities' files with, by its file's name."""
    schema = {"$schema": GenerateJsonSchema.schema_dialect, **FacilityFile.model_json_schema()}
    return {"facility.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"}


def load_facility_file(path: Path) -> tuple[FacilityFile, Source]:
    """Read a facility's YAML file; gives it with its lines.

    Raises:
        SiteError: naming every field whose shape is wrong (``rooms[2].capacity``), its line, and what was expected.
    """
    return read_facility_source(read_source(path), path)


def read_facility_source(source: Source, path: Path) -> tuple[FacilityFile, Source]:
    """Take in a facility's YAML that has been read already; ``path`` is what errors call it.

    Raises:
        SiteError: as :func:`load_facility_file` does.
    """
    try:
        return FacilityFile.model_validate_json(source.as_json(), strict=True), source
    except ValidationError as error:
        raise SiteError(path, explain(error, source)) from None
