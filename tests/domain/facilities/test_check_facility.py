"""Every fault of a facility's definition is found, named by thing and field, and has words in both languages."""

import string
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from domain.facilities.booking_rules import BookingWindow, Deadline, OpensBy, Terms
from domain.facilities.check_facility import check_facility, list_missing
from domain.facilities.closures import ClosureKind, ClosureRule
from domain.facilities.facility import Equipment, Facility, Room, SlotKind
from domain.facilities.facility_fault import FacilityFault, Flaw, Thing
from domain.facilities.facility_words import FIELDS, THINGS, WORDS, describe_fault, tell_fault
from domain.facilities.opening import Opening, OpeningRules, SpecialDays, SpecialKind
from domain.facilities.quotas import Counts, Per, Quota
from domain.facilities.rules import FacilityRules

TODAY = date(2026, 11, 23)
EVERY_DAY = frozenset(range(7))
DAY = Deadline(3, 1020)
HOUSE = Opening("house", EVERY_DAY, 540, 1320)
HALL = Room("hall", "kaikan", "ホール", "Hall", ("hall-a", "hall-b"), 300)
AM = SlotKind("am", "hall", "午前", "Morning", 540, 720, EVERY_DAY)
PM = SlotKind("pm", "hall", "午後", "Afternoon", 780, 1020, EVERY_DAY)
WINDOW = BookingWindow("w", OpensBy.month_day, 2, 540, DAY)
QUOTA = Quota("q", Counts.reservations, Per.month, 4)
TERMS = Terms("t", DAY)
RULES = FacilityRules(
    Facility("kaikan", "市民館", "Civic hall", "shakai"),
    rooms=(HALL,),
    equipment=(Equipment("piano", "kaikan", "ピアノ", "Piano", 1, "hall"),),
    slots=(AM, PM),
    opening=OpeningRules((HOUSE,), (), ()),
    windows=(WINDOW,),
    quotas=(QUOTA,),
    terms=(TERMS,),
)


def faults(rules: FacilityRules) -> list[tuple[Thing, str, str, Flaw]]:
    found = check_facility(rules, {"city"}, TODAY)
    assert all(tell_fault(each) for each in found)
    return [(each.thing, each.id, each.field, each.flaw) for each in found]


def with_room(**changes: object) -> FacilityRules:
    return replace(RULES, rooms=(replace(HALL, **changes),))  # type: ignore[arg-type]


def with_slots(*slots: SlotKind) -> FacilityRules:
    return replace(RULES, slots=slots)


def with_opening(
    *openings: Opening, closures: tuple[ClosureRule, ...] = (), special: tuple[SpecialDays, ...] = ()
) -> FacilityRules:
    return replace(RULES, slots=(), opening=OpeningRules(openings or (HOUSE,), closures, special))


def closure(kind: ClosureKind, **more: object) -> ClosureRule:
    return ClosureRule("c", kind, "休館", **more)  # type: ignore[arg-type]


def test_a_right_definition_has_no_fault_and_lacks_nothing() -> None:
    assert faults(RULES) == []
    assert list_missing(RULES, TODAY) == ()


@pytest.mark.parametrize(
    ("changes", "field", "flaw"),
    [
        ({"id": "Hall A"}, "id", Flaw.bad_id),
        ({"name": ""}, "name", Flaw.bad_text),
        ({"name_en": "x" * 81}, "name_en", Flaw.bad_text),
        ({"name": "a\nb"}, "name", Flaw.bad_text),
        ({"name": "a\u202eb"}, "name", Flaw.bad_text),
        ({"name": "ホール\u3000"}, "name", Flaw.bad_text),
        ({"capacity": 0}, "capacity", Flaw.out_of_range),
        ({"step_minutes": 0}, "step_minutes", Flaw.out_of_range),
        ({"minutes_min": 45}, "minutes_min", Flaw.no_multiple),
        ({"minutes_max": 100}, "minutes_max", Flaw.no_multiple),
        ({"minutes_min": 120, "minutes_max": 60}, "minutes_max", Flaw.not_below),
        ({"before_minutes": -1}, "before_minutes", Flaw.out_of_range),
        ({"after_minutes": 721}, "after_minutes", Flaw.out_of_range),
        ({"spaces": ()}, "spaces", Flaw.no_spaces),
    ],
)
def test_what_is_wrong_with_a_room(changes: Mapping[str, object], field: str, flaw: Flaw) -> None:
    rules = replace(with_room(**changes), slots=(), equipment=())
    assert [each[2:] for each in faults(rules)] == [(field, flaw)]


