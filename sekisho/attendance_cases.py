"""The form of ``sekisho attendance evaluate`` files: strict models, and the facts they give to the rules."""

import calendar
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from contract.attendance_profile import shipped_profiles
from domain.attendance.facts import (
    Compensatory,
    Direction,
    Employment,
    Leave,
    MonthFacts,
    Order,
    Punch,
    Staff,
    Swap,
    Workplace,
)
from domain.attendance.plan import planned_range
from domain.attendance.profile import Profile
from domain.attendance.spans import axis_minute, civil_date, merge
from domain.civil import MINUTES_PER_DAY
from sekisho.case_files import Given
from sekisho.civil_fields import (
    CivilDateField,
    CivilMinute,
    CivilMinuteField,
    ClockField,
    ClockRangeField,
    LengthField,
    ShiftField,
)
from sync.calendar.japan import holidays_between

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


def _as_base(value: Any) -> Any:
    return {"base": value} if isinstance(value, str) else value


def _as_range(value: Any) -> Any:
    if isinstance(value, str):
        match = _MONTH.fullmatch(value)
        if match is None:
            raise ValueError(f"expected a month YYYY-MM or {{from, to}}, not {value!r}")
        last = calendar.monthrange(int(match[1]), int(match[2]))[1] if int(match[1]) else 1
        return {"from": f"{value}-01", "to": f"{value}-{last:02d}"}
    return value


class ProfileField(_Strict):
    """A shipped profile and the fields it overrides."""

    base: Literal["hagi", "lsa"]
    date_change: Annotated[Annotated[ClockField, Field(lt=MINUTES_PER_DAY)] | None, Given] = None
    stay_threshold_minutes: Annotated[Annotated[int, Field(ge=0, le=MINUTES_PER_DAY)] | None, Given] = None
    early_threshold_minutes: Annotated[Annotated[int, Field(ge=0, le=MINUTES_PER_DAY)] | None, Given] = None
    swap_in_60h: Annotated[bool | None, Given] = None
    sunday_in_60h: Annotated[bool | None, Given] = None
    swap_week_threshold: Annotated[Annotated[LengthField, Field(le=7 * MINUTES_PER_DAY)] | None, Given] = None
    year_start: Annotated[Annotated[int, Field(ge=1, le=12)] | None, Given] = None

    def resolve(self, base: Profile | None = None) -> Profile:
        """Give the profile with its overrides; ``base`` stands in for the named one."""
        names = {"date_change": "date_change_minutes", "swap_week_threshold": "swap_week_threshold_minutes"}
        changes = {names.get(name, name): getattr(self, name) for name in self.model_fields_set - {"base"}}
        return replace(base or shipped_profiles()[self.base].profile, **changes)


class StaffField(_Strict):
    """Who it is about."""

    employment: Literal["full_time", "part_time"] = "full_time"
    manager: bool = False
    workplace: Literal["ordinary", "externally_driven"] = "ordinary"


class PeriodField(_Strict):
    """The days that are asked for, both ends included."""

    starts_on: CivilDateField = Field(alias="from")
    ends_on: CivilDateField = Field(alias="to")

    @field_validator("ends_on")
    @classmethod
    def _in_order(cls, ends_on: date, given: ValidationInfo) -> date:
        starts_on = given.data.get("starts_on", ends_on)
        if not starts_on <= ends_on < starts_on + timedelta(days=3660):
            raise ValueError("expected a day on or after 'from', ten years at most")
        return ends_on


class SwapField(_Strict):
    """週休日の振替."""

    worked_on: CivilDateField
    off_on: CivilDateField
    part: Annotated[int | None, BeforeValidator(lambda value: None if value == "full" else _part(value))] = None


class CompensatoryField(_Strict):
    """代休日."""

    worked_on: CivilDateField
    off_on: CivilDateField


class LeaveField(_Strict):
    """Leave of a day; without ``from`` and ``to`` all of it."""

    on: CivilDateField
    kind: Literal[
        "annual", "sick", "special", "nursing_care", "child_care", "duty_exemption", "overtime_compensatory", "unpaid"
    ]
    starts: Annotated[ClockField | None, Given] = Field(default=None, alias="from")
    ends: Annotated[ClockField | None, Given] = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> "LeaveField":
        if (self.starts is None) != (self.ends is None):
            raise ValueError("expected both 'from' and 'to', or neither for the whole day")
        if self.starts is not None and self.ends is not None and self.ends <= self.starts:
            raise ValueError("expected 'to' after 'from'")
        return self


