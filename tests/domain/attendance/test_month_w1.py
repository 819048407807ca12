"""The reference's worked month W1 in both variants, to the minute (reference, section 3.3)."""

import itertools
from datetime import date

import pytest

from domain.attendance.facts import Staff, Swap, Workplace
from domain.attendance.ledger import explain_day
from domain.attendance.month import PersonMonth
from tests.domain.attendance.questions import ask, crossed, here, on, order
from tests.profiles import HAGI

EVENINGS = {
    4: "20:15", 5: "24:00", 6: "20:15", 7: "21:15", 10: "20:30", 12: "24:00", 13: "20:30", 14: "21:00", 15: "19:15",
    17: "20:00", 18: "22:00", 20: "24:00", 21: "19:15", 26: "20:15", 27: "20:00", 28: "18:15",
}  # fmt: skip
ORDERS = (
    *(order(day, "17:15", ends) for day, ends in EVENINGS.items()),
    order(22, "09:00", "16:00", ("12:00", "13:00")),
    order(24, "13:00", "26:00", ("18:00", "19:00")),
)
PLAIN = (11, 25)
TAPS = (
    *(tap for day, ends in EVENINGS.items() for tap in here(day, "08:25", ends)),
    *(tap for day in PLAIN for tap in here(day, "08:25", "17:20")),
    *here(22, "08:55", "16:05"),
    *here(24, "12:55", "26:00"),
)
SWAP = (Swap(date(2025, 11, 15), date(2025, 11, 19)),)


def w1(**said: object) -> PersonMonth:
    return ask(**{"taps": TAPS, "orders": ORDERS, "swaps": SWAP, **said})


A = w1()
B = w1(swap_in_60h=True)


@pytest.mark.parametrize("month", [A, B])
def test_classes(month: PersonMonth) -> None:
    assert month.overtime_minutes == 4350
    assert month.overtime_shown == "72.30"
    assert month.classes == {
        "weekday_day": 3165,
        "weekday_night": 480,
        "restday_day": 585,
        "restday_night": 120,
        "holiday_regular": 255,
        "swap_week": 465,
    }


def test_after_60h_in_a() -> None:
    assert A.after_60h == {"weekday_day": 405, "weekday_night": 120, "restday_day": 105, "restday_night": 120}


def test_after_60h_in_b() -> None:
    assert B.after_60h == {"weekday_day": 405, "weekday_night": 120, "restday_day": 570, "restday_night": 120}


def test_crossings() -> None:
    assert crossed(A) == [("month_45h", "20 19:00"), ("step_60h", "24 20:15")]
    assert crossed(B) == [("month_45h", "20 19:00"), ("step_60h", "22 09:15")]


def test_an_externally_driven_department_stays_inside() -> None:
    month = w1(staff=Staff(workplace=Workplace.externally_driven))
    assert crossed(month) == [("step_60h", "24 20:15")]


def test_pay_hours_per_rate_in_a() -> None:
    assert A.pay_hours == {
        "125": 46, "135": 8, "150": 15, "175": 4, "swap_week": 8, "holiday_regular": 4,
    }  # fmt: skip


def test_pay_hours_per_rate_in_b() -> None:
    assert B.pay_hours == {
        "125": 46, "135": 0, "150": 22, "175": 4, "swap_week": 8, "holiday_regular": 4,
    }  # fmt: skip


def test_swap_week_over_40_hours() -> None:
    month = w1(swap_week_threshold_minutes=2400)
    assert month.classes["swap_week"] == 390


def test_four_short_intervals() -> None:
    assert [(short.on.day, short.minutes) for short in A.intervals] == [(6, 510), (13, 510), (21, 510), (25, 390)]


def test_nothing_diverges() -> None:
    assert [day.on for day in A.days if day.divergences or day.missing] == []


def test_the_ledger_adds_up_and_touches() -> None:
    summed: dict[str, int] = {}
    for day in A.days:
        rows = explain_day(day, HAGI)
        for row in rows:
            for name in row.name.split("+"):
                summed[name] = summed.get(name, 0) + row.to_minute - row.from_minute
        for before, after in itertools.pairwise(rows):
            assert before.to_minute == after.from_minute, day.on
        if rows:
            assert (rows[0].from_minute, rows[-1].to_minute) == (day.in_minute, day.out_minute)
    for name, minutes in A.classes.items():
        assert summed[name] == minutes, name


def test_the_ledger_cuts_at_the_60_hour_step() -> None:
    rows = [row for row in explain_day(A.days[23], HAGI) if row.name.startswith("restday")]
    assert [(row.from_minute, row.to_minute, row.rate) for row in rows] == [
        (1035, 1080, 135), (1140, 1215, 135), (1215, 1320, 150), (1320, 1440, 175),
    ]  # fmt: skip


def test_the_swapped_days_change_places() -> None:
    assert (A.days[14].kind, A.days[18].kind) == ("work", "rest")
    assert A.days[14].regular_minutes == 465
    assert on(15).isoweekday() == 6
