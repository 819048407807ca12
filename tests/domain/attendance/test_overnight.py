"""Taps without a direction in duties that reach over the date change: paired by the duty, never by the cut of a day."""

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.directions import derive_directions, in_order
from domain.attendance.facts import Direction, MonthFacts, Punch
from domain.attendance.month import PersonMonth, derive_month
from domain.attendance.overnight import derive_overnight
from domain.attendance.plan import derive_plan
from domain.attendance.shift import OFF_DUTY, REST, Shift
from domain.attendance.shift_text import parse_shift
from domain.attendance.spans import axis_minute
from tests.domain.attendance.questions import at, facts, on, order, tap, told
from tests.profiles import HAGI

FIRE = parse_shift("08:30-32:30 break 12:00-13:00, 22:00-28:30")
NIGHT = parse_shift("16:30-33:15 break 24:00-26:00")
MIDNIGHT = parse_shift("00:30-09:15 break 04:00-05:00")
DAY = parse_shift("08:30-17:15 break 12:00-13:00")


def rostered(shifts: dict[int, Shift], *taps: Punch, **given: object) -> PersonMonth:
    asked = facts(taps=taps, **given)  # type: ignore[arg-type]
    return derive_month(replace(asked, shifts={on(day): shift for day, shift in shifts.items()}))


def stretches(month: PersonMonth, day: int) -> list[tuple[int, int]]:
    found = month.days[day - 1].assessment
    return (
        []
        if found is None
        else [(each.starts - at(day, "0:00"), each.ends - at(day, "0:00")) for each in found.stretches]
    )


def test_a_fire_crew_taps_twice_in_a_duty_of_24_hours() -> None:
    month = rostered({13: FIRE, 14: OFF_DUTY}, tap(13, "08:20"), tap(14, "08:35"))
    assert stretches(month, 13) == [(500, 1955)]
    assert (month.days[12].regular_minutes, told(month, 13), told(month, 14)) == (24 * 60 - 450, [], [])


def test_who_goes_out_in_the_duty_comes_back_to_it_on_either_side_of_the_date_change() -> None:
    taps = [tap(13, "08:20"), tap(14, "04:40"), tap(14, "05:20"), tap(14, "08:35")]
    month = rostered({13: FIRE, 14: OFF_DUTY}, *taps)
    assert stretches(month, 13) == [(500, 1720), (1760, 1955)]
    assert told(month, 13) == told(month, 14) == []


def test_a_midnight_shift_begins_before_its_day_and_takes_nothing_from_the_day_before() -> None:
    taps = [tap(12, "08:20"), tap(12, "17:20"), tap(13, "00:20"), tap(13, "09:20")]
    month = rostered({12: DAY, 13: MIDNIGHT}, *taps)
    assert (stretches(month, 12), stretches(month, 13)) == ([(500, 1040)], [(20, 560)])
    assert told(month, 12) == told(month, 13) == []


def test_nights_one_after_another_are_each_their_own() -> None:
    taps = [tap(12, "16:20"), tap(13, "09:20"), tap(13, "16:25"), tap(14, "09:30")]
    month = rostered({12: NIGHT, 13: NIGHT, 14: OFF_DUTY}, *taps)
    assert (stretches(month, 12), stretches(month, 13)) == ([(980, 2000)], [(985, 2010)])


def test_duties_without_a_pause_are_one() -> None:
    month = rostered({13: FIRE, 14: FIRE, 15: OFF_DUTY}, tap(13, "08:20"), tap(15, "08:20"))
    assert (stretches(month, 13), stretches(month, 14)) == ([(500, 1950)], [(510, 1940)])


def test_what_was_ordered_after_the_duty_belongs_to_it() -> None:
    taps = (tap(13, "08:20"), tap(14, "13:05"))
    ordered = rostered({13: FIRE, 14: OFF_DUTY}, *taps, orders=[order(14, "08:30", "13:00")])
    assert stretches(ordered, 13) == [(500, 24 * 60 + 785)]
    assert ordered.days[12].overtime_minutes == 270
    alone = rostered({13: FIRE, 14: OFF_DUTY}, *taps)
    assert [item.direction for item in alone.days[12].missing] == ["out"]  # so late it is no end of the duty by itself


def test_overtime_up_to_the_hours_before_a_midnight_shift_stays_with_its_own_day() -> None:
    taps = [tap(12, "08:20"), tap(12, "22:40"), tap(13, "00:20"), tap(13, "09:20")]
    month = rostered({12: DAY, 13: MIDNIGHT}, *taps, orders=[order(12, "17:15", "22:30")])
    assert (stretches(month, 12), stretches(month, 13)) == ([(500, 1360)], [(20, 560)])


