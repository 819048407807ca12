"""Schedules become windows: every form of them, on ordinary and on special days."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.access.policy import Schedule
from domain.access.threat import ThreatLevel
from domain.civil import JST, instant
from gateway.site.description import ScheduleDescription, Site, SpecialDaysDescription, Weekday, load_site
from gateway.site.hours import CITY_HOLIDAYS, HOLIDAYS
from gateway.site.layout import FIRMWARE_CONFIGS
from gateway.site.recurrence import parse_recurrence
from gateway.site.schedules import expand_schedule, special_days_of


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


SITE = load_site(FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml")
CALENDAR = frozenset({date(2026, 11, 3), date(2026, 11, 23)})
MONDAY = date(2026, 11, 16)


def site(*tables: SpecialDaysDescription) -> Site:
    return SITE.model_copy(update={"special_days": tables})


def windows(tables: tuple[SpecialDaysDescription, ...] = (), span_days: int = 14, **said: Any) -> list[str]:
    """The windows from Monday 2026-11-16 on, as ``16 09:00-17:00``."""
    schedule = ScheduleDescription.model_validate({"id": "s", "name": "s", "opens": "09:00", "closes": "17:00", **said})
    held = expand_schedule(schedule, special_days_of(site(*tables), CALENDAR), first_on=MONDAY, days=span_days)
    return [
        f"{_civil(opens):%d %H:%M}-{_civil(closes):%H:%M}"
        for opens, closes in zip(held.opens_at, held.closes_at, strict=True)
    ]


def _civil(at: datetime) -> datetime:
    return at.astimezone(JST)


CLOSING = SpecialDaysDescription(id="closing", name="閉庁日", dates=(date(2026, 11, 20),))
DESK = SpecialDaysDescription(id="desk", name="土曜窓口", rrule="FREQ=MONTHLY;BYDAY=2SA,4SA")


def test_a_rule_gives_the_days() -> None:
    assert windows(rrule="FREQ=MONTHLY;BYDAY=3MO,-1FR") == ["16 09:00-17:00", "27 09:00-17:00"]


def test_a_rule_begins_with_the_evening_before() -> None:
    told = windows(rrule="FREQ=DAILY", opens="22:00", closes="26:00", span_days=1)
    assert told == ["15 22:00-02:00", "16 22:00-02:00"]


@pytest.mark.parametrize(
    ("table", "left"),
    [
        (HOLIDAYS, ["22", "24"]),
        (CITY_HOLIDAYS, ["24"]),
        ("desk", ["21", "22", "23", "24"]),
    ],
)
def test_days_of_a_table_are_left_out(table: str, left: list[str]) -> None:
    told = windows(
        (DESK,), rrule="FREQ=DAILY;BYMONTHDAY=22,23,24" if table != "desk" else "FREQ=DAILY", **{"except": [table]}
    )
    days = [window[:2] for window in told]
    if table == "desk":
        assert "28" not in days
        assert "21" in days
    else:
        assert days == left


def test_except_holidays_is_the_same_as_the_table() -> None:
    assert windows(days=("mon",), except_holidays=True) == windows(days=("mon",), **{"except": ["holidays"]})


def test_a_table_brings_hours_of_its_own() -> None:
    told = windows((CLOSING, DESK), rrule="FREQ=WEEKLY;BYDAY=FR", on={"closing": "10:00-12:00", "desk": "09:00-12:30"})
    assert told == ["20 10:00-12:00", "27 09:00-17:00", "28 09:00-12:30"]


def test_hours_of_a_table_go_before_being_left_out() -> None:
    told = windows((CLOSING,), rrule="FREQ=WEEKLY;BYDAY=FR", on={"closing": "10:00-12:00"}, **{"except": ["closing"]})
    assert told == ["20 10:00-12:00", "27 09:00-17:00"]


def test_of_several_tables_the_first_counts() -> None:
    hours = {"closing": "10:00-12:00", "city_holidays": "13:00-14:00", "holidays": "15:00-16:00"}
    told = windows((CLOSING,), days=("fri",), on=hours)
    assert told == [
        "15 13:00-14:00",
        "20 10:00-12:00",
        *(f"{day} 13:00-14:00" for day in (21, 22, 23)),
        "27 09:00-17:00",
        *(f"{day} 13:00-14:00" for day in (28, 29)),
    ]


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(
        ["FREQ=DAILY;BYMONTHDAY=1,15,-1", "FREQ=WEEKLY;BYDAY=MO,WE;WKST=SU", "FREQ=MONTHLY;BYDAY=MO,2TU",
         "FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=SU,MO", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1,1"]
    ),
    st.dates(date(1950, 1, 1), date(2190, 1, 1)),
    st.integers(0, 500),
    st.integers(0, 500),
)  # fmt: skip
def test_the_days_of_a_rule_do_not_depend_on_where_one_looks(rule: str, first_on: date, before: int, days: int) -> None:
    recurrence, last_on = parse_recurrence(rule), first_on + timedelta(days=days)
    wider = recurrence.days_between(first_on - timedelta(days=before), last_on + timedelta(days=before))
    assert list(recurrence.days_between(first_on, last_on)) == [on for on in wider if first_on <= on <= last_on]


def test_a_level_opens_every_point_into_its_areas() -> None:
    level = SITE.levels[0].model_copy(
        update={"points": {"main_in": "extended"}, "areas": {"hall": "always", "office": "office_hours"}}
    )
    into = {point.id: point.area_to for point in SITE.access_points}
    told = SITE.points_of(level)
    assert told.pop("main_in") == "extended"
    wanted = {point: {"hall": "always", "office": "office_hours"}[area] for point, area in into.items()
              if area in {"hall", "office"} and point != "main_in"}  # fmt: skip
    assert told == wanted


def test_a_level_may_hold_for_a_threat_level_alone() -> None:
    level = SITE.levels[0].model_validate(
        {"id": "shelter", "name": "避難所", "areas": {"hall": "always"}, "during": "shelter"}
    )
    assert level.during is ThreatLevel.shelter
