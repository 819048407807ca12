"""The form of a profile's file: each field with its value, the clause behind it, and how sure that is.

What national law forbids cannot be written: rates below 労基法37, a longer day than 労基法32, a rounding of single days
(R12, 昭63.3.14 基発150).
"""

from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from domain.attendance.profile import BreakStep, Counting, Profile
from domain.attendance.shift_text import parse_shift

DAY = 24 * 60


class Certainty(StrEnum):
    """How sure a value is: ``settled`` by law, ``usual`` among cities, ``open`` until the city has answered."""

    settled = "settled"
    usual = "usual"
    open = "open"


Value = TypeVar("Value")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Clause(_Strict, Generic[Value]):
    """A field: its value, where that stands, and how sure it is."""

    value: Value
    source: str = Field(min_length=1, max_length=200)
    certainty: Annotated[Certainty, Field(strict=False)]


def _written_shift(text: str) -> str:
    parse_shift(text)
    return text


def _to_the_minute(minutes: int) -> int:
    if minutes != 1:
        raise ValueError(
            "日ごとの端数処理はできません。1 にしてください（昭63.3.14 基発150）"
            " / days are counted to the minute; expected 1 (R12)"
        )
    return minutes


ShiftText = Annotated[str, Field(max_length=100), AfterValidator(_written_shift)]
MinuteOfDay = Annotated[int, Field(ge=0, lt=DAY)]
Threshold = Annotated[int, Field(ge=0, le=DAY)]
Weeks = Annotated[int, Field(ge=0, le=52)]
Months = Annotated[int, Field(ge=0, le=12)]


def _iso_date(value: object) -> date:
    match value:
        case str():
            return date.fromisoformat(value)
    raise ValueError('"2026-04-01" のように書いてください / expected a day as "YYYY-MM-DD" in quotes')


IsoDate = Annotated[date, BeforeValidator(_iso_date)]
FlexWeeks = Annotated[
    int,
    Field(
        ge=0,
        le=4,
        description="Weeks of a settlement period of flexible hours; 0 is the calendar month. Periods of up to three"
        " months (労基法32の3②, 50 hours a week in each month) are not counted.",
    ),
]


class Week(_Strict):
    """The profile's week before rosters and calendar, each day as ``08:30-17:15 break 12:00-13:00``."""

    monday: ShiftText
    tuesday: ShiftText
    wednesday: ShiftText
    thursday: ShiftText
    friday: ShiftText
    saturday: ShiftText
    sunday: ShiftText


class Rates(_Strict):
    """Percent of the hourly pay by class; the least are those of 労基法37."""

    weekday_day: int = Field(ge=125, le=500)
    weekday_night: int = Field(ge=150, le=500)
    restday_day: int = Field(ge=125, le=500)
    restday_night: int = Field(ge=150, le=500)
    parttime_day: int = Field(ge=100, le=500)
    parttime_night: int = Field(ge=125, le=500)
    within_statutory: int = Field(ge=100, le=500)
    within_statutory_night: int = Field(ge=125, le=500)
    statutory_rest: int = Field(ge=135, le=500)
    statutory_rest_night: int = Field(ge=160, le=500)
    holiday_regular: int = Field(ge=35, le=500)
    night_regular: int = Field(ge=25, le=500)
    swap_week: int = Field(ge=25, le=500)


class RaisedRates(_Strict):
    """Percent beyond 60 hours in a month."""

    weekday_day: int = Field(ge=150, le=500)
    weekday_night: int = Field(ge=175, le=500)
    restday_day: int = Field(ge=150, le=500)
    restday_night: int = Field(ge=175, le=500)
    parttime_day: int = Field(ge=100, le=500)
    parttime_night: int = Field(ge=125, le=500)
    swap_week: int = Field(ge=25, le=500)


class Step(_Strict):
    """Work of more than ``over_minutes`` has a break of ``due_minutes``."""

    over_minutes: int = Field(ge=0, le=DAY)
    due_minutes: int = Field(ge=1, le=DAY)


