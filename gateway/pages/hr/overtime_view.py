"""Overtime of departments and people against the caps, to be drawn: one scale for all, the nearest first. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.attendance.caps import Month, year_bounds, year_of
from domain.attendance.facts import Staff
from domain.attendance.overtime_report import AVERAGE_MONTHS, CapUse, use_caps
from domain.attendance.profile import Profile
from domain.civil import month_end
from store.overtime_sums import DepartmentSums, PersonSums

WIDTH = 1000
"""The length of a bar's frame in its own units."""

NEAR_PERCENT = 80
"""From this share of a cap on a person is named."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """A department's average and highest against a limit, all in minutes, and how many minutes the frame is long."""

    average_minutes: int
    highest_minutes: int
    limit_minutes: int
    scale_minutes: int

    @property
    def average(self) -> int:
        """Give the length of the average's bar."""
        return self._at(self.average_minutes)

    @property
    def highest(self) -> int:
        """Give where the highest lies."""
        return self._at(self.highest_minutes)

    @property
    def limit(self) -> int:
        """Give where the limit lies."""
        return self._at(self.limit_minutes)

    @property
    def level(self) -> str:
        """Say how near the highest is to the limit: ``far``, ``near`` or ``over``."""
        if self.highest_minutes > self.limit_minutes:
            return "over"
        return "near" if self.highest_minutes * 100 >= self.limit_minutes * NEAR_PERCENT else "far"

    def _at(self, minutes: int) -> int:
        return WIDTH * minutes // self.scale_minutes


@dataclass(frozen=True, slots=True)
class DepartmentView:
    """A department's row."""

    sums: DepartmentSums
    month: Gauge
    year: Gauge


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody who is near a cap or over one; ``uses`` are the caps that say so, the fullest first."""

    person: PersonSums
    uses: tuple[CapUse, ...]

    @property
    def is_over(self) -> bool:
        """Tell whether a cap is crossed."""
        return any(use.is_crossed for use in self.uses)


def view_departments(sums: Iterable[DepartmentSums], profile: Profile) -> tuple[DepartmentView, ...]:
    """Tell departments, the one with the highest average of the month first; all bars are drawn to one scale."""
    sums = tuple(sums)
    month_scale = _scale(profile.month_cap_minutes, (each.month_highest_minutes for each in sums))
    year_scale = _scale(profile.year_cap_minutes, (each.year_highest_minutes for each in sums))
    views = (
        DepartmentView(
            each,
            Gauge(
                each.month_minutes // each.people, each.month_highest_minutes, profile.month_cap_minutes, month_scale
            ),
            Gauge(each.year_minutes // each.people, each.year_highest_minutes, profile.year_cap_minutes, year_scale),
        )
        for each in sums
    )
    return tuple(sorted(views, key=lambda view: (-view.month.average_minutes, view.sums.id)))


def view_people(
    people: Iterable[PersonSums], staff: Mapping[str, Staff], month: Month, profile: Profile
) -> tuple[PersonView, ...]:
    """Tell who is near a cap of the month or of its year, or over one; the nearest first."""
    views = []
    for person in people:
        uses = use_caps(person.sums, month, staff.get(person.person_id, Staff()), profile)
        near = tuple(use for use in uses if use.percent >= NEAR_PERCENT or use.is_crossed)
        if near:
            views.append(PersonView(person, near))
    return tuple(sorted(views, key=lambda view: (not view.is_over, -view.uses[0].percent, view.person.person_id)))


def list_year(month: Month, profile: Profile) -> list[str]:
    """Give the months of the month's year of counting up to it."""
    first_on, _ = year_bounds(year_of(month, profile), profile)
    count = (month[0] - first_on.year) * 12 + month[1] - first_on.month + 1
    return [f"{month_end(first_on, months=each):%Y-%m}" for each in range(count)]


def list_window(month: Month, profile: Profile) -> list[str]:
    """Give the months that caps of a month look at: those of its year, and of the longest average."""
    numbers = [month[0] * 12 + month[1] - 1 - back for back in range(AVERAGE_MONTHS[-1])]
    window = {f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers}
    return sorted(window | set(list_year(month, profile)))


def _scale(limit: int, highest: Iterable[int]) -> int:
    return max(1, limit * 5 // 4, *highest)
