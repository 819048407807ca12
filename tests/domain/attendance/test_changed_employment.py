"""Somebody changes within a month (L9, L18): each day counts by the employment of it, a month keeps its caps."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.attendance.caps import month_caps, year_caps
from domain.attendance.facts import Employment, FormerStaff, MonthFacts, Order, Punch, Staff, Workplace
from domain.attendance.forecast import forecast_caps
from domain.attendance.month import PersonMonth, count_facts, derive_month
from domain.attendance.overtime_report import sum_overtime, use_caps
from domain.attendance.person_day import PersonDay
from domain.attendance.spans import axis_minute
from tests.domain.attendance.questions import ask, facts, here, on, order
from tests.domain.attendance.test_properties import month_facts
from tests.profiles import HAGI

FULL, PART = Employment.full_time, Employment.part_time
PROMOTED = Staff(manager=True, former=(FormerStaff(on(15), FULL, manager=False),))
DEMOTED = Staff(former=(FormerStaff(on(15), FULL, manager=True),))
SHORT = dict.fromkeys((13, 14, 17, 18), "09:00-15:00")
NOVEMBER = (2025, 11)
HOUR = 60


def evenings(*days: int) -> dict[str, list]:
    """Three hours of ordered overtime on each day."""
    taps = [tap for day in days for tap in here(day, "08:30", "20:15")]
    return {"taps": taps, "orders": [order(day, "17:15", "20:15") for day in days]}


def day_of(month: PersonMonth, day: int) -> PersonDay:
    return month.days[day - 1]


def test_l18_overtime_until_the_promotion_and_none_since() -> None:
    month = ask(**evenings(13, 14, 17, 18), staff=PROMOTED)
    assert [day_of(month, day).overtime_minutes for day in (13, 14, 17, 18)] == [180, 180, 0, 0]
    assert month.classes == {"weekday_day": 360}
    assert month.pay_hours == {"125": 6}


def test_l18_a_managers_special_duty_only_while_a_manager() -> None:
    taps = [tap for day in (15, 16, 22) for tap in here(day, "09:00", "16:30")]

    def duties(staff: Staff) -> list[str | None]:
        return [day_of(ask(taps=taps, staff=staff), day).special_duty for day in (15, 16, 22)]

    assert duties(PROMOTED) == [None, "over_6h", "over_6h"]
    assert duties(DEMOTED) == ["over_6h", None, None]


def test_nobody_asks_about_a_managers_stay_and_everybody_else_explains_it() -> None:
    taps = [tap for day in (14, 17) for tap in here(day, "08:30", "19:00")]
    assert [len(day_of(ask(taps=taps, staff=PROMOTED), day).divergences) for day in (14, 17)] == [1, 0]
    assert [len(day_of(ask(taps=taps, staff=DEMOTED), day).divergences) for day in (14, 17)] == [0, 1]


def test_l9_the_plain_rate_of_a_part_timer_ends_with_the_part_time() -> None:
    taps = [tap for day in (13, 14, 17, 18) for tap in here(day, "09:00", "17:00")]
    orders = [order(day, "15:00", "17:00") for day in (13, 14, 17, 18)]
    became = Staff(FULL, former=(FormerStaff(on(16), PART, manager=False),))
    month = ask(taps=taps, orders=orders, shifts=SHORT, staff=became)
    classes = [dict(day_of(month, day).classes) for day in (13, 14, 17, 18)]
    assert classes == [{"parttime_day": 105, "weekday_day": 15}] * 2 + [{"weekday_day": 120}] * 2
    left = Staff(PART, former=(FormerStaff(on(16), FULL, manager=False),))
    classes = [dict(day_of(ask(taps=taps, orders=orders, shifts=SHORT, staff=left), day).classes) for day in (13, 18)]
    assert classes == [{"weekday_day": 120}, {"parttime_day": 105, "weekday_day": 15}]


def test_r8_the_caps_of_a_month_of_both_are_whole() -> None:
    """労基法36⑥ and 人事院規則15-14 16の2の2 cap a month and no part of it."""
    assert [cap.rule for cap in month_caps(PROMOTED, HAGI, NOVEMBER)] == ["notice_80h", "month_45h"]
    assert [cap.rule for cap in month_caps(DEMOTED, HAGI, NOVEMBER)] == ["notice_80h", "month_45h"]
    assert [cap.rule for cap in month_caps(PROMOTED, HAGI, (2025, 12))] == ["notice_80h"]
    assert [cap.rule for cap in year_caps(PROMOTED, HAGI, 2025)] == ["year_360h"]
    assert [cap.rule for cap in year_caps(PROMOTED, HAGI, 2026)] == []
    assert {cap.rule: cap.minutes for cap in month_caps(PROMOTED, HAGI, NOVEMBER)}["month_45h"] == 45 * HOUR


def test_r5_the_sixty_hours_are_the_months_and_begin_anew_for_nobody() -> None:
    """Demoted on the 16th: the hours since then count from 0:00, for before there was no overtime to count."""
    days = [date(2025, 11, day) for day in range(17, 29) if date(2025, 11, day).weekday() < 5 and day != 24]
    taps: list[Punch] = []
    orders: list[Order] = []
    for each in days:
        taps += here(each.day, "08:30", "24:45")
        orders.append(order(each.day, "17:15", "24:45"))
    month = ask(taps=taps, orders=orders, staff=DEMOTED)
    assert month.overtime_minutes == 9 * 450
    assert sum(month.after_60h.values()) == 9 * 450 - 60 * HOUR


def test_r16_the_notice_adds_up_both() -> None:
    """安衛法66の8の3: the state of the month's whole working hours; ordered minutes before, presence outside since."""
    asked = facts(**evenings(13, 14, 17, 18), staff=PROMOTED)
    (counted,) = (each for month, each in count_facts(asked).items() if month == NOVEMBER)
    assert sum(entry.minutes for entry in counted.notice) == 4 * 180
    assert [entry.name for entry in counted.notice] == ["weekday_day", "weekday_day", "manager", "manager"]
    assert sum(entry.minutes for entry in counted.overtime) == 2 * 180
    sums = sum_overtime(derive_month(asked), PROMOTED)
    assert (sums.overtime_minutes, sums.notice_minutes) == (360, 720)
    uses = {use.rule: use.used_minutes for use in use_caps({NOVEMBER: sums}, NOVEMBER, PROMOTED, HAGI)}
    assert uses == {"month_45h": 360, "notice_80h": 720, "year_360h": 360}


