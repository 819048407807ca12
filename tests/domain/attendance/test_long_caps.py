"""Caps over a year and over several months: near and crossed, to the minute, and what is ahead."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.attendance.facts import MonthFacts, Staff, Workplace
from domain.attendance.forecast import forecast_by
from domain.attendance.long_caps import LongCap, assess_long_caps, least_sums
from domain.attendance.month import count_facts
from domain.attendance.spans import axis_minute
from tests.domain.attendance.questions import facts, order
from tests.domain.attendance.test_national_rules import NONE, first_of, spread
from tests.profiles import HAGI

HOUR = 60
DRIVEN = Staff(workplace=Workplace.externally_driven)


def year(*each: int, staff: Staff | None = None) -> tuple[MonthFacts, int]:
    """Give the facts of the last of these months from April on, each with so many minutes of overtime, at its end."""
    taps, orders = [], []
    for index, minutes in enumerate(each):
        part = spread(minutes, first_of(4 + index), 400)
        taps += part["taps"]
        orders += part["orders"]
    first_on = first_of(4 + len(each) - 1)
    last_on = first_of(4 + len(each)) - timedelta(days=1)
    known = facts(
        taps=taps, orders=orders, holidays=NONE, period=(first_on.isoformat(), last_on.isoformat()), staff=staff
    )
    return replace(known, known_from_on=date(2025, 4, 1)), axis_minute(last_on, 1440)


def found(*each: int, staff: Staff | None = None) -> dict[str, LongCap]:
    return {cap.rule: cap for cap in assess_long_caps(*year(*each, staff=staff))}


def test_far_from_every_cap_nothing_is_told() -> None:
    assert found(*[30 * HOUR] * 8) == {}


def test_the_year_is_near_from_four_fifths_on() -> None:
    assert found(*[36 * HOUR] * 7, 36 * HOUR - 1) == {}
    near = found(*[36 * HOUR] * 8)["year_360h"]
    assert (near.scope, near.used, near.limit, near.crossed_at) == ("2025", 288 * HOUR, 360 * HOUR, None)
    assert near.pace_on is not None
    assert near.pace_on > date(2025, 11, 30)


def test_the_year_was_crossed_to_the_minute() -> None:
    crossed = found(*[45 * HOUR] * 8, 1 * HOUR)["year_360h"]
    assert crossed.crossed_at == axis_minute(date(2025, 12, 1), 17 * HOUR + 15)  # November filled it to the minute
    later = found(*[45 * HOUR] * 8, 1 * HOUR, 10 * HOUR)["year_360h"]
    assert (later.crossed_at, later.used) == (crossed.crossed_at, 371 * HOUR)  # told of the same minute ever after


def test_orders_that_were_given_are_foreseen_to_the_minute() -> None:
    known, _ = year(*[39 * HOUR] * 8)
    now = axis_minute(date(2025, 11, 30), 720)
    ahead = [order(f"2025-12-{day:02d}", "17:15", "23:15") for day in (*range(1, 6), *range(8, 12))]
    found_by_rule = {each.rule: each for each in assess_long_caps(replace(known, orders=(*known.orders, *ahead)), now)}
    assert found_by_rule["year_360h"].foreseen_at == axis_minute(date(2025, 12, 10), 23 * HOUR + 15)


def test_the_average_speaks_of_its_month_and_of_what_the_months_before_left() -> None:
    near = found(90 * HOUR, 60 * HOUR, staff=DRIVEN)["average_80h"]
    assert (near.scope, near.used, near.limit) == ("2025-05", 60 * HOUR, 70 * HOUR)
    crossed = found(90 * HOUR, 71 * HOUR, staff=DRIVEN)["average_80h"]
    assert crossed.crossed_at is not None
    assert "average_80h" not in found(90 * HOUR, 71 * HOUR, 10 * HOUR, staff=DRIVEN)  # that was May's
    assert "average_80h" not in found(90 * HOUR, 71 * HOUR)  # an ordinary department has none by the ordinance


def test_the_sixth_month_is_the_last_that_may_and_the_seventh_is_one_too_many() -> None:
    assert "months_over_45h" not in found(*[2701] * 5, staff=DRIVEN)
    sixth = found(*[2701] * 6, staff=DRIVEN)["months_over_45h"]
    assert (sixth.used, sixth.limit, sixth.crossed_at) == (6, 6, None)
    seventh = found(*[2701] * 7, staff=DRIVEN)["months_over_45h"]
    assert (seventh.used, seventh.crossed_at is not None) == (7, True)


def test_managers_have_none() -> None:
    assert found(*[45 * HOUR] * 9, staff=Staff(manager=True)) == {}


@settings(max_examples=25, deadline=None)
@given(months=st.lists(st.integers(0, 100 * HOUR), min_size=1, max_size=8), driven=st.booleans())
def test_whoever_is_near_or_over_has_at_least_the_least_sums(months: list[int], driven: bool) -> None:
    known, now = year(*months, staff=DRIVEN if driven else None)
    worked = [sum(each.minutes for each in month.overtime) for _, month in sorted(count_facts(known).items())]
    least = least_sums(HAGI)
    reaches = sum(worked) >= least.year_minutes or any(
        sum(worked[-length:]) >= least.average_minutes[length] for length in range(2, 7) if length <= len(worked)
    )
    told = assess_long_caps(known, now)
    assert reaches or told == ()
    limits = {cap.rule: cap.crossed_at for cap in forecast_by(known, now, HAGI.counting).caps}
    assert all(cap.crossed_at is None or cap.used > 0 for cap in told)
    assert {cap.rule for cap in told} <= limits.keys() | {"months_over_45h"}
