"""The four cells of the city's own screen, exactly (reference, section 4)."""

from datetime import date

from domain.attendance.divergence import Divergence, DivergenceKind
from domain.attendance.facts import Direction, MonthFacts, Order, Punch
from domain.attendance.month import PersonDay, derive_month
from domain.attendance.spans import axis_minute
from domain.civil import parse_clock
from tests.profiles import HAGI


def punch(day: int, clock: str, direction: str) -> Punch:
    return Punch(axis_minute(date(2025, 11, day), parse_clock(clock)), Direction(direction))


def order(day: int, starts: str, ends: str) -> Order:
    on = date(2025, 11, day)
    return Order(axis_minute(on, parse_clock(starts)), axis_minute(on, parse_clock(ends)))


MONTH = derive_month(
    MonthFacts(
        person_id="p1",
        profile=HAGI,
        first_on=date(2025, 11, 1),
        last_on=date(2025, 11, 30),
        known_from_on=date(2025, 11, 1),
        punches=tuple(
            punch(day, clock, direction)
            for day, came, left in (
                (10, "08:30", "17:15"),
                (11, "08:25", "17:45"),
                (13, "08:20", "20:30"),
                (17, "08:24", "20:00"),
            )
            for clock, direction in ((came, "in"), (left, "out"))
        ),
        orders=(order(13, "17:15", "20:30"), order(17, "17:15", "20:00")),
    )
)


def cell(day: int) -> PersonDay:
    return MONTH.days[day - 1]


def test_10th_on_time_shows_nothing() -> None:
    assert (cell(10).overtime_minutes, cell(10).divergences, cell(10).missing) == (0, (), ())
    assert (cell(10).in_minute, cell(10).out_minute, cell(10).regular_minutes) == (510, 1035, 465)


def test_11th_stays_30_minutes_without_an_order() -> None:
    assert cell(11).overtime_minutes == 0
    assert cell(11).divergences == (Divergence(DivergenceKind.unordered_stay, 30, 1035, 1065),)


def test_13th_is_3_15() -> None:
    assert (cell(13).overtime_shown, cell(13).overtime_minutes) == ("3.15", 195)
    assert (cell(13).worked_minutes, cell(13).regular_minutes, cell(13).beyond_statutory_minutes) == (670, 465, 180)
    assert cell(13).classes == {"weekday_day": 195}
    assert cell(13).divergences == ()


def test_17th_is_2_45() -> None:
    assert cell(17).overtime_shown == "2.45"
    assert cell(17).beyond_statutory_minutes == 150


def test_their_sum_prints_6_00() -> None:
    assert MONTH.overtime_shown == "6.00"
    assert MONTH.pay_hours == {"125": 6}


def test_every_day_of_the_month_is_there() -> None:
    assert [day.on.day for day in MONTH.days] == list(range(1, 31))