def test_names_may_have_wide_blanks_and_the_operator_a_name_or_none() -> None:
    assert faults(with_room(name="大ホール\u3000東面")) == []
    run_by = replace(RULES, facility=replace(RULES.facility, operator="財団\n"))
    assert faults(run_by) == [(Thing.facility, "kaikan", "operator", Flaw.bad_text)]


def test_a_slot_twice_and_slots_whose_preparation_and_clean_up_collide() -> None:
    again = replace(AM, id="once")
    assert faults(with_slots(AM, again)) == [(Thing.slot, "once", "from_minute", Flaw.same_slot)]
    tight = with_room(before_minutes=30, after_minutes=31)
    assert faults(tight) == [(Thing.slot, "pm", "from_minute", Flaw.buffers_collide)]
    assert faults(with_room(before_minutes=30, after_minutes=30)) == []


def test_slots_may_exclude_each_other_share_a_time_or_follow_in_force() -> None:
    whole = SlotKind("whole", "hall", "全日", "Whole day", 540, 1320, EVERY_DAY)
    late = SlotKind("late", "hall", "午後夜間", "Afternoon and evening", 780, 1320, EVERY_DAY)
    course = replace(AM, id="course", places=20)
    assert faults(with_slots(AM, PM, whole, late, course)) == []
    old, new = replace(AM, valid_until=TODAY), replace(AM, id="new", valid_from=date(2026, 11, 24))
    assert faults(with_slots(old, new)) == []


@pytest.mark.parametrize(
    ("slot", "field", "flaw"),
    [
        (replace(AM, from_minute=480), "from_minute", Flaw.outside_hours),
        (replace(AM, to_minute=540), "to_minute", Flaw.not_below),
        (replace(AM, weekdays=frozenset()), "weekdays", Flaw.no_weekday),
        (replace(AM, places=0), "places", Flaw.out_of_range),
        (replace(AM, room_id="gym"), "room_id", Flaw.unknown_room),
        (replace(AM, valid_from=TODAY, valid_until=date(2026, 11, 22)), "valid_until", Flaw.not_below),
    ],
)
def test_what_is_wrong_with_a_slot(slot: SlotKind, field: str, flaw: Flaw) -> None:
    assert (Thing.slot, "am", field, flaw) in faults(with_slots(slot))


