"""What is known about one person's time before any rule is applied. Minutes are axis minutes (see ``spans``)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from domain.attendance.elsewhere import Elsewhere
from domain.attendance.profile import DatedProfiles, FormerProfile, InForce, Profile
from domain.attendance.shift import Shift
from domain.attendance.spans import Spans


class Direction(StrEnum):
    """What a punch says; ``none`` alternates within the duty day, or a duty that reaches over the date change."""

    clock_in = "in"
    clock_out = "out"
    none = "none"


@dataclass(frozen=True, slots=True)
class Punch:
    """A tap with a meaning for working time; ``interior`` ones are evidence only and bound no presence.

    ``tick`` is the microsecond inside the minute, where it is known; ``ref`` names the record behind it, or the
    punch by hand (:data:`MANUAL`). One that is ``doubtful`` was made by a clock that nobody had set and waits for a
    judgement: its minute is when it was heard of, and it bounds nothing.
    """

    minute: int
    direction: Direction
    interior: bool = False
    tick: int = 0
    ref: str = ""
    doubtful: bool = False


MANUAL = "manual/"
"""What the references of punches by hand (手動) begin with."""


@dataclass(frozen=True, slots=True)
class ComputerUse:
    """A log-on or log-off of the person's computers at an axis minute; evidence, like an interior door."""

    minute: int
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """Overtime ordered beforehand (時間外勤務命令): from, up to but not including, without its breaks."""

    starts: int
    ends: int
    breaks: Spans = ()
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave taken on a day; clock minutes from 00:00 of it, both None for the whole day."""

    on: date
    kind: str
    starts_minute: int | None = None
    ends_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Swap:
    """週休日の振替 fixed beforehand; ``part_minutes`` None swaps the whole day."""

    worked_on: date
    off_on: date
    part_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Compensatory:
    """代休日: a day off given for a worked holiday."""

    worked_on: date
    off_on: date


class Employment(StrEnum):
    """What the hours are measured against."""

    full_time = "full_time"
    part_time = "part_time"


class Workplace(StrEnum):
    """Which caps hold (L2, R9)."""

    ordinary = "ordinary"
    externally_driven = "externally_driven"  # 他律的業務の比重が高い部署
    under_agreement = "under_agreement"  # 労基法別表第一の事業場: an agreement binds it (36協定)


@dataclass(frozen=True, slots=True)
class Move:
    """A move (異動) to a department of another kind, from that day on."""

    on: date
    workplace: Workplace


class FormerStaff(NamedTuple):
    """How somebody was employed until a day, that day included."""

    until_on: date
    employment: Employment
    manager: bool


@dataclass(frozen=True, slots=True)
class Staff:
    """What about the person changes the rules; ``workplace`` holds until the first of ``moves``.

    ``employment`` and ``manager`` are those of the period's last day and of every later one; earlier days up to those
    of ``former``, which are in order, go by what was then.
    """

    employment: Employment = Employment.full_time
    manager: bool = False
    workplace: Workplace = Workplace.ordinary
    moves: tuple[Move, ...] = ()
    former: tuple[FormerStaff, ...] = ()

    def on(self, day: date) -> "Staff":
        """Give the same person as employed on a day."""
        for until_on, employment, manager in self.former:
            if day <= until_on:
                return replace(self, employment=employment, manager=manager, former=())
        return replace(self, former=()) if self.former else self

    def is_manager_throughout(self, first_on: date, last_on: date) -> bool:
        """Tell whether the person was a manager on each of these days, both ends included."""
        begun = (each.until_on + timedelta(days=1) for each in self.former if first_on <= each.until_on < last_on)
        return all(self.on(day).manager for day in (first_on, *begun))

    def workplaces(self, first_on: date, last_on: date) -> frozenset[Workplace]:
        """Give every kind of department that the person was in between two days, both included."""
        found: set[Workplace] = set()
        current = self.workplace
        for move in sorted(self.moves, key=lambda move: move.on):
            if move.on > last_on:
                break
            if move.on > first_on:
                found.add(current)
            current = move.workplace
        return frozenset(found | {current})


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """Everything a period is derived from.

    Days outside ``first_on``–``last_on`` may carry punches and orders too: they complete weeks, months and years. A
    month enters the averages only if all of it is known, that is from ``known_from_on`` on. ``until`` is the axis
    minute up to which punches can have arrived: a duty day that is not over by then is open and not judged yet; with
    None every day is over. ``profile`` holds on the period's last day and, for this count, on every later one, so that
    rules that begin after the period change nothing of it; ``former_profiles`` say what held on earlier days. From
    ``whole_from_on`` on nothing is left out, so that a settlement period that began then can be settled (L20); None is
    the earlier of ``first_on`` and ``known_from_on``.
    """

    person_id: str
    profile: Profile
    first_on: date
    last_on: date
    known_from_on: date
    staff: Staff = field(default_factory=Staff)
    punches: tuple[Punch, ...] = ()
    orders: tuple[Order, ...] = ()
    holidays: frozenset[date] = frozenset()
    shifts: Mapping[date, Shift] = field(default_factory=dict)
    swaps: tuple[Swap, ...] = ()
    compensatory: tuple[Compensatory, ...] = ()
    leave: tuple[Leave, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    computer_use: tuple[ComputerUse, ...] = ()
    until: int | None = None
    former_profiles: tuple[FormerProfile, ...] = ()
    whole_from_on: date | None = None

    @property
    def rules(self) -> InForce:
        """Give the rules by day."""
        return DatedProfiles(self.former_profiles, self.profile) if self.former_profiles else self.profile
