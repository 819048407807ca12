"""The form of ``sekisho access evaluate`` files: strict models; that names are defined is checked besides."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from domain.civil import instant
from gateway.site.recurrence import Recurrence, parse_recurrence
from sekisho.case_files import Given
from sekisho.civil_fields import (
    CivilDateField,
    CivilMinute,
    CivilMinuteField,
    ClockField,
    parse_civil_minute,
    parse_date,
)

Name = Annotated[str, Field(min_length=1, max_length=200)]
Assurance = Annotated[int, Field(ge=0, le=3)]
Threat = Literal["normal", "lockdown", "evacuation", "shelter"]
Status = Literal["active", "suspended", "lost", "stolen", "revoked", "issued", "expired"]
MINUTES_MAX = 100 * 366 * 24 * 60


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


def _parse_bound(value: Any) -> date | CivilMinute | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"expected a date, a time or null, not {value!r}")  # noqa: TRY004 (pydantic wants it)
    return parse_date(value) if len(value) <= len("YYYY-MM-DD") else parse_civil_minute(value)


BoundField = Annotated[date | CivilMinute | None, BeforeValidator(_parse_bound)]


def _parse_rule(value: Any) -> Recurrence:
    if not isinstance(value, str):
        raise ValueError(f"expected a recurrence rule such as FREQ=WEEKLY;BYDAY=MO, not {value!r}")  # noqa: TRY004
    return parse_recurrence(value)


RecurrenceField = Annotated[Recurrence, BeforeValidator(_parse_rule)]


def instant_of(at: CivilMinute) -> datetime:
    """Give the instant of a moment as written."""
    return instant(at.on, at.minute)


def _require_pair(value: Any) -> Any:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("expected two bounds, [from, until]; null is no bound")
    return value


class _Bounded(_Strict):
    """Something that is valid for a time. Dates are whole days; a time at the end is no longer inside."""

    valid: Annotated[list[BoundField], BeforeValidator(_require_pair)] = [None, None]

    @field_validator("valid")
    @classmethod
    def _in_order(cls, valid: list[date | CivilMinute | None]) -> list[date | CivilMinute | None]:
        begins, ends = _first_of(valid[0]), _end_of(valid[1])
        if begins is not None and ends is not None:
            whole_day = not isinstance(valid[1], CivilMinute)
            if begins > ends or (whole_day and begins == ends):
                raise ValueError("expected the first bound not after the last")
        return valid

    @property
    def valid_from(self) -> datetime | None:
        """From when, inside."""
        return _first_of(self.valid[0])

    @property
    def valid_until(self) -> datetime | None:
        """Until when, no longer inside."""
        return _end_of(self.valid[1])


def _first_of(bound: date | CivilMinute | None) -> datetime | None:
    return instant_of(bound) if isinstance(bound, CivilMinute) else None if bound is None else instant(bound, 0)


def _end_of(bound: date | CivilMinute | None) -> datetime | None:
    if isinstance(bound, CivilMinute):
        return instant_of(bound)
    return None if bound is None else instant(bound + timedelta(days=1), 0)


class PassbackField(_Strict):
    """Anti-passback of an area."""

    mode: Literal["off", "soft", "hard"]
    minutes: Annotated[int, Field(ge=0, le=MINUTES_MAX)] | None = None


class OccupancyField(_Strict):
    """How many may be inside."""

    max: Annotated[int, Field(ge=0)]


class AreaField(_Strict):
    """An area."""

    antipassback: Annotated[PassbackField | None, Given] = None
    two_person: bool = False
    occupancy: Annotated[OccupancyField | None, Given] = None


class DoorField(_Strict):
    """A door."""

    interlock: Annotated[Name | None, Given] = None


class PointField(_Strict):
    """One side of a door."""

    door: Name
    area_from: Name = Field(alias="from")
    area_to: Name = Field(alias="to")
    minimum_assurance: Assurance = 1


class ScheduleField(_Strict):
    """Windows on the days of a rule."""

    rrule: RecurrenceField
    opens: ClockField = Field(alias="from")
    closes: ClockField = Field(alias="to")
    excepted: list[Name] = Field(default=[], alias="except")

    @field_validator("closes")
    @classmethod
    def _in_order(cls, closes: int, given: ValidationInfo) -> int:
        if closes <= given.data.get("opens", closes - 1):
            raise ValueError("expected a time after 'from'; past midnight write 24:00 and beyond")
        return closes


class RuleField(_Strict):
    """Points and when: of a level."""

    points: list[Name]
    schedule: Annotated[Name | None, Given] = None


class DenialField(RuleField):
    """Points taken from a person or from everybody who has a level."""

    person: Annotated[Name | None, Given] = None
    level: Annotated[Name | None, Given] = None

    @model_validator(mode="after")
    def _of_one(self) -> "DenialField":
        if (self.person is None) == (self.level is None):
            raise ValueError("expected either 'person' or 'level'")
        return self


class PersonField(_Bounded):
    """A person."""

    levels: list[Name] = []


class CredentialField(_Bounded):
    """A card."""

    person: Name
    assurance: Assurance = 1
    status: Status = "active"


class StatusField(_Strict):
    """A card's new status."""

    status: Status


class ChangeField(_Strict):
    """What is so from an event on."""

    threat_level: Annotated[Threat | None, Given] = None
    doors: Mapping[Name, Literal["open", "closed"]] = {}
    credentials: Mapping[Name, StatusField] = {}


class EventField(_Strict):
    """A card at a point, or a change of what is so."""

    at: CivilMinuteField
    point: Annotated[Name | None, Given] = None
    credential: Annotated[Name | None, Given] = None
    taken: bool = True
    change: Annotated[ChangeField | None, Given] = Field(default=None, alias="set")

    @model_validator(mode="after")
    def _of_one(self) -> "EventField":
        tapped = self.model_fields_set & {"point", "credential", "taken"}
        if self.change is not None and tapped:
            raise ValueError(f"expected either 'set' or a card at a point, not 'set' and {min(tapped)!r}")
        if self.change is None and (self.point is None or self.credential is None):
            raise ValueError("expected 'point' and 'credential', or 'set'")
        return self


class ScenarioFile(_Strict):
    """One scenario."""

    areas: Mapping[Name, AreaField] = {}
    doors: Mapping[Name, DoorField] = {}
    access_points: Mapping[Name, PointField] = {}
    schedules: Mapping[Name, ScheduleField] = {}
    special_days: Mapping[Name, list[CivilDateField]] = {}
    levels: Mapping[Name, list[RuleField]] = {}
    persons: Mapping[Name, PersonField] = {}
    credentials: Mapping[Name, CredentialField] = {}
    denials: list[DenialField] = []
    threat_level: Threat = "normal"
    events: list[EventField] = []


class Case(ScenarioFile):
    """A scenario among others."""

    id: str


class CaseFile(_Strict):
    """Several scenarios."""

    cases: list[Case]
