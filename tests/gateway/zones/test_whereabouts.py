"""Where somebody is decides: doors, desks, a chief's word, escorts and company; on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.access.visits import Approval, VisitState
from domain.zones.decide_tier import Answer
from domain.zones.facts import Factor
from domain.zones.presence_grade import Grade
from domain.zones.tier import Method
from gateway.operations.access.correct_presence import correct_presence
from gateway.zones.question import Question
from store.people import Person, upsert_persons
from store.presence import Presence, save_presences
from store.suspensions import Suspension, insert_suspension
from store.terminal_seats import Seat, SeatTap, bind_seats, list_seats, save_seats
from store.terminals import save_terminals
from store.tx import Store
from store.visits import GuestVisit, insert_visit, save_visit
from tests.domain.zones.cases import LGWAN, MYNUM, RULES, rule
from tests.gateway.zones.building import DAY, HOUR, MINUTE, NOW, SITE, TERMINALS, TODAY, Building

SECOND = timedelta(seconds=1)


def grade(building: Building, person_id: str = "s1", *, at: int = 0) -> str:
    building.renew(NOW + at * MINUTE)
    return building.ask("t-1", person_id=person_id, now=NOW + at * MINUTE).decision.facts.presence_grade


def test_z2_a_badge_lets_in_and_another_room_or_the_way_out_puts_off(store: Store) -> None:
    building = Building(store)
    assert building.failed() == ("present",)
    building.see("s1", "staff_in", NOW - HOUR)
    building.renew()
    found = building.ask().decision
    assert (found.answer, found.failed, found.facts.presence_grade) == (Answer.permit, (), Grade.door_pair)
    building.see("s1", "server_in", NOW - 30 * MINUTE)
    assert building.failed() == ("present",)
    building.see("s1", "staff_in", NOW - 20 * MINUTE)
    assert building.failed() == ()
    building.see("s1", "staff_out", NOW - 10 * MINUTE)
    assert building.failed() == ("present",)


def test_z2_a_presence_grows_old(store: Store) -> None:
    building = Building(store)
    building.see("s1", "staff_in", NOW - 9 * HOUR)
    building.renew()
    found = building.ask().decision
    assert found.ends_at == NOW + HOUR
    assert "present" in found.ends_by
    assert "present" in building.failed(now=NOW + HOUR)


def test_a_record_that_comes_late_counts_by_its_own_time(store: Store) -> None:
    building = Building(store)
    building.see("s1", "staff_out", NOW - 10 * MINUTE)
    building.see("s1", "staff_in", NOW - 20 * MINUTE, heard_at=NOW)
    assert building.failed() == ("present",)


def test_what_a_wrong_clock_dates_ahead_is_no_sighting(store: Store) -> None:
    building = Building(store)
    building.see("s1", "staff_in", NOW + 10 * MINUTE, heard_at=NOW)
    assert building.failed() == ("present",)
    assert building.failed(now=NOW + 11 * MINUTE) == ("present",)


def test_who_is_told_of_elsewhere_by_a_wrong_clock_is_not_here(store: Store) -> None:
    building = Building(store)
    building.see("s1", "staff_in", NOW - HOUR)
    building.see("s1", "staff_out", NOW + HOUR, heard_at=NOW - MINUTE)
    assert building.failed() == ("present",)
    building.see("s1", "staff_in", NOW - 30 * MINUTE)
    assert building.failed() == ("present",)
    building.see("s1", "staff_in", NOW)
    assert building.failed() == ()


def test_each_witness_has_its_grade(store: Store) -> None:
    building = Building(store)
    building.see("s1", "staff_in", NOW - HOUR)
    assert grade(building) == Grade.door_pair
    building.see("s1", "seat_1", NOW - 30 * MINUTE)
    assert grade(building) == Grade.door_and_desk
    building.see("s1", "main_in", NOW - 20 * MINUTE)
    assert grade(building) == Grade.door_pair
    building.see("s1", "seat_1", NOW - 10 * MINUTE)
    assert grade(building) == Grade.desk_tap, "who comes in behind another is shown by the desk alone"
    with store.transaction(NOW + MINUTE) as tx:
        assert correct_presence(tx, building.site, "s1", "hall", reason="非常口", by="head") is None
    assert grade(building, at=2) == Grade.manual


def test_a_way_in_beside_which_no_reader_leads_out_is_one_way(store: Store) -> None:
    out = [each for each in SITE.access_points if each.id != "staff_out"]
    building = Building(store, SITE.model_copy(update={"access_points": tuple(out)}))
    building.see("s1", "staff_in", NOW - HOUR)
    assert grade(building) == Grade.one_way


def test_a_place_kept_before_sightings_were_counts_as_one(store: Store) -> None:
    building = Building(store)
    with store.transaction(NOW - HOUR) as tx:
        save_presences(tx, [Presence("s1", "office", "staff_in", NOW - HOUR)])
    assert building.failed() == ()


def test_z3_a_shared_terminal_has_the_person_who_sat_down_last(store: Store) -> None:
    building = Building(store)
    for person_id in ("s1", "s2"):
        building.see(person_id, "staff_in", NOW - HOUR)
    assert set(building.failed("t-2")) >= {"known", "present", "factor"}, "nobody is bound to it"
    with store.transaction(NOW) as tx:
        taps = [
            SeatTap("seat_1", "s1", Factor.card_pin, NOW - 20 * MINUTE),
            SeatTap("seat_1", "s2", Factor.card, NOW - 30 * MINUTE),
            SeatTap("staff_in", "s3", Factor.card_pin, NOW - MINUTE),
        ]
        bind_seats(tx, taps)
        bind_seats(tx, [taps[1]])
    building.renew()
    found = building.ask("t-2")
    assert (found.person_id, found.decision.failed) == ("s1", ())
    with store.transaction(NOW) as tx:
        bind_seats(tx, [SeatTap("seat_1", "s2", Factor.card, NOW - 10 * MINUTE)])
        assert list_seats(tx)["t-2"] == Seat("t-2", "s2", Factor.card, NOW - 10 * MINUTE, "seat_1")
    building.renew()
    found = building.ask("t-2")
    assert (found.person_id, found.decision.failed) == ("s2", ("factor",)), "a card alone is one factor"


def test_z3_a_factor_ends_as_its_person_leaves_the_room(store: Store) -> None:
    building = Building(store)
    building.see("s1", "staff_in", NOW - HOUR)
    with store.transaction(NOW) as tx:
        save_seats(tx, [Seat("t-2", "s1", Factor.card_pin, NOW - 50 * MINUTE, "seat_1")])
    assert building.failed("t-2") == ()
    building.see("s1", "staff_out", NOW - 40 * MINUTE)
    building.see("s1", "staff_in", NOW - 30 * MINUTE)
    assert building.failed("t-2") == ("factor",)
    found = building.ask("t-2", factor=Factor.biometric).decision
    assert found.failed == (), "an agent that saw the person says so itself"


def test_z3_a_factor_is_of_whoever_showed_it_and_of_nobody_else(store: Store) -> None:
    """The terminal is s2's own; that somebody else held a card to its reader says nothing of s2."""
    building = Building(store)
    for person_id in ("s1", "s2"):
        building.see(person_id, "staff_in", NOW - HOUR)
    with store.transaction(NOW) as tx:
        (shared,) = (each for each in TERMINALS if each.id == "t-2")
        save_terminals(tx, [replace(shared, kept_by="s2")])
        save_seats(tx, [Seat("t-2", "s1", Factor.card_pin, NOW - 20 * MINUTE, "seat_1")])
    building.renew()
    found = building.ask("t-2")
    assert (found.person_id, found.decision.facts.factor) == ("s2", Factor.none)
    assert found.decision.failed == ("factor",)