def test_the_outlook_says_the_same() -> None:
    asked = facts(**evenings(13, 14, 17, 18), staff=PROMOTED)
    ordinance, _ = forecast_caps(asked, axis_minute(on(30)))
    assert {cap.rule: cap.counted_minutes for cap in ordinance.caps} == {"notice_80h": 720, "month_45h": 360}


@settings(max_examples=40)
@given(month_facts(), st.lists(st.integers(-6, 33), max_size=3, unique=True))
def test_a_change_to_the_same_changes_nothing(asked: MonthFacts, days: list[int]) -> None:
    staff = asked.staff
    same = tuple(
        FormerStaff(asked.first_on + timedelta(days=day), staff.employment, staff.manager) for day in sorted(days)
    )
    before, after = derive_month(asked), derive_month(replace(asked, staff=replace(staff, former=same)))
    assert after == before


@settings(max_examples=40)
@given(month_facts(), st.sampled_from(Employment), st.booleans(), st.integers(1, 29))
def test_each_side_of_a_change_counts_as_if_it_had_always_been_so(
    asked: MonthFacts, employment: Employment, manager: bool, day: int
) -> None:
    """But for what is a week's or the month's: without the 40 hours and the 60-hour step, days before the change are as
    those of somebody who was so all the time, days since as those of somebody who is."""
    asked = replace(asked, profile=replace(HAGI, step_minutes=10**6))
    was = Staff(employment, manager=manager, workplace=asked.staff.workplace)
    changed = replace(asked.staff, former=(FormerStaff(on(day), employment, manager),))
    both = derive_month(replace(asked, staff=changed)).days
    before, since = derive_month(replace(asked, staff=was)).days, derive_month(asked).days
    assert both == (*before[:day], *since[day:])


def test_a_week_of_a_change_knows_both_of_its_sides() -> None:
    """Where the plain rate ends by the week (38:45), the week's plan is whole and only part-time days have its room."""
    weekly = replace(HAGI, part_time_week_minutes=2325)
    taps = [tap for day in (17, 18) for tap in here(day, "09:00", "17:00")]
    orders = [order(day, "15:00", "17:00") for day in (17, 18)]
    became = Staff(FULL, former=(FormerStaff(on(17), PART, manager=False),))
    month = ask(taps=taps, orders=orders, shifts=SHORT, staff=became, profile=weekly)
    assert [dict(day_of(month, day).classes) for day in (17, 18)] == [{"parttime_day": 120}, {"weekday_day": 120}]


def test_who_moves_and_changes_has_the_caps_of_both() -> None:
    driven = replace(PROMOTED, workplace=Workplace.externally_driven)
    assert [cap.rule for cap in month_caps(driven, HAGI, NOVEMBER)] == ["notice_80h", "month_100h"]
