"""What the city's books say of somebody decides, and until when; on both databases."""

from datetime import UTC, date, datetime

import pytest

from domain.access.rights import PostKind
from domain.access.threat import ThreatLevel
from domain.attendance.shift_text import parse_shift
from domain.civil import instant
from domain.zones.decide_tier import Waiver
from domain.zones.training import Attendance
from gateway.site.hours import ScheduleDescription
from store.calendar import CalendarDay, save_year
from store.leave_tables import leave_taken
from store.orders import OvertimeOrder, end_order, insert_order
from store.people import Person, load_person, upsert_persons
from store.posts import insert_post, save_regular_posts
from store.rosters import PlannedShift, save_planned_shifts
from store.rule_waivers import end_waiver, insert_waiver
from store.suspensions import Suspension, end_suspension, insert_suspension, list_suspensions, load_suspension
from store.terminals import end_terminal
from store.threats import StoredThreat, insert_threat
from store.tier_clearances import end_clearance
from store.trainings import save_attendances, save_drill_failures, save_made_good
from store.tx import Store, Tx
from tests.domain.zones.cases import LGWAN, MYNUM, RULES, rule
from tests.gateway.zones.building import DAY, HOUR, MINUTE, NOW, SITE, TODAY, Building, tier

ON_DUTY = (*RULES, rule("duty", "on_duty", LGWAN))


@pytest.fixture
def building(store: Store) -> Building:
    """Somebody in the office since an hour."""
    made = Building(store)
    made.see("s1", "staff_in", NOW - HOUR)
    return made


def take_leave(tx: Tx, on: date, starts: int | None = None, ends: int | None = None) -> None:
    row = {"person_id": "s1", "kind": "annual", "day_on": on, "starts_minute": starts, "ends_minute": ends}
    tx.connection.execute(leave_taken.insert().values(id=f"{on}{starts}", minutes=60, **row))


def at(minute: int, on: date = TODAY) -> datetime:
    return instant(on, minute).astimezone(UTC)


def test_leave_of_hours_and_of_days(building: Building) -> None:
    with building.store.transaction(NOW) as tx:
        take_leave(tx, TODAY, 13 * 60, 15 * 60)
    building.renew()
    found = building.ask().decision
    assert (found.failed, found.ends_at, found.ends_by) == ((), at(13 * 60), ("leave",))
    assert building.failed(now=at(14 * 60)) == ("leave",)
    assert building.failed(now=at(15 * 60)) == ()
    with building.store.transaction(NOW) as tx:
        take_leave(tx, TODAY)
    assert building.failed() == ("leave",)


def test_leave_after_a_night_begins_when_the_night_ends(building: Building) -> None:
    with building.store.transaction(NOW) as tx:
        save_planned_shifts(tx, [PlannedShift("s1", TODAY - DAY, parse_shift("17:00-33:00"), "desk", "head")])
        take_leave(tx, TODAY)
    building.desk.hold_rules(ON_DUTY)
    early = at(8 * 60)
    assert "leave" not in building.failed(now=early)
    assert "duty" not in building.ask(now=early).decision.failed
    assert "leave" in building.failed(now=at(9 * 60))


def test_duty_is_that_of_the_week_the_calendar_and_the_roster(building: Building) -> None:
    building.desk.hold_rules(ON_DUTY)
    assert building.failed(now=at(12 * 60 + 30)) == (), "nobody loses the network for lunch"
    building.renew()
    found = building.ask().decision
    assert (found.ends_at, found.ends_by) == (at(17 * 60 + 15), ("duty",))
    saturday = at(10 * 60, date(2026, 11, 21))
    building.see("s1", "staff_in", saturday - HOUR)
    assert "duty" in building.failed(now=saturday)
    with building.store.transaction(NOW) as tx:
        save_year(tx, 2026, [CalendarDay(TODAY, "祝日")])
    assert building.failed() == ("duty", "hours")


@pytest.mark.parametrize(
    ("from_on", "until_on", "suspended"),
    [
        (TODAY, None, True),
        (date(2026, 11, 1), TODAY, True),
        (date(2026, 11, 1), date(2026, 11, 19), False),
        (date(2026, 11, 21), None, False),
    ],
)
def test_a_suspension_holds_on_its_days(
    building: Building, from_on: date, until_on: date | None, suspended: bool
) -> None:
    row = Suspension("x-1", "s1", from_on, until_on, "休職", "hr", NOW)
    with building.store.transaction(NOW) as tx:
        assert insert_suspension(tx, row)
        assert not insert_suspension(tx, row)
        assert load_suspension(tx, "x-1") == row
        assert list_suspensions(tx, ["s2"]) == {}
    assert building.failed() == (("known",) if suspended else ())
    with building.store.transaction(NOW) as tx:
        assert end_suspension(tx, "x-1", by="hr")
        assert not end_suspension(tx, "x-1", by="hr")
        assert load_suspension(tx, "x-2") is None
    assert building.failed(now=NOW + MINUTE) == ()