def test_a_terminal_is_known_by_its_address_however_it_is_written(store: Store) -> None:
    building = Building(store)
    building.renew()
    for station in ("02-00-00-00-00-01", "02:00:00:00:00:01", "0200.0000.0001"):
        known = building.situations.look(Question("switch", Method.mab, station=station), NOW)
        assert (known.terminal_id, known.person_id, known.situation.tier_id) == ("p-1", "", LGWAN)
    assert building.situations.look(Question("switch", Method.mab, station=""), NOW).terminal_id == ""


def visit(person_id: str) -> GuestVisit:
    times = {"valid_from": NOW - HOUR, "valid_until": NOW + 2 * HOUR, "arrived_at": NOW - HOUR}
    words = {"code": "C", "name": "", "organisation": "", "purpose": "", "host_phone": ""}
    return GuestVisit(
        id="v-1",
        host_id="s2",
        levels=(),
        escorted=True,
        approval=Approval.none,
        state=VisitState.arrived,
        announced_by="s2",
        announced_at=NOW - DAY,
        person_id=person_id,
        **words,  # type: ignore[arg-type]
        **times,  # type: ignore[arg-type]
    )


def test_z11_a_visitor_may_only_while_the_host_is_in_the_same_room(store: Store) -> None:
    rules = tuple(each for each in RULES if each.code not in {"cleared", "trained"})
    building = Building(store, rules=rules)
    with store.transaction(NOW) as tx:
        upsert_persons(tx, [Person("visit-1", "", "", "tax", kind="visitor", sponsor_id="s3")])
        insert_visit(tx, visit("visit-1"))
    building.see("visit-1", "staff_in", NOW - 30 * MINUTE)
    building.see("s3", "staff_in", NOW - 30 * MINUTE)
    assert building.failed("t-3", person_id="visit-1") == ("escort",)
    building.see("s2", "staff_in", NOW - 29 * MINUTE)
    assert building.failed("t-3", person_id="visit-1") == ()
    assert building.ask("t-3", person_id="visit-1").decision.ends_by == ("known",), "the visit has an end"
    building.see("s2", "staff_out", NOW - 10 * MINUTE)
    assert building.failed("t-3", person_id="visit-1") == ("escort",)
    building.see("s2", "staff_in", NOW - 5 * MINUTE)
    with store.transaction(NOW) as tx:
        insert_suspension(tx, Suspension("x", "s2", TODAY, None, "停職", "hr", NOW))
    assert building.failed("t-3", person_id="visit-1") == ("escort",), "who is suspended escorts nobody"
    with store.transaction(NOW) as tx:
        save_visit(tx, "v-1", state=VisitState.left)
    assert "known" in building.failed("t-3", person_id="visit-1")


