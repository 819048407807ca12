"""What stands on every sheet of a month: whose it is, and how far the month is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.attendance.month import PersonMonth
from domain.civil import format_clock, format_era


@dataclass(frozen=True, slots=True)
class SheetPerson:
    """A person as papers name one; ``department_id`` tells departments of one name apart."""

    id: str
    name: str
    department: str
    department_id: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the month is: the closed version (0: not closed) with its hash, and on which days it was confirmed.

    ``is_changed``: counted now it is no longer what was closed.
    """

    version: int = 0
    content_hash: str = ""
    confirmed: str = ""
    head_confirmed: str = ""
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class MonthSheet:
    """A person's month for paper; ``leave_names`` are the city's own names of its kinds of leave."""

    person: SheetPerson
    month: PersonMonth
    standing: Standing = field(default_factory=Standing)
    leave_names: Mapping[str, str] = field(default_factory=dict)


def head(sheet: MonthSheet) -> dict[str, str]:
    """Give the words above the table of a sheet."""
    standing = sheet.standing
    later = "（この版の後に変更あり）" if standing.is_changed else ""
    closed = f"第{standing.version}版 {standing.content_hash[:16]}{later}" if standing.version else "未締め"
    first_on = sheet.month.first_on
    return {
        "period": f"{format_era(first_on).partition('月')[0]}月（{first_on:%Y-%m}）",
        "department": sheet.person.department,
        "id": sheet.person.id,
        "name": sheet.person.name,
        "standing": closed,
        "confirmed": standing.confirmed,
        "head_confirmed": standing.head_confirmed,
    }


def clock_range(ends: tuple[int, int] | None) -> str:
    """Write minutes of a day as ``08:30–17:15``; nothing for none."""
    return "" if ends is None else f"{format_clock(ends[0])}–{format_clock(ends[1])}"