class ProfileFile(_Strict):
    """The whole file; fields are those of the profile. Lengths are minutes, clock times minutes of the day."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")
    title: str = Field(min_length=1, max_length=100)
    counting: Clause[Annotated[Counting, Field(strict=False)]]
    week: Clause[Week]
    date_change_minutes: Clause[MinuteOfDay]
    stay_threshold_minutes: Clause[Threshold]
    early_threshold_minutes: Clause[Threshold]
    swap_in_60h: Clause[bool]
    sunday_in_60h: Clause[bool]
    swap_week_threshold_minutes: Clause[Annotated[int, Field(ge=0, le=40 * 60)]]
    year_start: Clause[Annotated[int, Field(ge=1, le=12)]]
    night_starts_minute: Clause[Annotated[int, Field(gt=12 * 60, le=22 * 60)]]
    night_ends_minute: Clause[Annotated[int, Field(ge=5 * 60, le=12 * 60)]]
    statutory_day_minutes: Clause[Annotated[int, Field(ge=1, le=8 * 60)]]
    statutory_week_minutes: Clause[Annotated[int, Field(ge=1, le=40 * 60)]]
    part_time_day_minutes: Clause[Annotated[int, Field(ge=0, le=8 * 60)]]
    part_time_week_minutes: Clause[Annotated[int, Field(ge=0, le=40 * 60)]]
    step_minutes: Clause[Annotated[int, Field(ge=0, le=60 * 60)]]
    pay_rounding_minutes: Clause[Annotated[int, Field(ge=1, le=30)]]
    interval_minutes: Clause[Threshold]
    swap_weeks_before: Clause[Weeks]
    swap_weeks_after: Clause[Weeks]
    special_duty_minutes: Clause[Threshold]
    stretch_max_minutes: Clause[Annotated[int, Field(ge=DAY, le=3 * DAY)]]
    arrival_window_minutes: Clause[Annotated[int, Field(ge=0, le=12 * 60)]]
    debounce_seconds: Clause[Annotated[int, Field(ge=0, le=10 * 60)]]
    standby_is_work: Clause[bool]
    daily_rounding_minutes: Clause[Annotated[int, AfterValidator(_to_the_minute)]]
    break_steps: Clause[Annotated[list[Step], Field(min_length=1, max_length=10)]]
    month_cap_minutes: Clause[Annotated[int, Field(ge=0, le=45 * 60)]]
    year_cap_minutes: Clause[Annotated[int, Field(ge=0, le=360 * 60)]]
    driven_month_cap_minutes: Clause[Annotated[int, Field(ge=1, le=100 * 60)]]
    driven_year_cap_minutes: Clause[Annotated[int, Field(ge=0, le=720 * 60)]]
    average_cap_minutes: Clause[Annotated[int, Field(ge=0, le=80 * 60)]]
    months_over_cap: Clause[Annotated[int, Field(ge=0, le=6)]]
    notice_minutes: Clause[Annotated[int, Field(ge=0, le=80 * 60)]]
    analysis_months: Clause[Months]
    consecutive_days_max: Clause[Annotated[int, Field(ge=1, le=24)]]
    hours_off_unit_minutes: Clause[Annotated[int, Field(ge=1, le=8 * 60)]]
    hours_off_months: Clause[Annotated[int, Field(ge=1, le=2)]]
    hourly_leave_days_max: Clause[Annotated[int, Field(ge=0, le=40)] | Literal["uncapped"]]
    five_day_leave_duty: Clause[bool]
    retention_years: Clause[Annotated[int, Field(ge=3, le=100)]]
    flex_adopted: Clause[bool]
    flex_period_weeks: Clause[FlexWeeks]
    flex_period_from_on: Clause[IsoDate]
    flex_band_starts_minute: Clause[Annotated[int, Field(ge=5 * 60, le=12 * 60)]]
    flex_band_ends_minute: Clause[Annotated[int, Field(ge=12 * 60, le=22 * 60)]]
    flex_core_starts_minute: Clause[MinuteOfDay]
    flex_core_ends_minute: Clause[MinuteOfDay]
    flex_day_minutes: Clause[Annotated[int, Field(ge=1, le=8 * 60)]]
    flex_day_least_minutes: Clause[Annotated[int, Field(ge=1, le=8 * 60)]]
    flex_week_minutes: Clause[Annotated[int, Field(ge=1, le=40 * 60)]]
    rates: Clause[Rates]
    raised_rates: Clause[RaisedRates]

    @model_validator(mode="after")
    def _breaks_rise(self) -> Self:
        steps = [(step.over_minutes, step.due_minutes) for step in self.break_steps.value]
        if steps != sorted(steps) or len({over for over, _ in steps}) != len(steps):
            raise ValueError("break_steps: 時間の短い順に書いてください / expected in rising order, each length once")
        return self

    @model_validator(mode="after")
    def _flexible_hours_fit(self) -> Self:
        band = self.flex_band_starts_minute.value, self.flex_band_ends_minute.value
        core = self.flex_core_starts_minute.value, self.flex_core_ends_minute.value
        if not band[0] <= core[0] <= core[1] <= band[1]:
            raise ValueError(
                "flex_core_starts_minute: コアタイムはフレキシブルタイムの中に置いてください"
                "（置かないときは始まりと終わりを同じに）"
                " / the core lies in the band; where there is none its end is its start"
            )
        if self.flex_day_least_minutes.value > self.flex_day_minutes.value:
            raise ValueError(
                "flex_day_least_minutes: 標準の1日より短くしてください / expected no more than flex_day_minutes"
            )
        by_law = self.counting.value is Counting.statutory
        if self.flex_adopted.value and by_law and self.flex_period_weeks.value:
            raise ValueError(
                "flex_period_weeks: 労基法だけで数えるときは 0（暦の月）にしてください。割増は期間の終わりに決まり、"
                "締めた月にさかのぼれません（労基法32の3） / expected 0, the calendar month, with statutory counting:"
                " what is overtime is known at the period's end and cannot reach into a month that is closed"
            )
        return self

    def profile(self) -> Profile:
        """Give the profile that the file describes."""
        cap = self.hourly_leave_days_max.value
        shaped: dict[str, object] = {
            "week": tuple(parse_shift(text) for text in self.week.value.model_dump().values()),
            "break_steps": tuple(BreakStep(step.over_minutes, step.due_minutes) for step in self.break_steps.value),
            "hourly_leave_days_max": None if cap == "uncapped" else cap,
            "rates": MappingProxyType(self.rates.value.model_dump()),
            "raised_rates": MappingProxyType(self.raised_rates.value.model_dump()),
        }
        plain = {name: clause.value for name, clause in self.clauses().items()}
        return Profile(name=self.name, title=self.title, **{**plain, **shaped})  # type: ignore[arg-type]

    def clauses(self) -> dict[str, Clause[object]]:
        """Give every field of the profile by its name."""
        return {name: getattr(self, name) for name in ProfileFile.model_fields if name not in {"name", "title"}}
