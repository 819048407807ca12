"""The life of a reservation after booking: changed, decided, cancelled, used, ended by the clock.

It is one module because a life is one story: each act is tried where the others have led.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.civil import instant
from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.booking_rules import Deadline, Terms
from domain.facilities.reservation import HOLDING, Actor, Reservation, ReservationAct, ReservationState
from gateway.bookings.acting import Acting
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.facilities.change_reservation import AskedChange, change_reservation
from gateway.operations.facilities.decide_reservation import Decision, decide_reservation, decide_reservations
from gateway.operations.facilities.end_reservations import end_reservations
from gateway.operations.facilities.use_reservation import (
    begin_reservation,
    complete_reservation,
    miss_reservation,
)
from store.messages import list_messages
from store.reservations import list_reservation_steps, load_reservation
from store.resource_holds import list_holds_of
from store.tx import Store, Tx
from tests.domain.facilities.booking import HOUSE, NOW, ON, wish
from tests.gateway.bookings.house import DECIDER, DESK, RULES, book, booked, citizen, keep_house

S, A = ReservationState, ReservationAct
START = instant(ON, 540)


@pytest.fixture
def house(store: Store) -> Store:
    rules = replace(RULES, terms=(replace(HOUSE.terms[0], no_show_after_minutes=30),))
    keep_house(store, rules)
    return store


def refused(store: Store, do: Callable[[Tx], object], at: datetime = NOW) -> list[tuple[str, str]]:
    with pytest.raises(BookingFaultsError) as told, store.transaction(at) as tx:
        do(tx)
    return [(fault.field, fault.why.value) for fault in told.value.faults]


def standing(store: Store, id_: str = "r1") -> tuple[Reservation, list[str], list[str]]:
    """A reservation, what it holds, and its deeds."""
    with store.reading(NOW) as tx:
        kept = load_reservation(tx, id_)
        assert kept is not None
        holds = [hold.resource for hold in list_holds_of(tx, id_)]
        assert bool(holds) == (kept.reservation.state in HOLDING)
        return kept.reservation, holds, [step.act.value for step in list_reservation_steps(tx, id_)]


def test_a_change_is_asked_anew_and_holds_what_is_new(house: Store) -> None:
    before = booked(house)
    change = AskedChange("r1", before.version, wish(780, 900, room_id="hall", units=(("piano", 1),)))
    with house.transaction(NOW) as tx:
        after = change_reservation(tx, change, citizen(1))
        assert change_reservation(tx, change, citizen(1)) == after
    assert (after.state, after.version) == (S.applied, 2)
    assert standing(house) == (
        after,
        ["space:hall_a", "space:hall_b", "unit:piano:1"],
        ["apply", "permit", "change"],
    )
    book(house, "r2", wish(reservee_id="u2"), citizen(2))


def test_a_change_that_cannot_be_had_leaves_everything_as_it_was(house: Store) -> None:
    before = booked(house)
    book(house, "r2", wish(780, 900, reservee_id="u2"), citizen(2))
    as_it_was = standing(house)
    wishes = (wish(780, 900), wish(party=999), wish(room_id="cellar"), wish(reservee_id="u2"))
    told = [
        refused(house, lambda tx, asked=asked: change_reservation(tx, AskedChange("r1", 1, asked), citizen(1)))
        for asked in wishes
    ]
    assert told == [
        [("from_at", "taken")],
        [("party", "over_capacity")],
        [("room_id", "unknown_room")],
        [("reservee_id", "not_yours")],
    ]
    assert standing(house) == as_it_was
    assert before == as_it_was[0]


def test_who_saw_something_older_changes_and_decides_nothing(house: Store) -> None:
    book(house, "r1", wish(), citizen(1))
    with house.transaction(NOW) as tx:
        change_reservation(tx, AskedChange("r1", 1, wish(780, 900)), citizen(1))
    late = AskedChange("r1", 1, wish(900, 960))
    assert refused(house, lambda tx: change_reservation(tx, late, citizen(1))) == [("version", "moved_on")]
    decision = Decision("r1", 1, A.permit)
    assert refused(house, lambda tx: decide_reservation(tx, decision, DECIDER)) == [("version", "moved_on")]


def test_after_the_deadline_the_counter_changes_and_cancels(house: Store) -> None:
    booked(house)
    late = instant(ON - timedelta(days=3), 1020)
    assert refused(house, lambda tx: cancel_reservation(tx, "r1", citizen(1)), late) == [("id", "too_late")]
    change = AskedChange("r1", 1, wish(780, 900))
    assert refused(house, lambda tx: change_reservation(tx, change, citizen(1)), late) == [("id", "too_late")]
    with house.transaction(late) as tx:
        assert change_reservation(tx, change, DESK).version == 2
        assert cancel_reservation(tx, "r1", DESK, reason="急病").state is S.cancelled
    assert standing(house)[1:] == ([], ["apply", "permit", "change", "cancel"])


def test_cancelling_twice_is_once_and_is_not_for_others(house: Store) -> None:
    booked(house)
    assert refused(house, lambda tx: cancel_reservation(tx, "r1", citizen(2))) == [("reservee_id", "not_yours")]
    for _ in range(2):
        with house.transaction(NOW) as tx:
            cancel_reservation(tx, "r1", citizen(1))
    assert standing(house)[2] == ["apply", "permit", "cancel"]
    assert refused(house, lambda tx: cancel_reservation(tx, "none", citizen(1))) == [("id", "no_reservation")]


@pytest.mark.parametrize(
    ("acting", "fault"),
    [
        (DESK, ("id", "not_yours")),
        (citizen(1), ("id", "not_yours")),
        (Acting("x", decides=frozenset({"elsewhere"})), ("id", "not_yours")),
        (replace(DECIDER, person_id="p1"), ("id", "own_reservation")),
        (replace(DECIDER, reservee_id="s1"), ("id", "own_reservation")),
        (replace(DECIDER, login="desk"), ("id", "own_reservation")),
    ],
)
def test_only_another_with_the_duty_decides(house: Store, acting: Acting, fault: tuple[str, str]) -> None:
    book(house, "r1", wish(reservee_id="s1"), DESK)
    assert refused(house, lambda tx: decide_reservation(tx, Decision("r1", 1, A.permit), acting)) == [fault]
    assert standing(house)[0].state is S.applied


def test_a_no_needs_a_reason_and_gives_the_room_free(house: Store) -> None:
    book(house, "r1", wish(reservee_id="s1"), DESK)
    without = Decision("r1", 1, A.reject, " ")
    assert refused(house, lambda tx: decide_reservation(tx, without, DECIDER)) == [("reason", "reason_missing")]
    with house.transaction(NOW) as tx:
        decide_reservation(tx, replace(without, reason="改修工事のため"), DECIDER)
        assert [each.message.kind for each in list_messages(tx, "p1")] == [
            "reservation_rejected",
            "reservation_applied",
        ]
        waiting = list_messages(tx, "p9", unread=True)
        assert waiting == []
    assert standing(house)[0].state is S.rejected
    book(house, "r2", wish(reservee_id="u2"), citizen(2))


def test_each_question_is_told_to_a_member_of_staff(house: Store) -> None:
    book(house, "r1", wish(reservee_id="s1"), DESK)
    for minutes, question in enumerate(("責任者の連絡先を", "机の並べ方を", "机の並べ方を")):
        with house.transaction(NOW + timedelta(minutes=minutes)) as tx:
            decide_reservation(tx, Decision("r1", 1, A.ask, question), DECIDER)
    with house.reading(NOW) as tx:
        told = [each.message.kind for each in list_messages(tx, "p1")]
    assert told == ["reservation_asked", "reservation_asked", "reservation_applied"]


def test_a_question_is_asked_once_and_a_change_answers_it(house: Store) -> None:
    made = book(house, "r1", wish(), citizen(1))
    assert refused(house, lambda tx: decide_reservation(tx, Decision("r1", 1, A.ask), DECIDER)) == [
        ("reason", "reason_missing")
    ]
    for _ in range(2):
        with house.transaction(NOW) as tx:
            assert decide_reservation(tx, Decision("r1", 1, A.ask, "定員に近いので責任者を"), DECIDER) == made
    assert standing(house)[2] == ["apply", "ask"]
    with house.transaction(NOW) as tx:
        change_reservation(tx, AskedChange("r1", 1, replace(wish(), purpose="合唱の練習（責任者 青木）")), citizen(1))
    with house.transaction(NOW) as tx:
        decided = decide_reservation(tx, Decision("r1", 2, A.permit), DECIDER)
    assert decided.state is S.permitted
    assert standing(house)[2] == ["apply", "ask", "change", "permit"]


def test_a_permission_is_revoked_and_nothing_else_is_decided(house: Store) -> None:
    booked(house)
    for decision in (Decision("r1", 1, A.permit), Decision("r1", 1, A.reject, "x"), Decision("r1", 1, A.cancel, "x")):
        told = refused(house, lambda tx, one=decision: decide_reservation(tx, one, DECIDER))
        assert told == [("state", "wrong_state")]
    with house.transaction(NOW) as tx:
        decide_reservation(tx, Decision("r1", 1, A.revoke, "災害対応のため"), DECIDER)
    assert standing(house)[0].state is S.cancelled


def test_many_are_decided_and_one_does_not_hold_up_another(house: Store) -> None:
    for number in (1, 2, 3):
        start = 540 + 120 * number
        book(house, f"r{number}", wish(start, start + 120, reservee_id=f"u{number}"), citizen(number))
    decisions = [Decision("r3", 1, A.permit), Decision("r2", 9, A.permit), Decision("none", 1, A.permit)]
    with house.transaction(NOW) as tx:
        decided, undecided = decide_reservations(tx, [*decisions, Decision("r1", 1, A.reject, "重複")], DECIDER)
    assert [(each.id, each.state) for each in decided] == [("r3", S.permitted), ("r1", S.rejected)]
    assert [(each.decision.id, each.faults[0].why.value) for each in undecided] == [
        ("r2", "moved_on"),
        ("none", "no_reservation"),
    ]
    assert standing(house, "r2")[0].state is S.applied


def test_nothing_is_permitted_when_its_time_is_over(house: Store) -> None:
    book(house, "r1", wish(), citizen(1))
    decision = Decision("r1", 1, A.permit)
    told = refused(house, lambda tx: decide_reservation(tx, decision, DECIDER), instant(ON, 720))
    assert told == [("from_at", "past")]


def test_a_use_begins_and_ends_once(house: Store) -> None:
    booked(house)
    begin = {"actor": Actor.door, "by": "box-1"}
    early = refused(house, lambda tx: begin_reservation(tx, "r1", **begin), instant(ON, 539))
    assert early == [("id", "too_early")]
    with house.transaction(START) as tx:
        for _ in range(2):
            assert begin_reservation(tx, "r1", **begin).state is S.in_use
        for _ in range(2):
            assert complete_reservation(tx, "r1", actor=Actor.desk, by="desk").state is S.completed
    assert standing(house)[2] == ["apply", "permit", "begin", "complete"]


def test_nobody_came_until_somebody_came_after_all(house: Store) -> None:
    booked(house)
    miss = {"actor": Actor.desk, "by": "desk"}
    assert refused(house, lambda tx: miss_reservation(tx, "r1", **miss), instant(ON, 539)) == [("id", "too_early")]
    with house.transaction(START) as tx:
        miss_reservation(tx, "r1", **miss)
    assert standing(house)[1] == []
    with house.transaction(START + timedelta(minutes=5)) as tx:
        assert begin_reservation(tx, "r1", actor=Actor.door, by="box-1").state is S.in_use
    assert standing(house)[1] == ["space:hall_a"]


def test_a_room_that_others_took_after_a_no_show_is_theirs(house: Store) -> None:
    booked(house)
    with house.transaction(START) as tx:
        miss_reservation(tx, "r1", actor=Actor.desk, by="desk")
    with house.transaction(NOW) as tx:
        pass
    book(house, "r2", wish(reservee_id="u2"), citizen(2))
    told = refused(house, lambda tx: begin_reservation(tx, "r1", actor=Actor.door, by="box-1"), START)
    assert told == [("from_at", "taken")]
    assert standing(house)[0].state is S.no_show


def test_what_is_not_permitted_is_not_used(house: Store) -> None:
    book(house, "r1", wish(), citizen(1))
    for do in (begin_reservation, complete_reservation, miss_reservation):
        told = refused(house, lambda tx, do=do: do(tx, "r1", actor=Actor.desk, by="desk"), START)
        assert told == [("state", "wrong_state")]


def test_the_clock_ends_what_is_over(house: Store) -> None:
    book(house, "r1", wish(), citizen(1), is_held_only=True)
    book(house, "r2", wish(720, 780, reservee_id="u2"), citizen(2))
    booked(house, "r3", from_at=instant(ON, 780), until_at=instant(ON, 900))
    ended = []
    for at in (NOW + timedelta(minutes=29), NOW + timedelta(minutes=30), instant(ON, 779), instant(ON, 780)):
        with house.transaction(at) as tx:
            ended.append([(each.id, each.state) for each in end_reservations(tx)])
    assert ended == [[], [("r1", S.expired)], [], [("r2", S.expired)]]
    with house.transaction(instant(ON, 809)) as tx:
        assert end_reservations(tx) == []
    with house.transaction(instant(ON, 810)) as tx:
        assert [(each.id, each.state) for each in end_reservations(tx)] == [("r3", S.no_show)]
        assert end_reservations(tx) == []


def test_a_use_is_over_with_its_time_and_without_terms_nobody_is_said_to_be_missing(store: Store) -> None:
    keep_house(store, replace(RULES, terms=(Terms("t", Deadline(3, 1020)),)))
    booked(store)
    booked(store, "r2", from_at=instant(ON, 780), until_at=instant(ON, 900))
    with store.transaction(START) as tx:
        begin_reservation(tx, "r1", actor=Actor.door, by="box-1")
    with store.transaction(instant(ON, 1440)) as tx:
        assert [(each.id, each.state) for each in end_reservations(tx)] == [("r1", S.completed)]
