"""Who works in the city: departments with their heads, rosters and part-time staff, drawn from a seed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

TOP = "city"
HR_OFFICE = "jinji"
HR_PEOPLE = 4
OFFICE_SIZE = 15
OFFICES_A_DIVISION = 4

HOURS = {
    "N": ("日勤", "08:30-17:15 break 12:00-13:00"),
    "F": ("当番", "08:30-32:30 break 12:00-13:00, 17:15-18:15, 22:00-28:30"),
    "A": ("非番", "off_duty"),
    "R": ("週休", "rest"),
    "E": ("準夜", "16:00-24:45 break 20:00-21:00"),
    "M": ("深夜", "00:30-09:15 break 04:00-05:00"),
    "H": ("早番", "07:30-16:15 break 12:00-13:00"),
    "L": ("遅番", "09:45-18:30 break 13:00-14:00"),
    "B": ("図書館", "09:00-17:45 break 12:00-13:00"),
    "P": ("短時間", "09:00-15:45 break 12:00-13:00"),
}
"""Shift kinds: name and hours by code."""

PATTERNS: dict[str, tuple[str, bool]] = {
    "fire": ("F A R", True),
    "hospital": ("N N E R M R N R", True),
    "nursery": ("H N L N H R R", False),
    "library": ("R B B B B R B", True),
    "parttime": ("P P P P P R R", False),
}
"""Kinds that repeat from a Monday on, and whether duty is due on holidays, by pattern."""

SHARES = (("fire", 0.12), ("hospital", 0.12), ("nursery", 0.06), ("library", 0.03))
"""Which part of the staff works by which roster; the others have the city's week."""

PART_TIME_SHARE = 0.15
"""Which part of the offices' staff works part-time (会計年度任用職員)."""


@dataclass(frozen=True, slots=True)
class Worker:
    """One of the staff; ``pattern`` None is the city's week, ``offset`` where in the pattern the first day lies."""

    id: str
    department_id: str
    pattern: str | None = None
    offset: int = 0
    employment: str = "full_time"
    is_manager: bool = False
    reader: str = "main"
    joined_on: date | None = None
    left_on: date | None = None

    def is_employed(self, on: date) -> bool:
        """Tell whether the worker is employed on a day."""
        return (self.joined_on is None or self.joined_on <= on) and (self.left_on is None or self.left_on >= on)


@dataclass(frozen=True, slots=True)
class Office:
    """A department; its head works in it."""

    id: str
    name: str
    head_id: str
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody, and where."""

    workers: dict[str, Worker] = field(default_factory=dict)
    offices: dict[str, Office] = field(default_factory=dict)

    @property
    def hr(self) -> tuple[str, ...]:
        """Give those who decide for HR."""
        return tuple(sorted(each.id for each in self.workers.values() if each.department_id == HR_OFFICE))[:HR_PEOPLE]

    @property
    def readers(self) -> tuple[str, ...]:
        """Give the boxes at which people tap."""
        return tuple(sorted({each.reader for each in self.workers.values()}))


def draw_staff(random: Random, count: int) -> Staff:
    """Draw a city of so many staff; at least 12."""
    staff = Staff()
    rosters = [(name, max(3, round(count * share))) for name, share in SHARES]
    offices = count - sum(size for _, size in rosters) - HR_PEOPLE - 1
    _found(staff, random, TOP, "市長部局", 1, None)
    _found(staff, random, HR_OFFICE, "人事課", HR_PEOPLE, TOP)
    for number, size in enumerate(_split(max(2, offices), OFFICE_SIZE)):
        division = f"division{number // OFFICES_A_DIVISION + 1}"
        parent = TOP
        with_director = number % OFFICES_A_DIVISION == 0 and size > 2
        if with_director:
            _found(staff, random, division, f"第{number // OFFICES_A_DIVISION + 1}部", 1, TOP)
        if division in staff.offices:
            parent = division
        _found(staff, random, f"office{number + 1}", f"第{number + 1}課", size - with_director, parent)
    for name, size in rosters:
        for number, part in enumerate(_split(size, OFFICE_SIZE * 2)):
            _found(staff, random, f"{name}{number + 1}", f"{name} {number + 1}", part, TOP, name)
    return staff


def _split(count: int, most: int) -> Iterator[int]:
    parts = -(-count // most)
    for number in range(parts):
        yield count // parts + (number < count % parts)


def _found(
    staff: Staff, random: Random, office_id: str, name: str, size: int, parent: str | None, pattern: str | None = None
) -> None:
    first = len(staff.workers) + 1
    for number in range(first, first + size):
        is_head = number == first
        own, employment = (None if is_head else pattern), "full_time"
        if pattern is None and not is_head and office_id != HR_OFFICE and random.random() < PART_TIME_SHARE:
            own, employment = "parttime", "part_time"
        length = len(PATTERNS[own][0].split()) if own else 1
        by_days = own in {"fire", "hospital"}
        worker = Worker(
            f"s{number:04d}",
            office_id,
            own,
            (number * 2 if own == "hospital" else number) % length if by_days else 0,
            employment,
            is_manager=is_head and office_id != HR_OFFICE,
            reader=pattern or "main",
        )
        staff.workers[worker.id] = worker
    staff.offices[office_id] = Office(office_id, name, f"s{first:04d}", parent)
