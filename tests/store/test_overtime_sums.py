"""What reports add up of overtime, on both databases: whole numbers by department and person, fit for JSON."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from domain.attendance.overtime_report import MonthSums
from store.overtime_sums import (
    DepartmentSums,
    list_department_sums,
    list_people_over,
    list_person_sums,
    save_sums,
)
from store.people import Department, Person, upsert_departments, upsert_persons
from store.tx import Store

NOW = datetime(2025, 12, 3, 1, tzinfo=UTC)
YEAR = ("2025-09", "2025-10", "2025-11")
HOUR = 60


@pytest.fixture
def city(store: Store) -> Store:
    with store.transaction(NOW) as tx:
        upsert_departments(
            tx, [Department("general", "総務課"), Department("tax", "税務課"), Department("idle", "閑課")]
        )
        upsert_persons(
            tx,
            [
                Person("p1", "萩 一", "ハギ イチ", "general"),
                Person("p2", "萩 二", "ハギ ニ", "general"),
                Person("p3", "萩 三", "ハギ サン", "tax"),
            ],
        )
        for period, hours in zip(YEAR, ((10, 20, 0), (40, 0, 5), (30, 25, 0)), strict=True):
            sums = {f"p{number}": _sums(each * HOUR) for number, each in enumerate(hours, 1)}
            save_sums(tx, period, sums)
    return store


def _sums(minutes: int) -> MonthSums:
    return MonthSums(minutes, minutes + HOUR, minutes + 2 * HOUR)


def test_departments_add_up_to_whole_numbers_that_json_can_write(city: Store) -> None:
    with city.reading(NOW) as tx:
        found = list_department_sums(tx, "2025-11", YEAR)
        only = list_department_sums(tx, "2025-11", YEAR, ["tax"])
    assert found == [
        DepartmentSums("general", "総務課", 2, 55 * HOUR, 30 * HOUR, 125 * HOUR, 80 * HOUR),
        DepartmentSums("tax", "税務課", 1, 0, 0, 5 * HOUR, 5 * HOUR),
    ]
    assert only == found[1:]
    assert {type(value) for each in found for value in asdict(each).values()} == {str, int}
    assert json.loads(json.dumps([asdict(each) for each in found]))[0]["year_minutes"] == 125 * HOUR


def test_a_second_look_takes_the_firsts_place(city: Store) -> None:
    with city.transaction(NOW) as tx:
        save_sums(tx, "2025-11", {"p1": _sums(0)})
    with city.reading(NOW) as tx:
        (general, _) = list_department_sums(tx, "2025-11", YEAR)
    assert (general.month_minutes, general.year_highest_minutes) == (25 * HOUR, 50 * HOUR)


def test_people_who_worked_much_by_a_month_or_by_the_year(city: Store) -> None:
    with city.reading(NOW) as tx:
        by_month = list_person_sums(tx, YEAR, month_least=42 * HOUR, year_least=1000 * HOUR)
        by_year = list_person_sums(tx, YEAR, month_least=1000 * HOUR, year_least=45 * HOUR)
        in_tax = list_person_sums(tx, YEAR, month_least=1, year_least=1, departments=["tax"])
    assert [each.person_id for each in by_month] == ["p1"]
    assert [each.person_id for each in by_year] == ["p1", "p2"]
    assert [(each.person_id, each.department, len(each.sums)) for each in in_tax] == [("p3", "税務課", 3)]
    assert by_month[0].sums[2025, 10] == _sums(40 * HOUR)
    assert json.dumps([asdict(each)["name"] for each in by_year])


def test_whose_months_reach_a_sum(city: Store) -> None:
    with city.reading(NOW) as tx:
        assert list_people_over(tx, YEAR, 45 * HOUR) == ["p1", "p2"]
        assert list_people_over(tx, YEAR[1:], 45 * HOUR) == ["p1"]
        assert list_people_over(tx, YEAR, 48 * HOUR, with_holidays=True) == ["p1", "p2"]
        assert list_people_over(tx, YEAR, 49 * HOUR, with_holidays=True) == ["p1"]
