"""The key cabinet's machine: every answer to a card, and everything that a hook or the door may do."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.keys.ask_cabinet import SECOND_SECONDS
from domain.keys.cabinet import EMPTY, CabinetState, Grounds, Hung, Refusal
from domain.keys.cabinet_events import (
    Admitted,
    CabinetEvent,
    Counted,
    Dismissed,
    DoorSpoke,
    DoorTold,
    FreeDoor,
    FreeHook,
    HookSpoke,
    KeyTold,
    SecureDoor,
    SecureHook,
    ShelterTold,
    TagTwice,
    TimePassed,
)
from domain.keys.cabinet_hooks import COUNT_SECONDS
from domain.keys.step_cabinet import step_cabinet
from tests.domain.keys.cabinets import AT, BOX, HOUR, SPEC, TAGS, PlayedCabinet, caller, right

REFUSALS = [
    (Refusal.unknown_credential, caller(person=None)),
    (Refusal.card_unusable, caller(right(), usable=False)),
    (Refusal.assurance_too_low, caller(right(), assurance=0)),
    (Refusal.no_key_right, caller()),
    (Refusal.no_key_right, caller(right("key/elsewhere"))),
    (Refusal.key_too_early, caller(right(begins=HOUR, ends=2 * HOUR))),
    (Refusal.key_right_over, caller(right(begins=-2 * HOUR, ends=timedelta(0)))),
    (Refusal.two_person_waiting, caller(right("key/vault"))),
]


@pytest.mark.parametrize(("refusal", "who"), REFUSALS)
def test_refusals_free_nothing(refusal: Refusal, who: object) -> None:
    cabinet = PlayedCabinet()
    assert cabinet.refusal(who) is refusal  # type: ignore[arg-type]
    assert cabinet.told == []
    assert cabinet.state.session is None


def test_a_stale_policy_and_a_threat_refuse_whoever_asks() -> None:
    cabinet = PlayedCabinet()
    assert cabinet.refusal(caller(right()), stale=True) is Refusal.policy_stale
    assert cabinet.refusal(caller(right()), shut=True) is Refusal.threat_level
    assert PlayedCabinet(box=None).refusal(caller(right())) is Refusal.policy_stale


def test_what_hangs_there_is_freed_and_taken_by_right() -> None:
    cabinet = PlayedCabinet()
    asked = cabinet.ask(caller(right(), right("ring/patrol", "e-2")))
    assert [(offer.position, offer.entitlement) for offer in asked.offers] == [(1, "e-1"), (3, "e-2")]
    assert cabinet.told == [FreeDoor(10.0), FreeHook(1, 60.0), FreeHook(3, 60.0)]
    assert cabinet.open() == [DoorTold("opened", Grounds.right, asked, 41)]
    (told,) = cabinet.take(3)
    assert isinstance(told, KeyTold)
    assert (told.word, told.hook, told.offer, told.grounds) == ("removed", BOX.hooks[2], asked.offers[1], Grounds.right)
    assert cabinet.close() == [DoorTold("closed", asked=asked), SecureDoor(), SecureHook(1), SecureHook(3)]
    assert cabinet.state.session is None


def test_one_right_is_one_copy() -> None:
    cabinet = PlayedCabinet()
    cabinet.ask(caller(right()))
    cabinet.open()
    cabinet.take(1)
    cabinet.take(2)
    assert cabinet.keys() == [("removed", 1), ("removed_unauthorised", 2)]


def test_two_keys_at_once_are_each_told_for_what_they_are() -> None:
    cabinet = PlayedCabinet()
    cabinet.ask(caller(right(), right(name="e-2")))
    cabinet.open()
    cabinet.take(2)
    cabinet.take(1)
    assert cabinet.keys() == [("removed", 2), ("removed", 1)]


def test_who_was_there_is_told_beside_what_nobody_was_offered() -> None:
    cabinet = PlayedCabinet()
    asked = cabinet.ask(caller(right()))
    cabinet.open()
    (told,) = cabinet.take(3)
    assert told == KeyTold("removed_unauthorised", 3, BOX.hooks[2], TAGS[3], asked)
    cabinet.close()
    (told,) = cabinet.take(4)
    assert told == KeyTold("removed_unauthorised", 4, BOX.hooks[3], TAGS[4], None)


def test_a_key_hung_back_in_the_same_session_may_be_taken_again() -> None:
    cabinet = PlayedCabinet()
    cabinet.ask(caller(right()))
    cabinet.open()
    cabinet.take(1)
    cabinet.hang(1, TAGS[1])
    cabinet.take(1)
    assert cabinet.keys() == [("removed", 1), ("returned", 1), ("removed", 1)]


def test_a_key_on_another_hook_is_misplaced_and_offered_where_it_hangs() -> None:
    cabinet = PlayedCabinet()
    cabinet.ask(caller(right()))
    cabinet.open()
    cabinet.take(1)
    (told,) = cabinet.hang(5, TAGS[1])
    assert (told.word, told.position, told.hook) == ("misplaced", 5, BOX.hooks[0])  # type: ignore[union-attr]
    cabinet.take(2)  # not offered in this session: somebody puts the other copy away
    cabinet.close()
    asked = cabinet.ask(caller(right(), person="bert"))
    assert [offer.position for offer in asked.offers] == [5]


def test_a_stranger_is_told_as_one() -> None:
    cabinet = PlayedCabinet()
    cabinet.ask(caller(right()))
    cabinet.open()
    (told,) = cabinet.hang(5, "f" * 32)
    assert told == KeyTold("misplaced", 5, None, "f" * 32, cabinet.state.session and cabinet.state.session.asked)
    (gone,) = cabinet.take(5)
    assert gone.word == "removed_unauthorised"
    assert gone.hook is None


def test_one_tag_on_two_hooks_is_named() -> None:
    cabinet = PlayedCabinet()
    assert cabinet.hang(5, TAGS[2])[0] == TagTwice(5, 2)


def test_a_swap_between_two_looks_is_a_removal_and_a_return() -> None:
    cabinet = PlayedCabinet()
    cabinet.take(1)
    cabinet.hang(2, TAGS[1])
    assert cabinet.keys() == [("removed_unauthorised", 1), ("removed_unauthorised", 2), ("misplaced", 2)]


def test_hooks_without_tags_speak_for_what_is_at_home_there() -> None:
    cabinet = PlayedCabinet(tagged=False)
    cabinet.ask(caller(right()))
    cabinet.open()
    cabinet.take(1)
    (told,) = cabinet.hang(1)
    assert told == KeyTold("returned", 1, BOX.hooks[0], None, cabinet.state.session and cabinet.state.session.asked)
    (stranger,) = cabinet.hang(5)
    assert (stranger.word, stranger.hook) == ("misplaced", None)  # type: ignore[union-attr]


def test_bringing_back_opens_the_door_and_no_hook() -> None:
    cabinet = PlayedCabinet()
    cabinet.ask(caller(right()))
    cabinet.open()
    cabinet.take(1)
    cabinet.close()
    cabinet.told.clear()
    late = AT + 3 * HOUR
    asked = cabinet.ask(caller(right()), at=late)
    assert (asked.refusal, asked.grounds) == (None, Grounds.bring_back)
    assert cabinet.told == [FreeDoor(10.0)]
    cabinet.hang(1, TAGS[1])
    cabinet.open()
    cabinet.close()
    assert cabinet.refusal(caller(right()), at=late) is Refusal.key_right_over


def test_a_keys_own_tag_at_the_reader_brings_it_back() -> None:
    cabinet = PlayedCabinet()
    asked = cabinet.ask(replace(caller(person=None, assurance=0), credential=TAGS[3]))
    assert (asked.refusal, asked.offers) == (None, ())
    assert cabinet.told == [FreeDoor(10.0)]


def test_nothing_left_of_it_says_so() -> None:
    cabinet = PlayedCabinet()
    cabinet.state = replace(cabinet.state, hooks={each: hung for each, hung in cabinet.state.hooks.items() if each > 2})
    assert cabinet.refusal(caller(right())) is Refusal.key_not_here


def test_two_persons_take_what_needs_two() -> None:
    cabinet = PlayedCabinet()
    assert cabinet.refusal(caller(right("key/vault"))) is Refusal.two_person_waiting
    assert cabinet.refusal(caller(right("key/vault"))) is Refusal.two_person_waiting  # the same person is no second
    asked = cabinet.ask(caller(right(), person="bert"))
    assert (asked.person, asked.second, [offer.position for offer in asked.offers]) == ("anna", "card-of-bert", [4])
    assert cabinet.told == [FreeDoor(10.0), FreeHook(4, 60.0)]


def test_a_second_person_needs_a_right_here_and_comes_in_time() -> None:
    cabinet = PlayedCabinet()
    cabinet.ask(caller(right("key/vault")))
    assert cabinet.refusal(caller(person="carl")) is Refusal.no_key_right
    cabinet.ask(caller(right("key/vault")))
    cabinet.wait(SECOND_SECONDS)
    asked = cabinet.ask(caller(right(), person="bert"))
    assert (asked.person, asked.second) == ("bert", None)


def test_nobody_comes_between_while_the_box_is_open() -> None:
    cabinet = PlayedCabinet()
    cabinet.ask(caller(right()))
    cabinet.open()
    assert cabinet.refusal(caller(right(), person="bert")) is Refusal.cabinet_busy
    assert cabinet.refusal(caller(right())) is None


def test_whoever_does_not_open_in_time_is_there_no_more() -> None:
    cabinet = PlayedCabinet()
    cabinet.ask(caller(right()))
    assert cabinet.wait(60.0) == [SecureDoor(), SecureHook(1)]
    (opened,) = cabinet.open()
    assert opened == DoorTold("opened", Grounds.forced)


def test_a_door_left_open_is_told_once_and_its_hooks_are_locked() -> None:
    cabinet = PlayedCabinet()
    asked = cabinet.ask(caller(right()))
    cabinet.open()
    assert cabinet.wait(120.0) == [DoorTold("overstayed", asked=asked), SecureDoor(), SecureHook(1)]
    assert cabinet.wait(500.0) == []
    cabinet.take(1)
    assert cabinet.keys() == [("removed_unauthorised", 1)]
    assert cabinet.close() == [DoorTold("closed")]


def test_what_is_found_at_first_is_a_count_and_no_deed() -> None:
    cabinet = PlayedCabinet()
    (counted,) = cabinet.found
    assert counted == Counted(tuple((hook.position, hook) for hook in BOX.hooks), (5,), (), ())
    assert cabinet.keys() == []


def test_a_silent_hook_is_named_and_counted_once_it_speaks() -> None:
    state = CabinetState()
    for position in (1, 2):
        state, told = step_cabinet(SPEC, BOX, state, HookSpoke(position, EMPTY), 5.0)
        assert told == ()
    state, told = step_cabinet(SPEC, BOX, state, TimePassed(), 5.0 + COUNT_SECONDS)
    assert told == (Counted((), (1, 2), (), (3, 4, 5)),)
    state, told = step_cabinet(SPEC, BOX, state, HookSpoke(3, Hung(occupied=True, tag="f" * 32)), 20.0)
    assert told == ()
    state, told = step_cabinet(SPEC, BOX, state, TimePassed(), 20.0 + COUNT_SECONDS)
    assert told == (Counted((), (1, 2), (3,), (4, 5)),)


def test_a_box_found_open_is_not_forced() -> None:
    state, told = step_cabinet(SPEC, BOX, CabinetState(), DoorSpoke(is_open=True), 1.0)
    assert told == (DoorTold("opened", Grounds.found),)
    assert state.open_due_mono == 121.0


def test_a_shelter_stands_open_and_says_on_whose_grounds() -> None:
    cabinet = PlayedCabinet()
    freed = cabinet.tell(ShelterTold(active=True))
    assert freed == [FreeDoor(None), *(FreeHook(each, None) for each in range(1, 6))]
    assert cabinet.open() == [DoorTold("opened", Grounds.shelter)]
    (told,) = cabinet.take(1)
    assert told == KeyTold("removed", 1, BOX.hooks[0], TAGS[1], grounds=Grounds.shelter)
    assert cabinet.wait(10_000) == []
    secured = cabinet.tell(ShelterTold(active=False))
    assert secured == [SecureDoor(), *(SecureHook(each) for each in range(1, 6))]
    assert cabinet.wait(120.0) == [DoorTold("overstayed")]


EVENTS = st.one_of(
    st.builds(HookSpoke, st.integers(0, 6), st.sampled_from([EMPTY, *(Hung(True, tag) for tag in TAGS.values())])),
    st.builds(HookSpoke, st.integers(1, 5), st.just(Hung(occupied=True))),
    st.builds(DoorSpoke, st.booleans()),
    st.builds(ShelterTold, st.booleans()),
    st.just(TimePassed()),
    st.just(Dismissed()),
)
ASKS = st.builds(
    lambda person, targets: caller(*(right(each, f"e-{each[4:]}") for each in targets), person=person),
    st.sampled_from(["anna", "bert"]),
    st.lists(st.sampled_from(["key/hall", "ring/patrol", "key/vault"]), max_size=3, unique=True),
)


@given(st.lists(st.tuples(st.floats(0, 90), EVENTS | ASKS), max_size=40))
def test_a_key_leaves_by_right_only_under_an_offer_that_was_written_down(
    happened: list[tuple[float, CabinetEvent | object]],
) -> None:
    """Each removal by right uses up one offer of an answered card; hooks are freed by an offer or a shelter alone."""
    cabinet, open_offers = PlayedCabinet(), set[tuple[int, str]]()
    for seconds, event in happened:
        cabinet.wait(seconds)
        begin = len(cabinet.told)
        if isinstance(event, CabinetEvent):
            cabinet.tell(event)
        else:
            asked = cabinet.ask(event)  # type: ignore[arg-type]
            if asked.refusal is None and not cabinet.state.sheltering:
                open_offers = {(offer.position, offer.entitlement) for offer in asked.offers}
        for told in cabinet.told[begin:]:
            if isinstance(told, KeyTold) and told.grounds is Grounds.right:
                assert told.offer is not None
                assert told.asked is not None
                assert (told.offer.position, told.offer.entitlement) in open_offers
                assert told.hook == told.offer.hook
                assert told.position == told.offer.position
            if isinstance(told, FreeHook):
                assert cabinet.state.sheltering or any(told.position == each for each, _ in open_offers)
            if isinstance(told, KeyTold) and told.grounds is Grounds.shelter:
                assert cabinet.state.sheltering
        if not cabinet.state.sheltering and cabinet.state.session is None:
            open_offers = set()


@given(st.lists(st.tuples(st.floats(0, 90), EVENTS), max_size=30), st.lists(st.floats(0, 3000), max_size=20))
def test_how_often_time_is_looked_at_changes_nothing(
    happened: list[tuple[float, CabinetEvent]], looks: list[float]
) -> None:
    one, other = PlayedCabinet(), PlayedCabinet()
    for each in (one, other):
        each.ask(caller(right()))
    mono = one.mono
    for seconds, event in happened:
        mono += seconds
        for look in sorted(look for look in looks if other.mono < 100.0 + look <= mono):
            other.mono = 100.0 + look
            other.tell(TimePassed())
        for each in (one, other):
            each.mono = mono
            each.tell(event)
    assert one.state == other.state
    assert one.told == other.told


def test_admitting_somebody_locks_what_the_one_before_was_offered() -> None:
    cabinet = PlayedCabinet()
    cabinet.ask(caller(right("ring/patrol")))
    cabinet.told.clear()
    asked = cabinet.ask(caller(right(), person="bert"))
    assert cabinet.told == [SecureHook(3), FreeDoor(10.0), FreeHook(1, 60.0)]
    assert cabinet.tell(Admitted(asked, 44)) == [FreeDoor(10.0), FreeHook(1, 60.0)]


def test_an_instant_of_the_right_is_inside_and_its_end_is_not() -> None:
    assert PlayedCabinet().refusal(caller(right(begins=timedelta(0)))) is None
    assert PlayedCabinet().refusal(caller(right(ends=timedelta(0)))) is Refusal.key_right_over
    assert PlayedCabinet().refusal(caller(right()), at=AT + HOUR) is Refusal.key_right_over
