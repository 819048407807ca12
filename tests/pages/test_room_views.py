"""The pure parts behind the rooms' pages: what is asked, how it looks, lanes of a picture, rules of a series."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.civil import JST, minute_on
from domain.facilities.availability import DayCell, OpenDay, Vacancy, derive_day
from domain.facilities.booking_rules import BookingWindow, Deadline, OpensBy, Terms
from domain.facilities.facility import Facility, Room, SlotKind, UserClass
from domain.facilities.rules import FacilityRules
from domain.facilities.taken import lay_out
from gateway.bookings.recurrence import expand_days
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.drawing.rule_sentences import Teller
from gateway.pages.rooms.calendar_question import PARTS, PartOfDay, Question, Span, limit_day
from gateway.pages.rooms.entered import Repeat
from gateway.pages.rooms.looks import Booker, Look, Looks, narrow
from gateway.pages.rooms.rules_view import tell_rules
from gateway.pages.rooms.segments import Axis, RoomDay, Segment, choose_axis, derive_segments, lay_lanes
from gateway.pages.rooms.series_form import write_rule
from gateway.pages.words import Language

ON = date(2025, 11, 22)
NOW = datetime(2025, 11, 20, 16, 30, tzinfo=JST)
OPEN = ((540, 1320),)
ROOM = Room("r", "f", "室", "Room", ("r",), 20)
WINDOW = BookingWindow("w", OpensBy.days, 30, 540, Deadline(1, 1020), user_class="city")
RULES = FacilityRules(
    Facility("f", "館", "House", "d"), (ROOM,), windows=(WINDOW,), terms=(Terms("t", Deadline(1, 0)),)
)
STAFF, COUNTER = Booker("city", NOW), Booker(None, NOW, frozenset({"f"}))


def cell(on: date = ON, taken: tuple[tuple[int, int], ...] = (), slots: tuple[SlotKind, ...] = ()) -> DayCell:
    held = {"space:r": [(start, end, "x") for start, end in taken]} if taken else {}
    return derive_day(ROOM, OpenDay(on, OPEN, slots), lay_out(on, held.items()), minute_on(NOW, on))


def look(booker: Booker, on: date = ON, rules: FacilityRules = RULES) -> Look:
    return Looks(booker).of_cell(rules, ROOM, cell(on), cell(on).vacancy)


@given(on=st.dates(date(2020, 1, 1), date(2040, 1, 1)), span=st.sampled_from(Span))
def test_the_chosen_day_is_always_seen_and_turning_leaves_its_span(on: date, span: Span) -> None:
    question = Question(on, span)
    assert on in question.days
    assert question.before_on < question.days[0]
    assert question.after_on > question.days[-1]
    assert f"on={on}" in question.at(on)


def test_the_calendar_ends_somewhere() -> None:
    today = date(2025, 11, 20)
    assert limit_day(None, today) == today
    assert limit_day(date.max, today) == today + timedelta(days=800)
    assert limit_day(date.min, today) == today - timedelta(days=400)


def test_free_is_not_yet_bookable() -> None:
    assert look(STAFF) is Look.free
    assert look(STAFF, date(2026, 1, 20)) is Look.early
    assert look(STAFF, date(2025, 11, 20)) is Look.late
    assert look(Booker("other", NOW)) is Look.unoffered
    assert look(COUNTER, date(2026, 1, 20)) is Look.free
    assert look(COUNTER, rules=FacilityRules(RULES.facility, (ROOM,), windows=(WINDOW,))) is Look.unoffered


def told(*windows: BookingWindow, today: date = ON) -> list[str]:
    rules = FacilityRules(RULES.facility, (ROOM,), windows=windows)
    teller = Teller(Phrases(Language.ja), rules.rooms, [UserClass("city", "市", "The city", 1)], today=today, here="r")
    return [" ".join((each.title, *each.parts)) for each in tell_rules(rules, ROOM, teller, today).windows]


def test_the_window_that_counts_is_told_and_no_other() -> None:
    everybody = BookingWindow("e", OpensBy.days, 10, 540, Deadline(1, 1020))
    assert told(WINDOW, everybody) == [
        "市 30日前の09:00から 利用日の1日前の17:00まで",
        "すべての利用者 10日前の09:00から 利用日の1日前の17:00まで",
    ]
    own = BookingWindow("o", OpensBy.days, 0, 540, Deadline(None, 0), room_id="r")
    assert told(WINDOW, everybody, own) == ["すべての利用者 利用日の09:00から 利用開始まで"]
    assert told(replace(WINDOW, valid_until=ON), today=ON + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("part", "vacancy"),
    [(PartOfDay.morning, Vacancy.free), (PartOfDay.afternoon, Vacancy.partly), (PartOfDay.evening, Vacancy.taken)],
)
def test_a_part_of_the_day_is_judged_by_itself(part: PartOfDay, vacancy: Vacancy) -> None:
    assert narrow(cell(taken=((900, 960), (1080, 1320))), OPEN, PARTS[part]) is vacancy
    assert narrow(cell(), ((540, 700),), PARTS[PartOfDay.evening]) is Vacancy.closed


def test_a_day_is_parted_into_what_is_past_free_and_taken() -> None:
    today = date(2025, 11, 20)
    looks = Looks(COUNTER)
    pieces = derive_segments(RoomDay(RULES, ROOM, cell(today, ((1080, 1140),)), OPEN), looks)
    assert [(each.from_minute, each.to_minute, each.look) for each in pieces] == [
        (540, 990, Look.past),
        (990, 1080, Look.free),
        (1080, 1140, Look.taken),
        (1140, 1320, Look.free),
    ]
    assert pieces[1].path == "/rooms/r/book?on=2025-11-20&from=16:30"
    nobody = derive_segments(RoomDay(RULES, ROOM, cell(), OPEN), Looks(Booker(None, NOW)))
    assert [each.path for each in nobody] == [""]


@given(
    spans=st.lists(
        st.tuples(st.integers(0, 280), st.integers(1, 100)).map(lambda at: (at[0] * 5, (at[0] + at[1]) * 5)), max_size=8
    )
)
def test_lanes_hold_every_piece_once_and_fill_the_axis(spans: list[tuple[int, int]]) -> None:
    segments = [Segment(start, end, Look.free) for start, end in sorted(spans)]
    axis = choose_axis(segments)
    lanes = lay_lanes(segments, axis)
    drawn = [each for lane in lanes for each in lane if each.look is not None]
    assert sorted(drawn, key=repr) == sorted(segments, key=repr)
    for lane in lanes:
        assert sum(axis.columns(each) for each in lane) == (axis.last - axis.first) // axis.unit
        assert all(one.to_minute == other.from_minute for one, other in pairwise(lane))


def test_an_axis_without_anything_is_an_office_day() -> None:
    assert choose_axis([]) == Axis(540, 1020, 60)


@pytest.mark.parametrize(
    ("repeat", "days"),
    [
        (Repeat.daily, ["2025-11-22", "2025-11-23", "2025-11-24"]),
        (Repeat.weekly, ["2025-11-22", "2025-11-26", "2025-11-29"]),
        (Repeat.fortnightly, ["2025-11-22", "2025-12-03", "2025-12-06"]),
        (Repeat.monthly_day, ["2025-11-22", "2025-12-22", "2026-01-22"]),
        (Repeat.monthly_weekday, ["2025-11-22", "2025-12-27", "2026-01-24"]),
    ],
)
def test_plain_words_are_rules_of_the_standard(repeat: Repeat, days: list[str]) -> None:
    weekdays = [2] if repeat in {Repeat.weekly, Repeat.fortnightly} else []
    found = expand_days(
        write_rule(repeat, ON, weekdays), ON, date(2026, 1, 31) if "month" in repeat else days_end(days)
    )
    assert [on.isoformat() for on in found][:3] == days


def days_end(days: list[str]) -> date:
    return date.fromisoformat(days[-1])


def test_a_last_weekday_is_a_rule_too() -> None:
    on = date(2025, 11, 29)
    assert expand_days(write_rule(Repeat.monthly_last, on, ()), on, date(2026, 2, 1)) == (
        on,
        date(2025, 12, 27),
        date(2026, 1, 31),
    )
