"""What people hear of their months, on both databases: once for each thing, and only while it is theirs to settle."""

from datetime import date

import pytest

from domain.attendance.divergence import DivergenceKind
from domain.attendance.requests import DivergenceAnswer, Explanation
from domain.civil import instant, parse_clock
from gateway.months.recount import MonthRecount
from gateway.operations.attendance.apply_request import Asked, apply_request
from gateway.operations.attendance.confirm_month import confirm_settled_months, send_month_back
from store.messages import StandingMessage, list_messages
from store.orders import OvertimeOrder, insert_order
from store.tx import Store
from tests.gateway.attendance.town import RULES
from tests.gateway.months.city import ORGANISATION, PERIOD, CityHall
from tests.profiles import HAGI


@pytest.fixture
def hall(store: Store) -> CityHall:
    return CityHall(store).found("p1", "p2", "head", "hr1", "hr2")


def look(hall: CityHall) -> None:
    MonthRecount(hall.store, hall.clock, HAGI).look()


def messages(hall: CityHall, person_id: str = "p1") -> list[StandingMessage]:
    with hall.store.reading(hall.now) as tx:
        return list_messages(tx, person_id)


def kinds(hall: CityHall, person_id: str = "p1") -> list[str]:
    return [each.message.kind for each in reversed(messages(hall, person_id))]


def order(hall: CityHall, day: int, until: str) -> None:
    """A day until late, ordered and lived."""
    starts_at, ends_at = (instant(date(2025, 11, day), parse_clock(each)) for each in ("17:15", until))
    with hall.store.transaction(hall.later()) as tx:
        insert_order(tx, OvertimeOrder(f"o{day}", "p1", starts_at, ends_at, "決算", "head", tx.now))
    hall.day("p1", day, left=until)


def test_a_divergence_and_a_missing_punch_are_told_once_the_day_after(hall: CityHall) -> None:
    hall.day("p1", 10, left="18:30")
    hall.tap("p1", 11, "08:25", "in")
    look(hall)
    assert sorted(kinds(hall)) == ["divergence_found", "punch_missing"]
    assert {each.message.link for each in messages(hall)} == {
        "/attendance/days/2025-11-10",
        "/attendance/days/2025-11-11",
    }
    look(hall)
    hall.tap("p1", 12, "08:25", "in", late=True)
    hall.tap("p1", 12, "17:15", "out", late=True)
    hall.recount()
    look(hall)
    assert len(kinds(hall)) == 2
    assert kinds(hall, "p2") == kinds(hall, "head") == []


def test_nobody_is_asked_for_what_he_has_explained(hall: CityHall) -> None:
    hall.day("p1", 10, left="18:30")
    answer = DivergenceAnswer(
        date(2025, 11, 10), DivergenceKind.unordered_stay, 1035, 1110, Explanation.private, "私用"
    )
    with hall.store.transaction(hall.later()) as tx:
        apply_request(tx, Asked("a1", "p1", "p1", answer), RULES)
    look(hall)
    assert kinds(hall) == []


def test_nobody_is_asked_about_a_closed_month(hall: CityHall) -> None:
    hall.day("p1", 10)
    hall.close_all("p1")
    hall.tap("p1", 11, "08:25", "in", late=True)
    hall.recount()
    look(hall)
    assert kinds(hall) == []


def test_a_cap_is_told_when_it_is_near_and_when_it_was_crossed(hall: CityHall) -> None:
    for day in (4, 5, 6, 7, 10, 11):
        order(hall, day, "23:15")
    look(hall)
    assert kinds(hall) == ["cap_near"]
    assert messages(hall)[0].message.filling == {"period": PERIOD, "overtime": "36.00"}
    for day in (12, 13, 14, 17, 18, 19, 20, 21):
        order(hall, day, "23:15")
    hall.tap("p1", 25, "08:25", "in", late=True)
    hall.tap("p1", 25, "17:15", "out", late=True)
    hall.recount()
    look(hall)
    assert sorted(kinds(hall)) == ["cap_crossed", "cap_near", "hours_over_80"]
    assert kinds(hall, "head") == ["staff_over_cap"] * 2
    assert "p1" not in str([each.message.filling for each in messages(hall, "head")])


def test_who_confirmed_himself_hears_that_it_lapsed(hall: CityHall) -> None:
    hall.on_duty_only([10], "p1", "p2")
    for each in ("p1", "p2"):
        hall.day(each, 10)
    hall.confirm("p1")
    with hall.store.transaction(hall.later()) as tx:
        confirm_settled_months(tx, ["p2"], PERIOD, HAGI)
    for each in ("p1", "p2"):
        hall.tap(each, 11, "08:25", "in", late=True)
        hall.tap(each, 11, "17:20", "out", late=True)
    assert len(hall.recount().lapsed) == 2
    assert (kinds(hall), kinds(hall, "p2")) == (["month_confirmation_lapsed"], [])


def test_who_is_sent_back_hears_why(hall: CityHall) -> None:
    hall.confirm("p1")
    with hall.store.transaction(hall.later()) as tx:
        send_month_back(tx, "p1", PERIOD, by="head", reason="休暇を確認", organisation=ORGANISATION)
    assert [(each.message.kind, each.message.filling) for each in messages(hall)] == [
        ("month_sent_back", {"period": PERIOD, "note": "休暇を確認"})
    ]
