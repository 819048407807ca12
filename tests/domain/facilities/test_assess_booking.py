"""Every fault of a wish is told at once, by name, with what to do."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.civil import instant
from domain.facilities.assess_booking import assess_booking
from domain.facilities.booking import BookingFacts, Via, Wish
from domain.facilities.booking_fault import BookingFault, BookingWhy
from domain.facilities.booking_words import WORDS
from domain.facilities.facility import Permits
from domain.facilities.quotas import Booked
from domain.facilities.reservee import ReserveeKind
from domain.facilities.tell_booking import describe_booking_fault
from tests.domain.facilities.booking import CITIZEN, HOUSE, NOW, ON, facts, held, wish

W = BookingWhy


def told(asked: Wish, around: BookingFacts | None = None) -> set[tuple[str, str]]:
    return {(fault.field, fault.why.value) for fault in assess_booking(asked, around or facts())}


def only(asked: Wish, around: BookingFacts | None = None) -> BookingFault:
    (fault,) = assess_booking(asked, around or facts())
    return fault


def test_a_good_wish_has_no_fault() -> None:
    assert assess_booking(wish(), facts()) == ()
    assert assess_booking(wish(room_id="gym", slot_id="course", places=2), facts()) == ()
    assert assess_booking(wish(room_id="hall", units=(("chairs", 4), ("piano", 1))), facts()) == ()


@pytest.mark.parametrize(
    ("asked", "field", "why"),
    [
        (wish(room_id="cellar"), "room_id", W.unknown_room),
        (wish(room_id="old"), "room_id", W.retired_room),
        (wish(room_id="gym"), "slot_id", W.slot_missing),
        (wish(slot_id="course"), "slot_id", W.unknown_slot),
        (wish(780, 900, room_id="gym", slot_id="former"), "slot_id", W.retired_slot),
        (wish(1080, 1260, room_id="gym", slot_id="evening"), "slot_id", W.slot_weekday),
        (wish(540, 700, room_id="gym", slot_id="course", places=1), "from_at", W.slot_times),
        (wish(720, 720), "until_at", W.ends_before_start),
        (wish(720, 540), "until_at", W.ends_before_start),
        (wish(550, 720), "from_at", W.off_step),
        (wish(540, 715), "until_at", W.off_step),
        (wish(540, 1320), "until_at", W.too_long),
        (wish(500 + 10, 600), "from_at", W.outside_hours),
        (wish(1290, 1350), "from_at", W.outside_hours),
        (wish(party=0), "party", W.nobody),
        (wish(party=81), "party", W.over_capacity),
        (wish(room_id="gym", slot_id="course"), "places", W.no_places),
        (wish(room_id="gym", slot_id="course", places=0), "places", W.no_places),
        (wish(places=1), "places", W.places_without_slot),
        (wish(purpose="  "), "purpose", W.purpose_missing),
        (wish(purpose="あ" * 201), "purpose", W.text_too_long),
        (wish(units=(("tent", 1),)), "units", W.unknown_equipment),
        (wish(units=(("lamp", 1),)), "units", W.retired_equipment),
        (wish(units=(("piano", 1),)), "units", W.equipment_of_other_room),
        (wish(units=(("chairs", 1), ("chairs", 1))), "units", W.equipment_twice),
        (wish(units=(("chairs", 0),)), "units", W.no_units),
        (wish(units=(("chairs", 5),)), "units", W.units_left),
        (wish(user_class="nobody"), "user_class", W.unknown_class),
    ],
)
def test_each_fault_has_its_field_and_word(asked: Wish, field: str, why: BookingWhy) -> None:
    fault = only(asked)
    assert (fault.field, fault.why) == (field, why)


def test_more_places_than_the_slot_has_are_too_many_and_not_left() -> None:
    asked = wish(room_id="gym", slot_id="course", places=4)
    assert told(asked) == {("places", "too_many_places"), ("places", "places_left")}


def test_all_faults_are_told_at_once() -> None:
    asked = wish(550, 565, party=0, purpose="", units=(("tent", 1),), user_class="nobody")
    assert told(asked) == {
        ("from_at", "off_step"),
        ("until_at", "off_step"),
        ("until_at", "too_short"),
        ("party", "nobody"),
        ("purpose", "purpose_missing"),
        ("units", "unknown_equipment"),
        ("user_class", "unknown_class"),
    }


def test_what_has_begun_is_past() -> None:
    assert told(wish(), facts(now=instant(ON, 541))) == {("from_at", "past")}


def test_a_closed_day_is_told_as_such() -> None:
    assert only(wish(), facts(windows={})).values == {"on": ON}
    assert told(wish(), facts(windows={})) == {("from_at", "closed")}


def test_what_goes_past_midnight_lies_in_the_hours_of_the_evening_before() -> None:
    late = {ON - timedelta(days=1): ((540, 1560),), ON: ((540, 1560),)}
    assert told(wish(1380, 1500), facts(windows=late)) == set()
    assert told(wish(30, 90), facts(windows=late)) == set()
    assert told(wish(90, 150), facts(windows=late)) == {("from_at", "outside_hours")}


def test_an_exhibition_of_days_begins_and_ends_in_open_hours() -> None:
    rooms = tuple(replace(room, minutes_max=31 * 1440) for room in HOUSE.rooms)
    weeks = replace(HOUSE, rooms=rooms, quotas=())
    assert told(wish(540, 3 * 1440 + 1020), facts(rules=weeks)) == set()
    assert told(wish(540, 3 * 1440 + 1350), facts(rules=weeks)) == {("from_at", "outside_hours")}
    closed = {ON: ((540, 1320),), ON + timedelta(days=3): ((540, 1320),)}
    assert told(wish(540, 3 * 1440 + 1020), facts(rules=weeks, windows=closed)) == set()
    assert told(wish(540, 40 * 1440), facts(rules=weeks)) == {("until_at", "too_long")}


@pytest.mark.parametrize(
    ("given", "via", "why"),
    [
        ({"kind": ReserveeKind.citizen, "confirmed_at": None}, Via.page, W.unconfirmed),
        ({"blocked_until": date(2026, 11, 20)}, Via.page, W.blocked),
        ({"blocked_until": date(2026, 11, 20)}, Via.desk, W.blocked),
        ({"merged_into": "u9"}, Via.desk, W.unknown_reservee),
        ({"forgotten_at": NOW}, Via.file, W.unknown_reservee),
    ],
)
def test_who_may_not_reserve_is_told_why(given: dict[str, Any], via: Via, why: BookingWhy) -> None:
    fault = only(wish(), facts(reservee=replace(CITIZEN, **given), via=via))
    assert (fault.field, fault.why) == ("reservee_id", why)


def test_whom_the_counter_knows_needs_no_confirmed_contact() -> None:
    assert told(wish(), facts(reservee=replace(CITIZEN, confirmed_at=None), via=Via.desk)) == set()


def test_a_house_for_staff_is_closed_to_citizens() -> None:
    own = replace(HOUSE, facility=replace(HOUSE.facility, is_public=False))
    assert told(wish(), facts(rules=own)) == {("reservee_id", "staff_only")}
    assert told(wish(), facts(rules=own, reservee=replace(CITIZEN, kind=ReserveeKind.staff))) == set()
    assert told(wish(), facts(reservee=None)) == {("reservee_id", "unknown_reservee")}


def test_another_class_than_registered_is_for_the_counter() -> None:
    around = facts(now=instant(date(2026, 11, 28), 600))
    assert told(wish(user_class="outside"), around) == {("user_class", "other_class")}
    assert told(wish(user_class="outside"), replace(around, via=Via.desk)) == set()


def test_a_window_opens_and_closes_and_the_counter_has_longer() -> None:
    early = only(wish(), facts(now=instant(date(2026, 11, 1), 539)))
    assert (early.why, early.values) == (W.not_open_yet, {"opens_at": instant(date(2026, 11, 1), 540)})
    late = facts(now=instant(date(2026, 11, 30), 1020))
    assert told(wish(), late) == {("from_at", "window_over")}
    assert told(wish(), replace(late, via=Via.desk)) == set()
    without = replace(HOUSE, windows=(), terms=())
    assert told(wish(), facts(rules=without)) == {("from_at", "no_window"), ("room_id", "no_terms")}


def test_a_quota_counts_what_is_booked_besides() -> None:
    booked = (Booked("half", ON, 1000), Booked("gym", ON, 30))
    fault = only(wish(), facts(booked=booked))
    assert fault.values == {"most_minutes": 1200, "used_minutes": 1030, "per": "month"}
    japanese, english = describe_booking_fault(fault)
    assert "1か月 1200 分、予約済み 1030 分" in japanese
    assert "at most 1200 minutes a month, booked 1030" in english
    assert told(wish(), facts(booked=booked, via=Via.file)) == set()


def test_taken_times_are_told_and_nobody_is_named() -> None:
    around = facts(taken=(held("space:hall_a", 600, 660), held("space:hall_a", 690, 780)))
    fault = only(wish(), around)
    assert fault.values == {
        "times": ((instant(ON, 600), instant(ON, 660)), (instant(ON, 690), instant(ON, 780))),
    }
    assert describe_booking_fault(fault)[0].startswith("2026-12-01 10:00–11:00, 2026-12-01 11:30–13:00 は予約済み")
    assert told(wish(720, 780), facts(taken=(held("space:hall_a", 540, 720),))) == set()


def test_preparation_and_clean_up_are_held_too() -> None:
    around = facts(taken=(held("space:hall_b", 720, 780),))
    assert told(wish(room_id="hall"), around) == {("from_at", "taken")}
    assert told(wish(540, 690, room_id="hall"), around) == set()


def test_an_own_reservation_in_the_way_is_told_as_ones_own() -> None:
    assert told(wish(), facts(taken=(held("space:hall_a", 600, 660, by="u1"),))) == {("from_at", "own_overlap")}


def test_parties_share_a_slot_until_its_places_are_taken() -> None:
    shared = f"slot:course:{ON}"
    asked = wish(room_id="gym", slot_id="course", places=2)
    one = (held("space:gym", 540, 720, holder=shared), held("place:course:2", 540, 720))
    assert told(asked, facts(taken=one)) == set()
    two = (*one, held("place:course:1", 540, 720, by="u3"))
    assert only(asked, facts(taken=two)).values == {"left": 1}
    whole = (held("space:gym", 540, 720),)
    assert told(asked, facts(taken=whole)) == {("from_at", "taken")}
    assert told(asked, facts(taken=(held("space:gym", 540, 720, holder=shared, by="u1"),))) == {
        ("from_at", "own_overlap")
    }


def test_units_that_others_have_are_not_left() -> None:
    around = facts(taken=(held("unit:chairs:1", 600, 630), held("unit:chairs:3", 720, 800)))
    fault = only(wish(units=(("chairs", 4),)), around)
    assert (fault.why, fault.values) == (W.units_left, {"name": "椅子", "left": 3})


@pytest.mark.parametrize("why", BookingWhy)
def test_every_reason_has_words_in_both_languages(why: BookingWhy) -> None:
    japanese, english = WORDS[why]
    assert japanese
    assert english.isascii()


def test_permission_by_rule_is_of_the_room_and_no_matter_of_the_wish() -> None:
    rooms = tuple(replace(room, permits=Permits.rule) for room in HOUSE.rooms)
    assert assess_booking(wish(), facts(rules=replace(HOUSE, rooms=rooms))) == ()
