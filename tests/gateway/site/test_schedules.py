"""Schedules become windows: every form of them, on ordinary and on special days."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.access.policy import Schedule
from domain.civil import instant
from gateway.site.description import ScheduleDescription, Weekday
from gateway.site.schedules import HOLIDAYS, expand_schedule


@st.composite
def schedules(draw: st.DrawFn) -> ScheduleDescription:
    opens = draw(st.integers(0, 1439))
    closes = draw(st.integers(opens + 1, min(opens + 1440, 47 * 60 + 59)))
    return ScheduleDescription(
        id="s",
        name="s",
        days=tuple(draw(st.sets(st.sampled_from(Weekday), min_size=1))),
        opens=f"{opens // 60:02}:{opens % 60:02}",
        closes=f"{closes // 60:02}:{closes % 60:02}",
        except_holidays=draw(st.booleans()),
    )


@settings(deadline=None)
@given(schedules(), st.sets(st.dates(date(2026, 11, 16), date(2026, 12, 20)), max_size=6), st.data())
def test_windows_hold_exactly_when_the_hours_say_so(
    schedule: ScheduleDescription, holidays: set[date], data: st.DataObject
) -> None:
    first_on, days = date(2026, 11, 16), 28
    windows = expand_schedule(schedule, {HOLIDAYS: holidays}, first_on=first_on, days=days)
    assert_disjoint(windows)
    on = first_on + timedelta(days=data.draw(st.integers(0, days - 1)))
    minute = data.draw(st.integers(0, 1439))
    opened = [
        (on - timedelta(days=back), minute + back * 1440)
        for back in (0, 1)
        if schedule.opens_minute <= minute + back * 1440 < schedule.closes_minute
    ]
    expected = any(
        day.weekday() in {held.number for held in schedule.days} and not (schedule.except_holidays and day in holidays)
        for day, _ in opened
    )
    assert windows.holds(instant(on, minute)) == expected


def assert_disjoint(windows: Schedule) -> None:
    ends = [at for window in zip(windows.opens_at, windows.closes_at, strict=True) for at in window]
    assert ends == sorted(set(ends))