class OrderField(_Strict):
    """An overtime order."""

    starts: CivilMinuteField = Field(alias="from")
    ends: CivilMinuteField = Field(alias="to")
    breaks: list[ClockRangeField] = []

    @field_validator("ends")
    @classmethod
    def _in_order(cls, ends: CivilMinute, given: ValidationInfo) -> CivilMinute:
        starts = given.data.get("starts")
        if starts is not None and ends.axis <= starts.axis:
            raise ValueError("expected a moment after 'from'")
        return ends

    @field_validator("breaks")
    @classmethod
    def _inside(cls, breaks: list[tuple[int, int]], given: ValidationInfo) -> list[tuple[int, int]]:
        starts, ends = given.data.get("starts"), given.data.get("ends")
        if starts is not None and ends is not None:
            origin = axis_minute(starts.on)
            if any(origin + start < starts.axis or origin + end > ends.axis for start, end in breaks):
                raise ValueError("expected clock ranges inside the order, seen from its first day")
        return breaks

    def resolve(self) -> Order:
        """Give the order on the axis; its breaks are clock times of its first day."""
        origin = axis_minute(self.starts.on)
        breaks = merge((origin + start, origin + end) for start, end in self.breaks)
        return Order(self.starts.axis, self.ends.axis, breaks, ref=f"{self.starts.text} - {self.ends.text}")


class TapField(_Strict):
    """A tap at a door."""

    at: CivilMinuteField
    direction: Literal["in", "out", "none"]
    point: Literal["entrance", "interior"] = "entrance"

    def resolve(self) -> Punch:
        """Give the punch on the axis."""
        return Punch(self.at.axis, Direction(self.direction), self.point == "interior", ref=self.at.text)


class Case(_Strict):
    """One question to the rules."""

    id: str
    profile: Annotated[ProfileField, BeforeValidator(_as_base)]
    staff: StaffField = StaffField()
    period: Annotated[PeriodField, BeforeValidator(_as_range)]
    holidays: list[CivilDateField] = []
    shifts: dict[CivilDateField, ShiftField] = {}
    swaps: list[SwapField] = []
    compensatory: list[CompensatoryField] = []
    leave: list[LeaveField] = []
    orders: list[OrderField] = []
    taps: list[TapField] = []

    def facts(self, base: Profile | None = None) -> MonthFacts:
        """Give the facts; absent holidays are those of the calendar. ``base`` stands in for the named profile."""
        punches = tuple(tap.resolve() for tap in self.taps)
        orders = tuple(order.resolve() for order in self.orders)
        first_on, last_on = self.period.starts_on, self.period.ends_on
        known_from_on = min([first_on, *(civil_date(punch.minute) for punch in punches)]).replace(day=1)
        swaps = tuple(Swap(swap.worked_on, swap.off_on, swap.part) for swap in self.swaps)
        compensatory = tuple(Compensatory(day.worked_on, day.off_on) for day in self.compensatory)
        facts = MonthFacts(
            person_id=self.id,
            profile=self.profile.resolve(base),
            first_on=first_on,
            last_on=last_on,
            known_from_on=known_from_on,
            staff=Staff(
                Employment(self.staff.employment),
                manager=self.staff.manager,
                workplace=Workplace(self.staff.workplace),
            ),
            punches=punches,
            orders=orders,
            holidays=frozenset(self.holidays),
            shifts=self.shifts,
            swaps=swaps,
            compensatory=compensatory,
            leave=tuple(Leave(item.on, item.kind, item.starts, item.ends) for item in self.leave),
        )
        return facts if "holidays" in self.model_fields_set else replace(facts, holidays=_calendar_of(facts))


class CaseFile(_Strict):
    """The whole file."""

    cases: list[Case]


def _part(value: Any) -> int:
    match = re.fullmatch(r"([0-9]{1,2}):([0-5][0-9])", value) if isinstance(value, str) else None
    minutes = int(match[1]) * 60 + int(match[2]) if match else 0
    if minutes == 0:
        raise ValueError(f"expected full or a length like '4:00', not {value!r}")
    return minutes


def _calendar_of(facts: MonthFacts) -> frozenset[date]:
    return holidays_between(*planned_range(facts))