def test_who_leaves_the_city_is_off_with_the_last_day(building: Building) -> None:
    with building.store.transaction(NOW) as tx:
        person = load_person(tx, "s1")
        assert person is not None
        upsert_persons(tx, [Person("s1", "s1", "", "tax", joined_on=person.joined_on, left_on=TODAY)])
    assert building.failed() == ()
    midnight = at(24 * 60)
    assert "known" not in building.failed(now=midnight - MINUTE)
    assert "known" in building.failed(now=midnight)


def test_who_is_transferred_loses_what_was_given_for_the_former_department(building: Building) -> None:
    with building.store.transaction(NOW) as tx:
        save_regular_posts(tx, {"s1": "it"}, from_on=TODAY + DAY, by="hr")
        insert_post(tx, "s2", "it", PostKind.concurrent, from_on=TODAY + DAY, until_on=None, by="hr")
    tomorrow = date(2026, 11, 21)
    assert building.failed() == ()
    assert "cleared" not in building.failed(now=at(-1, tomorrow))
    assert "cleared" in building.failed(now=at(0, tomorrow))
    assert "cleared" not in building.failed("t-3", person_id="s2", now=at(0, tomorrow)), "兼務 moves nobody"


def test_a_clearance_that_is_ended_is_over_at_once(building: Building) -> None:
    with building.store.transaction(NOW) as tx:
        end_clearance(tx, f"c-s1-{LGWAN}", by="b")
    assert building.failed() == ("cleared",)


def test_z6_a_training_lapses_at_the_moment(building: Building) -> None:
    with building.store.transaction(NOW) as tx:
        save_attendances(tx, [Attendance("s1", "security", date(2025, 11, 20))], by="j")
        save_drill_failures(tx, ["s2"], TODAY, by="j")
    building.see("s2", "staff_in", NOW - HOUR)
    assert building.failed("t-3", person_id="s2") == ("trained",), "a drill is to be made good"
    with building.store.transaction(NOW) as tx:
        save_made_good(tx, "s2", TODAY)
    assert building.failed("t-3", person_id="s2") == ()


def test_z6_a_training_that_counts_until_today_ends_with_the_day(store: Store) -> None:
    open_all_day = SITE.model_copy(update={"tiers": (tier(LGWAN, 20, "office", hours="always"),)})
    building = Building(store, open_all_day)
    with store.transaction(NOW) as tx:
        upsert_persons(tx, [Person("s5", "s5", "", "tax")])
        save_attendances(tx, [Attendance("s5", "security", date(2025, 11, 20))], by="j")
    building.desk.hold_rules(tuple(each for each in RULES if each.code != "cleared"))
    evening = at(23 * 60)
    building.see("s5", "staff_in", evening)
    building.renew(evening)
    found = building.ask("t-3", person_id="s5", now=evening).decision
    assert (found.failed, found.ends_at, found.ends_by) == ((), at(24 * 60), ("trained",))
    assert building.failed("t-3", person_id="s5", now=at(24 * 60)) == ("trained",)


def test_z7_hours_end_the_session_and_ordered_overtime_does_not(building: Building) -> None:
    closing, until = at(19 * 60), at(21 * 60)
    building.see("s1", "staff_in", NOW - MINUTE)
    building.see("s1", "seat_1", NOW)
    building.renew()
    assert (building.ask().decision.ends_at, building.ask().decision.ends_by) == (closing, ("hours",))
    with building.store.transaction(NOW) as tx:
        insert_order(tx, OvertimeOrder("o-1", "s1", at(17 * 60 + 15), until, "決算", "head", NOW))
    building.see("s1", "seat_1", closing - HOUR)
    assert building.failed(now=closing) == ()
    assert (building.ask(now=closing).decision.ends_at, building.ask(now=closing).decision.ends_by) == (
        until,
        ("hours",),
    )
    with building.store.transaction(closing) as tx:
        end_order(tx, "o-1")
    assert building.failed(now=closing) == ("hours",)