@pytest.mark.parametrize("point", ["staff_out", "main_in"])
def test_two_persons_count_while_both_are_in_the_room(store: Store, point: str) -> None:
    building = Building(store, rules=(*RULES, rule("company", "others_cleared >= 1", LGWAN)))
    building.see("s1", "staff_in", NOW - HOUR)
    assert building.failed() == ("company",)
    building.see("s2", "staff_in", NOW - 30 * MINUTE)
    assert building.failed() == ()
    building.see("s2", point, NOW - 20 * MINUTE)
    assert building.failed() == ("company",)


def test_who_forgot_to_badge_out_is_no_company(store: Store) -> None:
    building = Building(store, rules=(*RULES, rule("company", "others_cleared >= 1", LGWAN)))
    building.see("s2", "staff_in", NOW - 11 * HOUR)
    building.see("s1", "staff_in", NOW - HOUR)
    assert building.failed() == ("company",)


def test_who_is_not_cleared_for_the_tier_is_no_company(store: Store) -> None:
    building = Building(store, rules=(*RULES, rule("company", "others_cleared >= 1", MYNUM, LGWAN)))
    building.see("s1", "staff_in", NOW - HOUR)
    with store.transaction(NOW) as tx:
        upsert_persons(tx, [replace(Person("s4", "s4", "", "tax"), joined_on=TODAY)])
    building.see("s4", "staff_in", NOW - HOUR)
    assert building.failed() == ("company",)
