"""A booking as people read it: its way in steps for every end it can come to, what is still asked, what is held."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.facilities.facility import Equipment, SlotKind
from domain.facilities.holds import Hold
from domain.facilities.lottery import Lot, Round
from domain.facilities.reservation import Actor, ReservationAct, ReservationState
from gateway.pages.bookings.booking_view import (
    Span,
    Stands,
    derive_milestones,
    find_question,
    list_acts,
    view_deed,
    view_holds,
    view_span,
)
from gateway.pages.bookings.round_form import name_lot
from gateway.pages.bookings.round_view import Phase, derive_phase, tell_lost
from gateway.pages.words import Language
from store.reservations import ReservationStep

S, A = ReservationState, ReservationAct
AT = datetime(2025, 11, 20, 9, 0, tzinfo=UTC)  # 18:00 in Japan


def step(act: A, before: S | None, after: S, *, by: str = "ueda", actor: Actor = Actor.desk) -> ReservationStep:
    return ReservationStep("r", act, actor, by, AT, before, after, "", 1)


APPLIED = step(A.apply, None, S.applied)
PERMITTED = step(A.permit, S.applied, S.permitted, actor=Actor.decider)


@pytest.mark.parametrize(
    ("state", "steps", "way"),
    [
        (
            S.tentative,
            [step(A.hold, None, S.tentative)],
            ["apply now", "permit ahead", "begin ahead", "complete ahead"],
        ),
        (S.applied, [APPLIED], ["apply past", "permit now", "begin ahead", "complete ahead"]),
        (
            S.applied,
            [APPLIED, PERMITTED, step(A.change, S.permitted, S.applied)],
            ["apply past", "permit now", "begin ahead", "complete ahead"],
        ),
        (S.permitted, [APPLIED, PERMITTED], ["apply past", "permit past", "begin now", "complete ahead"]),
        (
            S.in_use,
            [APPLIED, PERMITTED, step(A.begin, S.permitted, S.in_use)],
            ["apply past", "permit past", "begin past", "complete now"],
        ),
        (S.rejected, [APPLIED, step(A.reject, S.applied, S.rejected)], ["apply past", "rejected ended"]),
        (
            S.cancelled,
            [APPLIED, PERMITTED, step(A.revoke, S.permitted, S.cancelled)],
            ["apply past", "permit past", "cancelled ended"],
        ),
        (S.expired, [step(A.hold, None, S.tentative), step(A.expire, S.tentative, S.expired)], ["expired ended"]),
        (
            S.no_show,
            [APPLIED, PERMITTED, step(A.miss, S.permitted, S.no_show)],
            ["apply past", "permit past", "no_show ended"],
        ),
    ],
)
def test_the_way_says_what_is_past_what_comes_next_and_where_it_ended(
    state: S, steps: list[ReservationStep], way: list[str]
) -> None:
    assert [f"{each.name} {each.stands}" for each in derive_milestones(state, steps)] == way


def test_what_is_completed_has_nothing_ahead_and_an_import_without_deeds_stands_too() -> None:
    assert {each.stands for each in derive_milestones(S.completed, [APPLIED, PERMITTED])} == {Stands.past}
    assert [each.deed for each in derive_milestones(S.permitted, [])] == [None] * 4


def test_a_change_is_the_newest_application() -> None:
    changed = step(A.change, S.applied, S.applied, by="self", actor=Actor.reservee)
    assert derive_milestones(S.applied, [APPLIED, changed])[0].deed == changed


def test_a_question_is_open_until_something_is_changed_or_decided() -> None:
    asked = step(A.ask, S.applied, S.applied, actor=Actor.decider)
    changed = step(A.change, S.applied, S.applied)
    assert find_question([APPLIED, asked], S.applied) == asked
    assert find_question([APPLIED, asked, changed], S.applied) is None
    assert find_question([APPLIED, asked, PERMITTED], S.permitted) is None
    assert find_question([APPLIED], S.applied) is None


def test_each_may_what_the_table_lets_them() -> None:
    assert list_acts(S.permitted, Actor.reservee) == {A.change, A.cancel}
    assert list_acts(S.permitted, Actor.desk) == {A.change, A.cancel, A.begin, A.miss}
    assert list_acts(S.completed, Actor.desk) == frozenset()


def test_deeds_bear_names_of_people_and_devices_and_no_logins() -> None:
    assert view_deed(PERMITTED, {"ueda": "上田 翔"}).name == "上田 翔"
    assert view_deed(PERMITTED, {}).name == ""
    assert view_deed(step(A.begin, S.permitted, S.in_use, by="west-1", actor=Actor.door), {}).name == "west-1"


def test_what_is_held_goes_by_names_and_is_counted() -> None:
    until = AT + timedelta(hours=1)
    resources = ("unit:mic:1", "unit:mic:3", "space:east", "place:course:2", "space:gone")
    slot = SlotKind("course", "gym", "体操", "Course", 540, 600, frozenset({0}), places=3)
    mic = Equipment("mic", "house", "マイク", "Microphone", 8)
    held = view_holds(
        [Hold(each, "reservation:r", AT, until) for each in resources], {"east": "東面"}, {"course": slot}, {"mic": mic}
    )
    assert [(each.name, each.many) for each in held] == [("東面", 1), ("gone", 1), ("体操", 1), ("マイク", 2)]
    assert held[0].span == view_span(AT, until) == Span(AT.date(), 1080, 1140)
    assert view_span(AT, AT + timedelta(hours=8)).until_minute == 1560


def test_a_round_stands_where_the_clock_says() -> None:
    lot = Lot("a", "hall", AT + timedelta(days=9), AT + timedelta(days=9, hours=1))
    one = Round("r", "house", "抽選", "Draw", AT, AT + timedelta(days=1), (lot,), "0" * 64)
    hours = {-1: Phase.before, 0: Phase.open, 23: Phase.open, 24: Phase.due}
    assert {hour: derive_phase(one, AT + timedelta(hours=hour)) for hour in hours} == hours
    (told,) = tell_lost("from_at:taken reservee_id:nonsense", lot, Language.ja)
    assert told.startswith("2025-11-29 18:00–19:00 は予約済みです")
    assert tell_lost("reservee_id:blocked", lot, Language.en) == ("booking is blocked until …; ask the counter",)


def test_a_lot_is_named_by_day_and_slot_however_long_its_id() -> None:
    short = SlotKind("am", "hall", "午前", "Morning", 540, 720, frozenset(range(7)))
    long = SlotKind("a" * 63, "hall", "午前", "Morning", 540, 720, frozenset(range(7)))
    assert name_lot(short, AT.date()) == "20251120-am"
    assert len(name_lot(long, AT.date())) <= 63
