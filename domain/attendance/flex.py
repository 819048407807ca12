"""Flexible hours (フレックスタイム, L20): the band, the core, and the stretch of days over which hours even out. Pure.

A city assigns the hours of each day beforehand, as the person wished, so that the settlement period has its week on
average (勤務時間法6③, 人事院規則15-14 3; for local staff 労基法32の2, R10). Plain law leaves the hours to the person
and counts against the frame of the period (労基法32の3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from domain.attendance.flex_period import settlement_period
from domain.attendance.plan import DayPlan
from domain.attendance.profile import Counting, InForce, Profile
from domain.attendance.shift import DayKind

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class FlexStretch:
    """The days of one settlement period that are settled together, both ends included, and the rules they go by."""

    first_on: date
    last_on: date
    profile: Profile

    @property
    def days(self) -> tuple[date, ...]:
        """Give the days in order."""
        return tuple(self.first_on + timedelta(days=each) for each in range((self.last_on - self.first_on).days + 1))

    @property
    def frame_minutes(self) -> int:
        """Give the statutory frame (総枠): 40:00 for seven days; a fraction of a minute is the person's."""
        return self.profile.statutory_week_minutes * len(self.days) // _WEEK.days

    def holds(self, on: date) -> bool:
        """Tell whether a day is one of them."""
        return self.first_on <= on <= self.last_on


def find_stretches(plan: Mapping[date, DayPlan], rules: InForce) -> tuple[FlexStretch, ...]:
    """Give the stretches of a plan in order.

    One reaches over its whole settlement period, less the days at either end that lie beyond ordinary days of work:
    who begins in the middle of a period settles what is left of it.
    """
    if not any(day.is_flexible for day in plan.values()):
        return ()

    def settled_with(on: date) -> tuple[date, Profile]:
        profile = rules.on(on)
        return settlement_period(on, profile)[0], profile

    periods = groupby(sorted(plan), key=settled_with)
    found = (_stretch([plan[on] for on in days], profile) for (_, profile), days in periods)
    return tuple(each for each in found if each is not None)


def due_minutes(day: DayPlan, profile: Profile) -> int:
    """Give what a day adds to the hours of its settlement period: those assigned, by plain law the standard day's."""
    if day.kind is not DayKind.work:
        return 0
    is_standard = day.is_flexible and profile.counting is Counting.statutory
    return day.leave_minutes if is_standard else day.net_minutes


def statutory_day_minutes(day: DayPlan, profile: Profile) -> int:
    """Give how long a day may be by law: 8:00, or what was assigned beforehand where that is longer (労基法32の2)."""
    return max(profile.statutory_day_minutes, day.net_minutes if day.is_flexible else 0)


def statutory_week_minutes(days: Iterable[DayPlan], profile: Profile) -> int:
    """Give how long a week may be by law: 40:00, or what was assigned beforehand where that is longer (労基法32の2)."""
    week = [day for day in days if day.kind is DayKind.work]
    assigned = sum(day.net_minutes for day in week) if any(day.is_flexible for day in week) else 0
    return max(profile.statutory_week_minutes, assigned)


def _stretch(days: list[DayPlan], profile: Profile) -> FlexStretch | None:
    flexible = [day.on for day in days if day.is_flexible]
    if not flexible:
        return None
    ordinary = [day.on for day in days if _is_ordinary(day)]
    before = max((on for on in ordinary if on < flexible[0]), default=None)
    after = min((on for on in ordinary if on > flexible[-1]), default=None)
    first_on = days[0].on if before is None else before + timedelta(days=1)
    last_on = days[-1].on if after is None else after - timedelta(days=1)
    return FlexStretch(first_on, last_on, profile)


def _is_ordinary(day: DayPlan) -> bool:
    return day.kind is DayKind.work and bool(day.duty) and not day.is_flexible and not day.holiday_duty
