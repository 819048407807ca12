"""The queue of divergent days on both databases: found by looking, settled by explanations, gone when facts change."""

from datetime import UTC, date, datetime

import pytest

from domain.attendance.adjustment import Cause
from domain.civil import instant
from gateway.months.looking import look_due_at, look_for_divergences
from gateway.months.recount import MonthRecount
from store.application_tables import application
from store.changed_days import mark_changed_days
from store.divergence_queue import Queue, Stage, list_queue
from store.divergent_days import count_looks, forget_looks
from store.month_checks import DoubtfulFact, insert_doubtful_taps
from store.tx import Store
from tests.gateway.months.city import BOX, PERIOD, CityHall
from tests.profiles import HAGI

STAY = "2025-11-11/unordered_stay/1035-1065"


@pytest.fixture
def hall(store: Store) -> CityHall:
    return CityHall(store).found("p1", "p2", "head", "hr1", "hr2")


def look(hall: CityHall, limit: int = 50) -> int:
    many = 0
    with hall.store.transaction(hall.later()) as tx:
        while some := look_for_divergences(tx, HAGI, limit=limit):
            many += some
    return many


def queue(hall: CityHall, **wanted: object) -> Queue:
    with hall.store.reading(hall.now) as tx:
        return list_queue(tx, PERIOD, **wanted)  # type: ignore[arg-type]


def days(hall: CityHall, **wanted: object) -> list[tuple[str, int, int, int, Stage]]:
    return [(each.person_id, each.on.day, each.minutes, each.days, each.stage) for each in queue(hall, **wanted).days]


def explain(
    hall: CityHall, name: str, state: str, waits_for: str | None, subject: str = STAY, person_id: str = "p1"
) -> None:
    on = date.fromisoformat(subject[:10])
    values = {
        "id": name, "kind": "divergence", "person_id": person_id, "applicant_id": person_id,
        "department_id": "general", "route": "head hr", "subject": subject, "content": b"{}", "content_hash": "",
        "from_on": on, "until_on": on, "state": state, "step": 0, "waits_for": waits_for, "deeds": 1,
        "filed_at": hall.now, "changed_at": hall.now,
    }  # fmt: skip
    with hall.store.transaction(hall.later()) as tx:
        tx.connection.execute(application.insert().values(**values))


def test_only_days_that_diverge_are_in_it_the_heaviest_first(hall: CityHall) -> None:
    hall.day("p1", 10)  # nothing to explain
    hall.day("p1", 11, left="17:45")
    hall.day("p1", 12, left="18:00")
    hall.day("p2", 11, left="18:15")
    hall.day("head", 13, left="17:50")
    assert look(hall) == 9 * 5  # the months of the year: caps add them up
    assert days(hall) == [
        ("p1", 12, 45, 2, Stage.unexplained),
        ("p1", 11, 30, 2, Stage.unexplained),
        ("p2", 11, 60, 1, Stage.unexplained),
        ("head", 13, 35, 1, Stage.unexplained),
    ]
    first = queue(hall).days[0]
    assert (first.name, first.department, first.kinds, first.weight) == ("萩 太郎", "総務課", ("unordered_stay",), 90)
    assert days(hall, offset=1, limit=2) == days(hall)[1:3]
    assert days(hall, departments={"tax"}) == []
    assert days(hall, departments={"general"}) == days(hall)
    assert look(hall) == 0


def test_whose_turn_it_is_follows_the_explanation(hall: CityHall) -> None:
    hall.day("p1", 11, left="17:45")
    hall.day("p1", 12, left="18:00")
    look(hall)
    explain(hall, "a0", "withdrawn", None)
    explain(hall, "a1", "returned", None)
    assert days(hall, stage=Stage.returned) == [("p1", 11, 30, 2, Stage.returned)]
    explain(hall, "a2", "submitted", "head")
    assert days(hall, stage=Stage.head) == [("p1", 11, 30, 2, Stage.head)]
    explain(hall, "a3", "submitted", "hr")
    assert days(hall, stage=Stage.hr) == [("p1", 11, 30, 2, Stage.hr)]
    assert queue(hall, stage=Stage.hr).counts == {Stage.hr: 1, Stage.unexplained: 1}
    explain(hall, "a4", "approved", None, person_id="p2")  # another's explanation settles nothing here
    assert len(days(hall)) == 2
    explain(hall, "a5", "approved", None)
    assert days(hall) == [("p1", 12, 45, 2, Stage.unexplained)]  # it weighs what it weighed
    assert queue(hall).total == 1


