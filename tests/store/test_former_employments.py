"""A promotion or another contract, on both databases: the days before it count as they did."""

from dataclasses import replace
from datetime import UTC, date, datetime

from domain.attendance.adjustment import Cause
from domain.attendance.facts import Employment, FormerStaff, Staff
from store.changed_days import ChangedDay, claim_changed_days
from store.months import load_month_facts, load_year_facts
from store.people import Department, Person, upsert_departments, upsert_persons
from store.tx import Store
from tests.profiles import HAGI

CLERK = Person("p1", "萩 太郎", "ハギ タロウ", "general", "part_time")


def at(month: int, day: int) -> datetime:
    return datetime(2025, month, day, 3, tzinfo=UTC)


def staff(store: Store, period: str) -> Staff:
    with store.reading(at(12, 20)) as tx:
        return load_month_facts(tx, "p1", period, HAGI).staff


def found(store: Store, when: datetime, *people: Person) -> None:
    with store.transaction(when) as tx:
        upsert_persons(tx, people)


def test_months_that_were_over_keep_the_employment_they_had(store: Store) -> None:
    with store.transaction(at(4, 1)) as tx:
        upsert_departments(tx, [Department("general", "総務課")])
    found(store, at(4, 1), CLERK)
    found(store, at(6, 1), replace(CLERK, employment="full_time"))
    found(store, at(10, 15), replace(CLERK, employment="full_time", is_manager=True))
    assert staff(store, "2025-04") == staff(store, "2025-05") == Staff(Employment.part_time)
    as_part_time = FormerStaff(date(2025, 5, 31), Employment.part_time, manager=False)
    assert staff(store, "2025-06") == Staff(former=(as_part_time,))  # its first week began in May
    assert staff(store, "2025-07") == staff(store, "2025-09") == Staff()
    as_clerk = FormerStaff(date(2025, 10, 14), Employment.full_time, manager=False)
    assert staff(store, "2025-10") == Staff(manager=True, former=(as_clerk,))
    assert staff(store, "2025-12") == Staff(manager=True)


def test_a_year_knows_every_change_in_it_and_none_after_its_last_month(store: Store) -> None:
    with store.transaction(at(4, 1)) as tx:
        upsert_departments(tx, [Department("general", "総務課")])
    found(store, at(4, 1), CLERK)
    found(store, at(6, 1), replace(CLERK, employment="full_time"))
    found(store, at(10, 15), replace(CLERK, employment="full_time", is_manager=True))
    found(store, at(11, 1), replace(CLERK, employment="full_time"))
    with store.reading(at(12, 20)) as tx:
        october = load_year_facts(tx, ["p1"], "2025-10", HAGI)["p1"].staff
    assert october == Staff(
        manager=True,
        former=(
            FormerStaff(date(2025, 5, 31), Employment.part_time, manager=False),
            FormerStaff(date(2025, 10, 14), Employment.full_time, manager=False),
        ),
    )


def test_who_is_put_back_on_the_same_day_has_not_changed(store: Store) -> None:
    with store.transaction(at(4, 1)) as tx:
        upsert_departments(tx, [Department("general", "総務課")])
    found(store, at(4, 1), CLERK)
    found(store, at(6, 10), replace(CLERK, is_manager=True))
    found(store, at(6, 10), CLERK)
    assert staff(store, "2025-06") == staff(store, "2025-05") == Staff(Employment.part_time)


def test_what_is_said_twice_on_a_day_is_one_change(store: Store) -> None:
    with store.transaction(at(4, 1)) as tx:
        upsert_departments(tx, [Department("general", "総務課")])
    found(store, at(4, 1), CLERK)
    found(store, at(6, 1), replace(CLERK, is_manager=True))
    found(store, at(6, 1), replace(CLERK, employment="full_time"))
    assert staff(store, "2025-05") == Staff(Employment.part_time)
    assert staff(store, "2025-07") == Staff()


def test_only_whoever_changed_is_counted_again(store: Store) -> None:
    with store.transaction(at(4, 1)) as tx:
        upsert_departments(tx, [Department("general", "総務課")])
    other = replace(CLERK, id="p2")
    found(store, at(4, 1), CLERK, other)
    found(store, at(6, 3), replace(CLERK, is_manager=True), replace(other, name="萩 花子"))
    with store.transaction(at(6, 3)) as tx:
        assert claim_changed_days(tx, 10) == [ChangedDay("p1", date(2025, 6, 3), Cause.hr)]
