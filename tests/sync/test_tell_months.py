"""What waits at a month's end is told in the morning, on both databases: once to a person, by number to others."""

from datetime import date

import pytest

from domain.attendance.adjustment import AdjustmentAct
from gateway.operations.attendance.adjust_month import adjust_month
from store.messages import list_messages
from store.month_adjustments import list_adjustments
from store.tables import account
from store.tx import Store
from sync.jobs.tell_months import tell_months
from tests.gateway.months.city import ORGANISATION, PERIOD, CityHall


@pytest.fixture
def hall(store: Store) -> CityHall:
    hall = CityHall(store).found("p1", "p2", "head", "hr1", "hr2")
    rows = [{"login": each, "person_id": each, "password_hash": "", "roles": "hr"} for each in ("hr1", "hr2")]
    with store.transaction(hall.now) as tx:
        tx.connection.execute(account.insert(), rows)
    return hall


def tell(hall: CityHall, day: int) -> int:
    with hall.store.transaction(hall.later()) as tx:
        return tell_months(tx, date(2025, 12, day))


def told(hall: CityHall, person_id: str) -> list[tuple[str, str, str]]:
    with hall.store.reading(hall.now) as tx:
        found = [each.message for each in list_messages(tx, person_id)]
    return [(each.kind, each.subject, each.filling.get("count", "")) for each in reversed(found)]


def test_a_person_is_asked_once_and_not_before_the_month_could_confirm_itself(hall: CityHall) -> None:
    hall.confirm("p2")
    assert tell(hall, 2) == 0
    assert tell(hall, 4) == 4
    assert tell(hall, 4) == tell(hall, 6) == 0
    assert told(hall, "p1") == [("month_to_confirm", PERIOD, "")]
    assert told(hall, "p2") == []


def test_a_head_hears_how_many_are_left(hall: CityHall) -> None:
    hall.confirm("p1")
    hall.confirm("p2")
    tell(hall, 3)
    hall.confirm_as_head("p1")
    tell(hall, 5)
    counted = [(subject, count) for kind, subject, count in told(hall, "head") if kind == "department_to_confirm"]
    assert counted == [(f"{PERIOD}/2025-12-03", "2"), (f"{PERIOD}/2025-12-05", "1")]


def test_hr_hears_what_waits_for_a_second_one_of_them(hall: CityHall) -> None:
    hall.close_all("p1", "hr1")
    for each in ("p1", "hr1"):
        hall.tap(each, 11, "08:25", "in", late=True)
        hall.tap(each, 11, "17:15", "out", late=True)
    hall.recount()
    with hall.store.transaction(hall.later()) as tx:
        for one, by in zip(list_adjustments(tx, PERIOD), ("hr2", "hr1"), strict=True):
            adjust_month(
                tx, one.id, AdjustmentAct.propose, by=by, seen_hash=one.content_hash, organisation=ORGANISATION,
                reason="遅延",
            )  # fmt: skip
    tell(hall, 8)
    waits = [each for who in ("hr1", "hr2") for each in told(hall, who) if each[0] == "adjustment_waiting"]
    assert waits == [("adjustment_waiting", f"{PERIOD}/2025-12-08", "1")]