def open_hours(store: Store, schedule: dict[str, object], now: datetime) -> Building:
    made = ScheduleDescription.model_validate({"id": "desk", "name": "窓口", **schedule})
    tiers = (tier(LGWAN, 20, "office", hours="desk"),)
    building = Building(store, SITE.model_copy(update={"schedules": (*SITE.schedules, made), "tiers": tiers}))
    building.see("s1", "staff_in", now - HOUR)
    return building


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        (at(21 * 60 + 59), False),
        (at(22 * 60), True),
        (at(24 * 60), True),
        (at(26 * 60 - 1), True),
        (at(26 * 60), False),
    ],
)
def test_z7_hours_past_midnight_hold_into_the_next_day(store: Store, now: datetime, holds: bool) -> None:
    building = open_hours(store, {"rrule": "FREQ=DAILY", "opens": "22:00", "closes": "26:00"}, now)
    assert ("hours" not in building.failed(now=now)) is holds


def test_z7_hours_that_meet_at_midnight_end_at_the_year_end_holidays(store: Store) -> None:
    eve = date(2026, 12, 28)
    days = [CalendarDay(date(2026, 12, each), "年末年始") for each in (29, 30, 31)]
    now = at(23 * 60, eve)
    building = open_hours(
        store, {"rrule": "FREQ=DAILY", "opens": "00:00", "closes": "24:00", "except": ["holidays"]}, now
    )
    with store.transaction(now) as tx:
        save_year(tx, 2026, days)
        save_year(tx, 2027, [CalendarDay(date(2027, 1, each), "年末年始") for each in (1, 2, 3)])
    building.renew(now)
    found = building.ask(now=now).decision
    assert (found.failed, found.ends_at, found.ends_by) == ((), at(24 * 60, eve), ("hours",))
    turn = at(24 * 60, date(2026, 12, 31))
    building.see("s1", "staff_in", turn - HOUR)
    assert building.failed(now=turn) == ("hours",)
    reopening = at(0, date(2027, 1, 4))
    building.see("s1", "staff_in", reopening - HOUR)
    assert building.failed(now=reopening) == ()


def test_z7_the_hours_of_one_tier_are_none_of_anothers(store: Store) -> None:
    tiers = (tier(LGWAN, 20, "office"), tier(MYNUM, 10, "office", hours="always"))
    building = Building(store, SITE.model_copy(update={"tiers": tiers}))
    late = at(24 * 60 - 1)
    building.see("s1", "staff_in", late - HOUR)
    assert building.failed(now=late) == ("hours",)


def test_rows_of_one_tier_have_their_own_hours_on_their_own_days(store: Store) -> None:
    tiers = (
        tier(LGWAN, 20, "office", hours="always", valid_until=TODAY),
        tier(LGWAN, 20, "office", hours="extended", valid_from=date(2026, 11, 21)),
    )
    building = Building(store, SITE.model_copy(update={"tiers": tiers}))
    late, early = at(24 * 60 - 1), at(24 * 60)
    building.see("s1", "staff_in", late - HOUR)
    assert building.failed(now=late) == ()
    assert building.ask(now=late).decision.ends_at == early
    assert building.failed(now=early) == ("hours",)


def test_a_threat_shuts_and_its_end_is_foreseen(building: Building) -> None:
    level = StoredThreat("t", ThreatLevel.lockdown, NOW + HOUR, "不審者", NOW, "desk", "青木", declared_at=NOW)
    with building.store.transaction(NOW) as tx:
        insert_threat(tx, level)
    assert building.failed() == ("threat",)
    assert building.failed(now=NOW + HOUR) == ()
    with building.store.transaction(NOW + HOUR) as tx:
        until_ended = StoredThreat("u", ThreatLevel.evacuation, None, "火災", NOW, "d", "e", declared_at=NOW + HOUR)
        insert_threat(tx, until_ended)
    assert building.failed(now=NOW + 2 * HOUR) == ("threat",)


def test_a_terminal_that_is_taken_back_is_off(building: Building) -> None:
    assert building.failed() == ()
    with building.store.transaction(NOW) as tx:
        end_terminal(tx, "t-1")
    assert building.failed() == ("terminal",)


def test_a_waiver_of_two_persons_sets_a_rule_aside_until_it_ends(building: Building) -> None:
    closing = at(19 * 60)
    building.see("s1", "staff_in", closing - HOUR)
    row = Waiver("w-1", "s1", LGWAN, frozenset(("hours",)), NOW, closing + HOUR, "障害対応", "a", "b")
    with building.store.transaction(NOW) as tx:
        insert_waiver(tx, row)
    assert building.failed(now=closing) == ()
    assert building.ask(now=closing).decision.ends_at == closing + HOUR
    with building.store.transaction(closing) as tx:
        end_waiver(tx, "w-1")
    assert building.failed(now=closing) == ("hours",)


def test_somebody_who_is_no_longer_known_is_forgotten(building: Building) -> None:
    building.renew()
    assert building.ask("t-3", person_id="nobody").decision.facts.person_known is False
    assert building.ask("none").decision.failed
