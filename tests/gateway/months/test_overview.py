"""The check sheet of very many people says what the counted one says, on both databases."""

from datetime import timedelta

import pytest

from domain.attendance.check_sheet import PersonCheck
from domain.attendance.closing import MonthAct
from gateway.months.checking import check_people, list_late_readers
from gateway.months.looking import look_for_divergences
from gateway.months.overview import overlook_people
from gateway.operations.attendance.reopen_month import reopen_month
from store.tx import Store
from tests.gateway.months.city import DECEMBER, ORGANISATION, PERIOD, CityHall
from tests.profiles import HAGI

PEOPLE = ("p1", "p2", "p3", "head")


@pytest.fixture
def hall(store: Store) -> CityHall:
    return CityHall(store).found(*PEOPLE, "hr1")


def both(hall: CityHall) -> tuple[list[PersonCheck], list[PersonCheck]]:
    with hall.store.transaction(hall.later()) as tx:
        while look_for_divergences(tx, HAGI):
            pass
    with hall.store.reading(hall.later()) as tx:
        late = list_late_readers(tx, PERIOD, HAGI)
        counted = [each.check for each in check_people(tx, PEOPLE, PERIOD, HAGI)]
        return list(overlook_people(tx, PEOPLE, PERIOD, late)), counted


def told(checks: list[PersonCheck]) -> list[tuple[str, bool, set[object]]]:
    return [(each.person_id, each.is_ready, set(each.blockers)) for each in checks]


def test_it_says_what_counting_says(hall: CityHall) -> None:
    hall.day("p1", 10)
    hall.day("p2", 10, left="17:45")
    hall.tap("p3", 10, "08:25", "in")
    found, counted = both(hall)
    assert told(found) == told(counted)
    hall.confirm("p1")
    assert hall.confirm_as_head("p1") == {}
    found, counted = both(hall)
    assert told(found) == told(counted)
    assert [each.person_id for each in found if each.is_ready] == ["p1"]
    hall.hear(DECEMBER - timedelta(days=9))
    found, counted = both(hall)
    assert told(found) == told(counted)
    assert not any(each.is_ready for each in found)


def test_a_closed_month_and_one_that_may_open_again_want_nothing(hall: CityHall) -> None:
    hall.day("p1", 10)
    hall.close_all("p1")
    with hall.store.transaction(hall.later()) as tx:
        reopen_month(
            tx, "p1", PERIOD, MonthAct.propose_reopening, by="hr1", organisation=ORGANISATION, reason="もれがある"
        )
    found, counted = both(hall)
    assert told(found) == told(counted)
    assert [each.blockers for each in found if each.person_id == "p1"] == [()]
