"""Rules that change, on both databases: what was closed before stays, and each month is closed under its own."""

import json
from dataclasses import replace
from datetime import date

import pytest

from contract.month_version import read_counted
from domain.attendance.adjustment import Cause
from domain.attendance.closing import MonthState
from domain.attendance.profile import DatedProfiles, FormerProfile, InForce
from gateway.months.counting import count_people
from gateway.months.recount import MonthRecount
from gateway.operations.attendance.close_month import Closing, close_departments
from gateway.operations.attendance.confirm_month import SeenMonth, confirm_months_as_head, confirm_own_month
from store.changed_days import ChangedDay, mark_changed
from store.closings import MonthVersion, list_versions, load_standings
from store.divergent_days import list_found
from store.month_adjustments import list_adjustments
from store.months import load_month_facts
from store.tx import Store, Tx
from tests.gateway.months.city import ORGANISATION, PERIOD, CityHall
from tests.profiles import HAGI

NEW = replace(HAGI, name="city-2026", stay_threshold_minutes=60, date_change_minutes=240, pay_rounding_minutes=1)
OCTOBER, NOVEMBER = date(2025, 10, 31), date(2025, 11, 30)
FROM_NOVEMBER = DatedProfiles((FormerProfile(OCTOBER, HAGI),), NEW)
FROM_DECEMBER = DatedProfiles((FormerProfile(NOVEMBER, HAGI),), NEW)


@pytest.fixture
def hall(store: Store) -> CityHall:
    return CityHall(store).found("p1", "p2", "head", "hr1", "hr2")


def touch(hall: CityHall, *people: str) -> None:
    """Something of these people's November is told again."""
    with hall.store.transaction(hall.later()) as tx:
        mark_changed(tx, [ChangedDay(each, date(2025, 11, 10), Cause.hr) for each in people])


def close_by(hall: CityHall, rules: InForce, *people: str) -> None:
    for each in people:
        hall.on_duty_only([10], each)
    with hall.store.transaction(hall.later()) as tx:
        for each in people:
            confirm_own_month(tx, each, PERIOD, rules, by=each, seen_hash=hash_by(tx, each, rules))
        months = [SeenMonth(each, hash_by(tx, each, rules)) for each in people]
        assert confirm_months_as_head(tx, months, PERIOD, rules, by="head", organisation=ORGANISATION) == {}
    closing = Closing(PERIOD, rules, "hr1")
    parts = list(close_departments(hall.store, hall.clock, closing, organisation=ORGANISATION))
    assert {each for part in parts for each in part.closed} >= set(people)


def hash_by(tx: Tx, person_id: str, rules: InForce) -> str:
    return next(count_people(tx, [person_id], PERIOD, rules)).content_hash


def version(hall: CityHall, person_id: str = "p1") -> MonthVersion:
    with hall.store.reading(hall.now) as tx:
        return list_versions(tx, PERIOD, [person_id])[-1]


def test_rules_that_begin_after_a_closed_month_find_no_difference_in_it(hall: CityHall) -> None:
    hall.day("p1", 10)
    hall.tap("p1", 30, "28:30", "in")  # after the new date change, before the old one
    hall.tap("p1", 30, "28:40", "out")
    hall.close_all("p1")
    before = version(hall)
    assert read_counted(before.content).days[NOVEMBER]["minutes.worked"] == 10
    touch(hall, "p1")
    MonthRecount(hall.store, hall.clock, FROM_DECEMBER).look()
    with hall.store.reading(hall.now) as tx:
        assert list_adjustments(tx, PERIOD, ["p1"]) == []
        assert load_standings(tx, PERIOD, ["p1"])["p1"].state is MonthState.closed
    assert version(hall) == before


def test_a_confirmed_month_keeps_its_confirmations_when_later_rules_are_known(hall: CityHall) -> None:
    hall.day("p1", 10)
    hall.confirm("p1")
    touch(hall, "p1")
    MonthRecount(hall.store, hall.clock, FROM_DECEMBER).look()
    with hall.store.reading(hall.now) as tx:
        assert load_standings(tx, PERIOD, ["p1"])["p1"].state is MonthState.self_confirmed


def test_a_version_names_its_rules_and_their_first_day(hall: CityHall) -> None:
    hall.day("p1", 10)
    close_by(hall, FROM_NOVEMBER, "p1")
    closed = version(hall)
    told = json.loads(closed.content)
    assert (told["profile"], told["profile_from"]) == ("city-2026", "2025-11-01")
    assert closed.profile == "city-2026 (2025-11-01)"
    assert read_counted(closed.content).amounts["minutes.regular"] == 465
    hall.day("p2", 10)
    close_by(hall, FROM_DECEMBER, "p2")
    told = json.loads(version(hall, "p2").content)
    assert (told["profile"], "profile_from" in told, version(hall, "p2").profile) == ("hagi", False, "hagi")


def test_the_look_and_the_facts_go_by_the_rules_of_the_month(hall: CityHall) -> None:
    hall.day("p1", 10, "08:25", "17:45")
    for rules, found in ((FROM_DECEMBER, 1), (FROM_NOVEMBER, 0)):
        touch(hall, "p1")
        MonthRecount(hall.store, hall.clock, rules).look()
        with hall.store.reading(hall.now) as tx:
            stays = [each for each in list_found(tx, PERIOD, ["p1"]).get("p1", ()) if each.kind == "unordered_stay"]
            facts = load_month_facts(tx, "p1", PERIOD, rules)
        assert len(stays) == found
        assert facts.profile == rules.on(NOVEMBER)
        assert facts.former_profiles == rules.former(NOVEMBER)
