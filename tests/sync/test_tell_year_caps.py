"""Caps over a year and several months are told in the morning, on both databases: once, the head without a name."""

from datetime import date, datetime, timedelta

import pytest

from domain.attendance.overtime_report import MonthSums
from domain.civil import instant
from domain.notices.message import Message
from domain.notices.year_notice import NOT_FORESEEN
from store.messages import list_messages
from store.orders import OvertimeOrder, insert_order
from store.overtime_sums import list_people_over, save_sums
from store.tx import Store
from sync.jobs.tell_year_caps import tell_year_caps
from tests.gateway.months.city import CityHall
from tests.profiles import HAGI
from tests.store.test_months import put_tap

ON = date(2025, 8, 1)
NOW = instant(ON, 480)
REGULAR_ENDS, LATE_ENDS = 1035, 1395
HOUR = 60


@pytest.fixture
def hall(store: Store) -> CityHall:
    return CityHall(store, now=NOW).found("p1", "p2", "head")


def live(hall: CityHall, first_on: date, days: int, ends: int = LATE_ENDS) -> int:
    """Let p1 work until late on so many weekdays; gives the minutes of overtime."""
    on, left = first_on, days
    with hall.store.transaction(hall.later()) as tx:
        while left:
            if on.isoweekday() <= 5:
                left -= 1
                hall._seq[0] += 2
                put_tap(tx, hall._seq[0] - 1, "p1", instant(on, 510), "in")
                put_tap(tx, hall._seq[0], "p1", instant(on, ends), "out")
                span = instant(on, REGULAR_ENDS), instant(on, ends)
                insert_order(tx, OvertimeOrder(f"o{on}", "p1", *span, "災害対応", "head", tx.now))
            on += timedelta(days=1)
    return days * (ends - REGULAR_ENDS)


def look(hall: CityHall, period: str, minutes: int, person_id: str = "p1") -> None:
    """Leave what a look through the month would have counted."""
    with hall.store.transaction(hall.later()) as tx:
        save_sums(tx, period, {person_id: MonthSums(minutes, minutes, minutes)})


def tell(hall: CityHall, on: date = ON, now: datetime = NOW) -> int:
    return tell_year_caps(hall.store, on, now, HAGI)


def told(hall: CityHall, person_id: str) -> list[Message]:
    with hall.store.reading(hall.now) as tx:
        return [each.message for each in reversed(list_messages(tx, person_id))]


def test_near_is_told_once_and_crossed_once_more_with_its_minute(hall: CityHall) -> None:
    for month in (4, 5, 6, 7):
        first_on = date(2025, month, 1)
        look(hall, f"{first_on:%Y-%m}", live(hall, first_on, 12))
    assert (tell(hall), tell(hall)) == (1, 0)
    (near,) = told(hall, "p1")
    assert (near.kind, near.subject, near.link) == ("year_cap_near", "2025/year_360h", "/months/2025-07/caps")
    assert near.filling["overtime"] == "288.00"
    assert near.filling["limit"] == "360.00"
    assert near.filling["forecast"] == "2025-09-02"  # 288 hours in 88 days: 72 more last 22 days
    assert told(hall, "head") == []
    look(hall, "2025-08", live(hall, date(2025, 8, 1), 13))
    later = instant(date(2025, 8, 25), 480)
    assert (tell(hall, date(2025, 8, 25), later), tell(hall, date(2025, 8, 25), later)) == (2, 0)
    crossed = told(hall, "p1")[-1]
    assert (crossed.kind, crossed.subject) == ("year_cap_crossed", "2025/year_360h")
    assert crossed.filling["on"] == "2025-08-18 23:15"  # the twelfth evening of August
    (of_staff,) = told(hall, "head")
    assert (of_staff.kind, of_staff.link) == ("staff_over_year_cap", "/attendance/overtime")
    assert of_staff.filling == {"period": "2025-08", "rule": "year_360h", "on": "2025-08-18 23:15"}


def test_what_is_ordered_is_foreseen_to_the_minute(hall: CityHall) -> None:
    look(hall, "2025-04", live(hall, date(2025, 4, 1), 20))
    look(hall, "2025-05", live(hall, date(2025, 5, 1), 20))
    look(hall, "2025-06", live(hall, date(2025, 6, 2), 18))
    with hall.store.transaction(hall.later()) as tx:
        for day in (1, 2, 3):
            span = instant(date(2025, 7, day), REGULAR_ENDS), instant(date(2025, 7, day), LATE_ENDS)
            insert_order(tx, OvertimeOrder(f"ahead{day}", "p1", *span, "災害対応", "head", tx.now))
    now = instant(date(2025, 6, 30), 480)
    assert tell(hall, date(2025, 6, 30), now) == 1
    assert told(hall, "p1")[0].filling["forecast"] == "2025-07-02 23:15"


def test_whoever_is_far_from_it_is_not_even_counted(hall: CityHall) -> None:
    look(hall, "2025-07", 100 * HOUR, "p2")
    assert tell(hall) == 0
    with hall.store.reading(hall.now) as tx:
        assert list_people_over(tx, ["2025-06", "2025-07"], 100 * HOUR) == ["p2"]
        assert list_people_over(tx, ["2025-06", "2025-07"], 100 * HOUR + 1) == []
        assert list_people_over(tx, ["2025-06"], 1, with_holidays=True) == []


def test_a_look_that_is_older_than_the_facts_tells_nothing_wrong(hall: CityHall) -> None:
    look(hall, "2025-07", 400 * HOUR, "p2")
    assert tell(hall) == 0
    assert told(hall, "p2") == []


def test_the_first_day_of_a_year_speaks_of_the_year_that_ended(hall: CityHall) -> None:
    look(hall, "2026-03", live(hall, date(2025, 12, 1), 48))
    on = date(2026, 4, 1)
    assert tell(hall, on, instant(on, 480)) == 1
    (near,) = told(hall, "p1")
    assert near.subject == "2025/year_360h"
    assert near.filling["forecast"] == NOT_FORESEEN
