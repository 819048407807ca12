"""The hours of a site's description: schedules, and the days on which they are others."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from contract.fields import Id
from domain.civil import parse_clock
from gateway.site.places import Description, Name
from gateway.site.recurrence import TEXT_MAX

HOLIDAYS = "holidays"
"""The built-in table of national holidays and 12/29-1/3, as the centre's calendar has them (祝日・年末年始)."""

CITY_HOLIDAYS = "city_holidays"
"""The built-in table of those days and every Saturday and Sunday (市の休日)."""

OpensClock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["07:30"])]
ClosesClock = Annotated[str, Field(pattern=r"^([0-3][0-9]|4[0-7]):[0-5][0-9]$", examples=["19:00", "26:00"])]
ClockRange = Annotated[
    str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([0-3][0-9]|4[0-7]):[0-5][0-9]$", examples=["09:00-12:00"])
]
Rule = Annotated[
    str, StringConstraints(min_length=1, max_length=TEXT_MAX), Field(examples=["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"])
]


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


def name_of(described: dict[str, Any]) -> str:
    """Give the name of what is being read: it stands where no English one is given."""
    return str(described.get("name", ""))


class SpecialDaysDescription(Description):
    """特別な日の表 · A named table of days with hours of their own: days listed, days of a rule, or both."""

    id: Id
    name: Name
    dates: tuple[date, ...] = ()
    """日付 · Single days, YYYY-MM-DD."""
    rrule: Rule | None = None
    """繰り返し · Days by an RFC 5545 recurrence rule without DTSTART, COUNT or INTERVAL."""


class ScheduleDescription(Description):
    """時間帯 · Hours in JST on the days of a week or of a rule. ``always`` is built in and is not described."""

    model_config = ConfigDict(serialize_by_alias=True)

    id: Id
    name: Name
    name_en: Annotated[Name, Field(default_factory=name_of)]
    """英語名 · Without it, the name."""
    days: Annotated[tuple[Weekday, ...], Field(min_length=1, json_schema_extra={"uniqueItems": True})] | None = None
    """曜日 · Days of the week; either these or a rule."""
    rrule: Rule | None = None
    """繰り返し · An RFC 5545 recurrence rule, FREQ=DAILY to YEARLY, without DTSTART, COUNT or INTERVAL."""
    opens: OpensClock
    """開始 · The minute at which it begins to hold, HH:MM in JST (in quotes, or YAML reads it as a number)."""
    closes: ClosesClock
    """終了 · The minute at which it no longer holds; past midnight 26:00 is 02:00 of the next day."""
    except_holidays: bool = False
    """祝日・年末年始は開かない · The same as ``except: [holidays]``."""
    closed_on: Annotated[tuple[Id, ...], Field(alias="except")] = ()
    """開かない日 · Tables of days on which it does not begin: special_days, holidays (祝日・年末年始) or city_holidays
    (市の休日: those, Saturdays and Sundays)."""
    on: Annotated[dict[Id, ClockRange], Field(default_factory=dict)]
    """その日だけの時間 · Hours that replace all others on the days of a table, also where it would not hold at all:
    closing_day: "09:00-12:00". Of several tables that hold a day the first counts."""

    @property
    def opens_minute(self) -> int:
        """``opens`` as minutes from 00:00 JST."""
        return parse_clock(self.opens)

    @property
    def closes_minute(self) -> int:
        """``closes`` as minutes from 00:00 JST of the day it opened."""
        return parse_clock(self.closes)


def parse_range(text: str) -> tuple[int, int]:
    """Read ``09:00-12:00`` as minutes from 00:00 JST."""
    opens, _, closes = text.partition("-")
    return parse_clock(opens), parse_clock(closes)