def test_a_doubtful_tap_waits_for_a_judgement_whatever_was_explained(hall: CityHall) -> None:
    hall.tap("p1", 11, "08:25", "in")
    with hall.store.transaction(hall.later()) as tx:
        insert_doubtful_taps(tx, [DoubtfulFact(BOX, 1, 1, "p1", instant(date(2025, 11, 11), 505))])
    look(hall)
    explain(hall, "a1", "approved", None, "2025-11-11/uncertain_clock/505-505")
    assert [(each[1], each[4]) for each in days(hall)] == [(11, Stage.tap)]


def test_what_changed_is_looked_through_again_and_nothing_else(hall: CityHall) -> None:
    hall.day("p1", 11, left="17:45")
    hall.day("p2", 11, left="17:45")
    look(hall)
    hall.tap("p1", 11, "17:10", "out", late=True)
    hall.tap("p1", 12, "08:25", "in", late=True)
    hall.recount()
    with hall.store.reading(hall.now) as tx:
        assert count_looks(tx, PERIOD, look_due_at(PERIOD, hall.now, HAGI)).people == 4
    assert look(hall) == 1
    assert [each[:2] for each in days(hall)] == [("p1", 11), ("p2", 11), ("p1", 12)]


def test_an_older_month_is_looked_through_when_something_of_it_changes(hall: CityHall) -> None:
    hall.day("p1", 11, left="17:45")
    look(hall)
    hall.now = datetime(2026, 5, 3, tzinfo=UTC)
    hall.tap("p1", 12, "08:25", "in")
    assert look(hall) == 10  # April and May
    with hall.store.transaction(hall.later()) as tx:
        mark_changed_days(tx, "p1", [date(2025, 11, 12)], Cause.judged)
    hall.recount()
    assert look(hall) == 1
    assert [each[1] for each in days(hall)] == [11, 12]


def test_a_day_is_looked_at_when_it_is_over(hall: CityHall) -> None:
    hall.now = instant(date(2025, 11, 11), 22 * 60)
    hall.tap("p1", 11, "08:25", "in")
    assert look(hall) == 8 * 5
    assert days(hall) == []  # it still goes on
    hall.now = instant(date(2025, 11, 12), 4 * 60 + 30)
    assert look(hall) == 0
    hall.now = instant(date(2025, 11, 12), 5 * 60)
    assert look(hall) == 5
    assert [(each.on.day, each.kinds) for each in queue(hall).days] == [(11, ("missing_out",))]


def test_a_closed_month_is_no_longer_in_the_queue(hall: CityHall) -> None:
    hall.day("p1", 11, left="17:45")
    look(hall)
    explain(hall, "a1", "approved", None)
    hall.close_all("p1")
    hall.tap("p1", 12, "08:25", "in", late=True)  # becomes an adjustment
    hall.recount()
    look(hall)
    assert days(hall) == []


def test_the_centre_looks_through_months_by_itself_a_part_at_a_time(hall: CityHall) -> None:
    hall.day("p1", 11, left="17:45")
    assert MonthRecount(hall.store, hall.later, HAGI).look() == 0
    assert [each[:2] for each in days(hall)] == [("p1", 11)]
    with hall.store.transaction(hall.later()) as tx:
        forget_looks(tx, PERIOD, ["p1", "p2"])
        assert look_for_divergences(tx, HAGI, limit=1) == 1
        told = count_looks(tx, PERIOD, look_due_at(PERIOD, hall.now, HAGI))
    assert (told.people, told.of) == (4, 5)
