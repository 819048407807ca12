"""A city's kinds of leave and grants as a TOML file: checked whole, refused by the path of each wrong field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from contract.profile_faults import parse_profile
from contract.profile_file import Certainty
from domain.attendance.leave_grants import WEEK_DAYS, Basis, GrantScheme
from domain.attendance.leave_kinds import Allowance, DayCount, LeaveKind, LeaveUnit, MonthDay, Season
from domain.workflow.route import StepRole

FILE = Path(__file__).parent / "profiles" / "leave_kinds.toml"
_LEAP = 2000


def _month_day(text: str) -> str:
    try:
        date.fromisoformat(f"{_LEAP}-{text}")
    except ValueError:
        raise ValueError(f"{text} は月日ではありません。MM-DD にしてください / expected MM-DD") from None
    return text


Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
KindId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}(\.[a-z][a-z0-9_]{0,31})?$")]
Title = Annotated[str, Field(min_length=1, max_length=60)]
Days = Annotated[int, Field(ge=0, le=366)]
Minutes = Annotated[int, Field(ge=1, le=24 * 60)]
YearDay = Annotated[str, Field(pattern=r"^\d\d-\d\d$"), AfterValidator(_month_day)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Grounded(_Strict):
    source: str = Field(min_length=1, max_length=200)
    certainty: Annotated[Certainty, Field(strict=False)]


class SeasonField(_Strict):
    """The days of a year between which leave may be taken."""

    first: YearDay
    last: YearDay


class KindField(_Grounded):
    """One kind of leave; fields are those of ``LeaveKind``."""

    id: KindId
    title: Title
    title_en: Title
    is_paid: bool = True
    allowance: Annotated[Allowance, Field(strict=False)]
    route: Annotated[list[Annotated[StepRole, Field(strict=False)]], Field(min_length=1, max_length=5)]
    units: Annotated[list[Annotated[LeaveUnit, Field(strict=False)]], Field(min_length=1, max_length=3)]
    days: Days | None = None
    day_count: Annotated[DayCount, Field(strict=False)] = DayCount.working
    event_gap_days: Days = 0
    unit_minutes: Minutes = 60
    day_minutes_max: Minutes | None = None
    carry_days_max: Days = 0
    year_start: Annotated[int, Field(ge=1, le=12)] = 1
    season: SeasonField | None = None
    needs_reason: bool = False
    needs_proof: bool = False
    counts_as_presence: bool = True

    @model_validator(mode="after")
    def _fits(self) -> Self:
        counted = self.allowance in {Allowance.yearly, Allowance.event}
        if counted != (self.days is not None):
            raise ValueError(
                "days: allowance が yearly か event のときに限り書いてください"
                " / expected with the allowances yearly and event, and with no other"
            )
        if self.event_gap_days and self.allowance is not Allowance.event:
            raise ValueError(
                "event_gap_days: allowance が event のときに限り書いてください"
                " / expected with the allowance event alone"
            )
        if self.season is not None and self.season.last < self.season.first:
            raise ValueError("season: last は first 以後にしてください / expected last not before first")
        return self

    def kind(self) -> LeaveKind:
        """Give the kind that the fields describe."""
        plain = {name: getattr(self, name) for name in LeaveKind.__slots__}
        ends = None if self.season is None else (self.season.first, self.season.last)
        season = None if ends is None else Season(*(MonthDay(*map(int, end.split("-"))) for end in ends))
        shaped = {"route": tuple(role.value for role in self.route), "units": frozenset(self.units), "season": season}
        return LeaveKind(**{**plain, **shaped})


class SchemeField(_Grounded):
    """One way of granting; fields are those of ``GrantScheme``."""

    id: Word
    kind: KindId
    basis: Annotated[Basis, Field(strict=False)]
    days: Days = 0
    joining_days: Annotated[list[Days], Field(max_length=12)] = []
    first_after_months: Annotated[int, Field(ge=0, le=12)] = 6
    service_days: dict[str, Annotated[list[Days], Field(min_length=1, max_length=50)]] = {}

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.joining_days) not in {0, 12}:
            raise ValueError("joining_days: 12か月分を書いてください / expected twelve figures or none")
        if self.basis is Basis.service and set(self.service_days) != {str(each + 1) for each in range(WEEK_DAYS)}:
            raise ValueError("service_days: 週1日から5日まで書いてください / expected the weeks of 1 to 5 days")
        return self

    def scheme(self) -> GrantScheme:
        """Give the scheme that the fields describe."""
        by_week = {int(week_days): tuple(days) for week_days, days in self.service_days.items()}
        return GrantScheme(
            self.id,
            self.kind,
            self.basis,
            self.days,
            tuple(self.joining_days),
            self.first_after_months,
            MappingProxyType(by_week) if by_week else None,
        )


class LeaveKindFile(_Strict):
    """The whole file."""

    scheme: Annotated[list[SchemeField], Field(max_length=50)]
    kind: Annotated[list[KindField], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _names_hold(self) -> Self:
        kinds = [each.id for each in self.kind]
        for field, ids in (("kind", kinds), ("scheme", [each.id for each in self.scheme])):
            if twice := sorted({each for each in ids if ids.count(each) > 1}):
                raise ValueError(f"{field}: id {', '.join(twice)} が重なっています / expected each id once")
        granted = {each.id for each in self.kind if each.allowance is Allowance.granted}
        if astray := sorted({each.kind for each in self.scheme} - granted):
            raise ValueError(
                f"scheme.kind: {', '.join(astray)} は付与する休暇ではありません"
                " / expected a kind whose allowance is granted"
            )
        return self


@dataclass(frozen=True, slots=True)
class LeaveRules:
    """A city's kinds of leave and schemes by id, and the clause behind each kind."""

    kinds: Mapping[str, LeaveKind]
    schemes: Mapping[str, GrantScheme]
    sources: Mapping[str, tuple[str, Certainty]]

    def routes(self) -> dict[str, tuple[str, ...]]:
        """Give who decides, by kind."""
        return {kind.id: kind.route for kind in self.kinds.values()}


def read_leave_rules(path: Path = FILE) -> LeaveRules:
    """Read a file of kinds; the shipped one unless a city has its own.

    Raises:
        ProfileFileError: it cannot be read, is not TOML, or fields are wrong; every one is named by its path.
    """
    file = parse_profile(path, LeaveKindFile)
    return LeaveRules(
        MappingProxyType({each.id: each.kind() for each in file.kind}),
        MappingProxyType({each.id: each.scheme() for each in file.scheme}),
        MappingProxyType({each.id: (each.source, each.certainty) for each in file.kind}),
    )


@lru_cache(maxsize=1)
def shipped_leave_rules() -> LeaveRules:
    """Give the shipped kinds and schemes."""
    return read_leave_rules()
