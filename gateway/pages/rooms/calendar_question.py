"""What somebody asks of the calendar of rooms: which days, which rooms, which part of the day. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlencode

from domain.civil import month_end
from domain.facilities.availability import Stretch
from domain.facilities.facility import Equipment, Room
from domain.facilities.rules import FacilityRules

PATH = "/rooms"
BACK_MOST, AHEAD_MOST = timedelta(days=400), timedelta(days=800)
"""So far from today the calendar is turned."""

PEOPLE_MOST = 9999
NAME_LENGTH_MAX = 80


class Span(StrEnum):
    """How many days are seen at once."""

    day = "day"
    week = "week"
    month = "month"


class PartOfDay(StrEnum):
    """The part of the day in which something is to be free."""

    morning = "morning"
    afternoon = "afternoon"
    evening = "evening"


PARTS: Mapping[PartOfDay, Stretch] = MappingProxyType(
    {PartOfDay.morning: (0, 720), PartOfDay.afternoon: (720, 1080), PartOfDay.evening: (1080, 2880)}
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; ``on`` is the chosen day, which a narrow screen shows alone. Empty fields narrow nothing."""

    on: date
    span: Span = Span.week
    facility: str = ""
    people: int = 0
    equipment: str = ""
    """By its name: several houses have a プロジェクター."""
    part: PartOfDay | None = None

    @property
    def first_on(self) -> date:
        """Give the first day that is seen."""
        if self.span is Span.month:
            return self.on.replace(day=1)
        return self.on - timedelta(days=self.on.weekday()) if self.span is Span.week else self.on

    @property
    def days(self) -> tuple[date, ...]:
        """Give the days that are seen."""
        number = {Span.day: 1, Span.week: 7, Span.month: month_end(self.on).day}[self.span]
        return tuple(self.first_on + timedelta(days=each) for each in range(number))

    @property
    def before_on(self) -> date:
        """Give the day that is chosen one span earlier."""
        return self._shift(-1)

    @property
    def after_on(self) -> date:
        """Give the day that is chosen one span later."""
        return self._shift(1)

    def at(self, on: date, span: str = "") -> str:
        """Give the address of the same question about another day, or another span."""
        asked = {
            "on": on.isoformat(),
            "span": span or self.span.value,
            "facility": self.facility,
            "people": str(self.people or ""),
            "equipment": self.equipment,
            "part": self.part or "",
        }
        return f"{PATH}?{urlencode({name: text for name, text in asked.items() if text})}"

    def wants(self, rules: FacilityRules, room: Room, today: date) -> bool:
        """Tell whether a room is one that is asked about; what is retired is none."""
        ends = [each for each in (room.retired_on, rules.facility.retired_on) if each is not None]
        if ends and min(ends) <= today:
            return False
        if self.facility and rules.facility.id != self.facility:
            return False
        if room.capacity < self.people:
            return False
        return not self.equipment or any(
            each.name == self.equipment and is_lent_with(each, room, today) for each in rules.equipment
        )

    def _shift(self, by: int) -> date:
        if self.span is Span.month:
            last = month_end(self.on, months=by)
            return last.replace(day=min(self.on.day, last.day))
        return self.on + timedelta(days=by * (7 if self.span is Span.week else 1))


def is_lent_with(equipment: Equipment, room: Room, on: date) -> bool:
    """Tell whether equipment can be reserved with a room on a day."""
    is_there = equipment.retired_on is None or on < equipment.retired_on
    return is_there and equipment.room_id in {None, room.id}


def limit_day(on: date | None, today: date) -> date:
    """Give the day that was asked for, or the nearest one that the calendar shows; today without one."""
    return min(max(on or today, today - BACK_MOST), today + AHEAD_MOST)