def test_a_forgotten_tap_is_missed_in_its_own_duty_alone() -> None:
    month = rostered({12: NIGHT, 14: NIGHT, 15: OFF_DUTY}, tap(12, "16:20"), tap(14, "16:25"), tap(15, "09:20"))
    assert told(month, 12) == [("missing_out", 0)]
    assert (stretches(month, 14), told(month, 14)) == ([(985, 2000)], [])


@pytest.mark.parametrize("text", ["21:00-29:00", "05:00-13:00"])
def test_a_duty_that_ends_or_begins_at_the_date_change_reaches_it(text: str) -> None:
    plan = derive_plan(replace(facts(), shifts={on(13): parse_shift(text)}))
    assert len(derive_overnight(plan, (), HAGI)) == 1


def test_a_duty_within_a_day_reaches_nothing_whatever_was_ordered() -> None:
    plan = derive_plan(replace(facts(), shifts={on(13): parse_shift("17:00-28:59")}))
    assert derive_overnight(plan, [order(13, "28:59", "35:00")], HAGI) == ()


SHIFTS = st.sampled_from([FIRE, NIGHT, MIDNIGHT, DAY, REST, OFF_DUTY, parse_shift("07:00-10:00 / 16:00-19:30")])
FIRST = date(2025, 11, 10)
MINUTES = st.integers(axis_minute(FIRST), axis_minute(FIRST + timedelta(days=8)))
TAPS = st.lists(
    st.builds(Punch, MINUTES, st.sampled_from(Direction), tick=st.integers(0, 59_999_999)), max_size=24
).map(lambda taps: [replace(each, ref=str(number)) for number, each in enumerate(taps)])


@st.composite
def weeks(draw: st.DrawFn) -> MonthFacts:
    planned = {FIRST + timedelta(days=ahead): draw(SHIFTS) for ahead in range(8)}
    starts = draw(st.lists(MINUTES, max_size=4))
    orders = tuple(
        replace(order(13, "0:00", "0:01"), starts=each, ends=each + draw(st.integers(1, 600))) for each in starts
    )
    return replace(facts(taps=draw(TAPS)), shifts=planned, orders=orders)


@given(weeks(), st.integers(0, 10_000))
def test_the_order_in_which_taps_come_changes_nothing(asked: MonthFacts, seed: int) -> None:
    dice = random.Random(seed)
    taps, orders = list(asked.punches), list(asked.orders)
    dice.shuffle(taps)
    dice.shuffle(orders)
    assert derive_month(replace(asked, punches=tuple(taps + taps[:3]), orders=tuple(orders))) == derive_month(asked)


@given(weeks())
def test_no_tap_is_used_twice(asked: MonthFacts) -> None:
    overnight = derive_overnight(derive_plan(asked), asked.orders, asked.profile)
    taken = [each.ref for each in derive_directions(in_order(asked.punches), asked.profile, overnight)]
    assert len(taken) == len(set(taken))
    month = derive_month(asked)
    found = [each for day in month.days if day.assessment for each in day.assessment.stretches]
    spans = sorted((each.starts, each.ends) for each in found)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    pairs = {each.refs for each in found}  # one stretch may stand on two days, cut where the next duty is due
    ends = [ref for pair in pairs for ref in pair]
    assert len(ends) == len(set(ends))


@given(weeks())
def test_times_of_duties_are_disjoint_and_hold_their_duty(asked: MonthFacts) -> None:
    plan = derive_plan(asked)
    overnight = derive_overnight(plan, asked.orders, asked.profile)
    assert all(one[1] <= other[0] for one, other in pairwise(overnight))
    for day in plan.values():
        if day.starts is not None and day.window[-1][1] >= axis_minute(day.on, 29 * 60):
            assert any(starts <= day.starts and day.window[-1][1] <= ends for starts, ends in overnight)


@given(weeks())
def test_where_no_duty_reaches_the_date_change_a_day_is_cut_as_ever(asked: MonthFacts) -> None:
    calm = replace(
        asked, shifts={on: DAY if shift in {FIRE, NIGHT, MIDNIGHT} else shift for on, shift in asked.shifts.items()}
    )
    plan = derive_plan(calm)
    assert derive_overnight(plan, calm.orders, calm.profile) == ()


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=3))
def test_a_crew_that_taps_twice_a_duty_never_misses_a_punch(slack: list[tuple[int, int]]) -> None:
    planned, taps = {}, []
    for number, (early, late) in enumerate(slack):
        first = on(10 + number * 3)
        planned |= {first: FIRE, first + timedelta(days=1): OFF_DUTY, first + timedelta(days=2): REST}
        taps += [
            Punch(axis_minute(first, 510 - early), Direction.none, ref=f"{number}i"),
            Punch(axis_minute(first, 1950 + late), Direction.none, ref=f"{number}o"),
        ]
    month = derive_month(replace(facts(taps=taps), shifts=planned))
    assert [day.missing for day in month.days if day.missing] == []
    assert sum(day.regular_minutes for day in month.days if day.on in planned) == len(slack) * (24 * 60 - 450)