def test_a_slot_need_not_fit_every_season_but_one_for_each_of_its_weekdays() -> None:
    evening = SlotKind("eve", "hall", "夜間", "Evening", 1080, 1260, EVERY_DAY)
    summer = Opening("summer", EVERY_DAY, 1020, 1320, months=frozenset({7, 8}))
    day = Opening("day", EVERY_DAY, 540, 1020)
    assert faults(replace(with_opening(day, summer), slots=(evening,))) == []
    weekdays = Opening("wd", frozenset(range(5)), 540, 1320)
    found = check_facility(replace(with_opening(weekdays), slots=(evening,)), {"city"}, TODAY)
    assert [each.values for each in found] == [{"weekdays": frozenset({5, 6})}]
    assert describe_fault(found[0])[0].startswith("開館時間の外です（土・日）")


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        (with_opening(replace(HOUSE, weekdays=frozenset())), ("house", "weekdays", Flaw.no_weekday)),
        (with_opening(replace(HOUSE, to_minute=1981)), ("house", "to_minute", Flaw.out_of_range)),
        (with_opening(replace(HOUSE, months=frozenset({13}))), ("house", "months", Flaw.no_month)),
        (with_opening(HOUSE, replace(HOUSE, id="b")), ("b", "from_minute", Flaw.overlaps)),
        (with_opening(closures=(closure(ClosureKind.weekly),)), ("c", "weekdays", Flaw.no_weekday)),
        (
            with_opening(closures=(closure(ClosureKind.monthly, weekdays=EVERY_DAY),)),
            ("c", "nths", Flaw.no_nth),
        ),
        (
            with_opening(closures=(closure(ClosureKind.yearly, from_day=(2, 30), to_day=(3, 1)),)),
            ("c", "from_day", Flaw.no_such_day),
        ),
        (with_opening(closures=(closure(ClosureKind.national, room_id="x"),)), ("c", "room_id", Flaw.unknown_room)),
        (
            with_opening(special=(SpecialDays("s", SpecialKind.closed, TODAY, date(2026, 11, 1), "工事"),)),
            ("s", "last_on", Flaw.not_below),
        ),
        (
            with_opening(special=(SpecialDays("s", SpecialKind.closed, TODAY, date(2036, 11, 1), "工事"),)),
            ("s", "last_on", Flaw.out_of_range),
        ),
        (
            with_opening(special=(SpecialDays("s", SpecialKind.opened, TODAY, TODAY, "選挙", None, 540),)),
            ("s", "to_minute", Flaw.half_a_time),
        ),
        (
            with_opening(special=(SpecialDays("s", SpecialKind.opened, TODAY, TODAY, ""),)),
            ("s", "reason", Flaw.bad_text),
        ),
    ],
)
def test_what_is_wrong_with_hours(rules: FacilityRules, found: tuple[str, str, Flaw]) -> None:
    assert found in [each[1:] for each in faults(rules)]


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        (replace(RULES, windows=(replace(WINDOW, user_class="x"),)), ("w", "user_class", Flaw.unknown_class)),
        (replace(RULES, windows=(replace(WINDOW, opens_day=29),)), ("w", "opens_day", Flaw.out_of_range)),
        (replace(RULES, windows=(WINDOW, replace(WINDOW, id="v"))), ("v", "valid_from", Flaw.overlaps)),
        (
            replace(RULES, windows=(BookingWindow("w", OpensBy.days, 2, 540, DAY),)),
            ("w", "closes", Flaw.never_opens),
        ),
        (replace(RULES, windows=(replace(WINDOW, closes=Deadline(3, 1441)),)), ("w", "closes", Flaw.out_of_range)),
        (replace(RULES, quotas=(replace(QUOTA, most=0),)), ("q", "most", Flaw.out_of_range)),
        (replace(RULES, quotas=(QUOTA, replace(QUOTA, id="p", most=9))), ("p", "valid_from", Flaw.overlaps)),
        (replace(RULES, terms=(replace(TERMS, no_shows_to_block=2),)), ("t", "block_days", Flaw.no_block_days)),
        (
            replace(RULES, terms=(replace(TERMS, no_show_after_minutes=0),)),
            ("t", "no_show_after_minutes", Flaw.out_of_range),
        ),
        (replace(RULES, terms=(TERMS, replace(TERMS, id="u"))), ("u", "valid_from", Flaw.overlaps)),
        (replace(RULES, rooms=(HALL, HALL), slots=()), ("hall", "id", Flaw.id_taken)),
        (replace(RULES, equipment=(Equipment("e", "f", "x", "x", 0, "x"),)), ("e", "units", Flaw.out_of_range)),
    ],
)
def test_what_is_wrong_with_booking_rules(rules: FacilityRules, found: tuple[str, str, Flaw]) -> None:
    assert found == next(each[1:] for each in faults(rules))


def test_what_is_missing_is_no_fault() -> None:
    bare = FacilityRules(RULES.facility, rooms=(HALL, replace(HALL, id="gym")))
    assert faults(bare) == []
    assert [(each.id, each.flaw) for each in list_missing(bare, TODAY)] == [
        ("kaikan", Flaw.no_hours),
        ("kaikan", Flaw.no_terms),
        ("hall", Flaw.no_window),
        ("gym", Flaw.no_window),
    ]
    own = replace(bare, windows=(replace(WINDOW, room_id="hall"),))
    assert [each.id for each in list_missing(own, TODAY) if each.flaw is Flaw.no_window] == ["gym"]


def test_every_flaw_and_thing_has_words_in_both_languages() -> None:
    assert set(WORDS) == set(Flaw)
    assert set(THINGS) == set(Thing)
    for japanese, english in [*WORDS.values(), *THINGS.values(), *FIELDS.values()]:
        assert japanese
        assert english.isascii()
        named = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (japanese, english)]
        assert named[0] == named[1]


def test_a_fault_says_thing_field_what_was_expected_and_what_to_do() -> None:
    fault = FacilityFault(Thing.room, "hall", "capacity", Flaw.out_of_range, {"least": 1, "most": 9})
    assert tell_fault(fault) == "部屋 hall・定員: 1〜9 にしてください / room hall · capacity: expected 1 to 9"
