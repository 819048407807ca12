"""The keeper's rules: a door is only free by an order, and every free door is secured by the first reason to."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import DoorId
from readers.outputs.keeper_frames import FrameError, decode_frame, encode_order, message_of
from readers.outputs.keeping import (
    RELEASE_SECONDS_MAX,
    SECURED,
    SILENCE_SECONDS,
    Beat,
    Gone,
    KeeperState,
    Message,
    Move,
    Order,
    Tick,
    begin_keeping,
    step_keeper,
)

MAIN, WEST = DoorId("main"), DoorId("west")
DOORS = (MAIN, WEST)


def keep(*told: tuple[float, Message]) -> tuple[KeeperState, list[tuple[float, Move]]]:
    """Tell a keeper that began at 100 s all this; gives its state and each move with its time."""
    state, _ = begin_keeping(DOORS, 100.0)
    made = []
    for mono, message in told:
        state, moves = step_keeper(state, message, mono)
        made += [(mono, move) for move in moves]
    return state, made


def test_it_begins_with_every_door_locked() -> None:
    state, moves = begin_keeping(DOORS, 100.0)
    assert moves == [Move(MAIN, free=False), Move(WEST, free=False)]
    assert set(state.free_until_mono.values()) == {SECURED}


def test_a_release_ends_by_itself() -> None:
    _, moves = keep((100.0, Order(MAIN, "release", 105.0)), *((100 + n, Beat()) for n in range(1, 5)), (105.0, Tick()))
    assert moves == [(100.0, Move(MAIN, free=True, until_mono=105.0)), (105.0, Move(MAIN, free=False))]


def test_the_end_is_never_beyond_the_maximum() -> None:
    state, _ = keep((100.0, Order(MAIN, "release", 1e9)))
    assert state.free_until_mono[MAIN] == 100.0 + RELEASE_SECONDS_MAX


@pytest.mark.parametrize("until", [99.0, 100.0, math.nan])
def test_an_order_that_comes_too_late_frees_nothing(until: float) -> None:
    _, moves = keep((100.0, Order(MAIN, "release", until)))
    assert moves == []


def test_a_second_release_moves_the_end_to_either_side() -> None:
    state, _ = keep((100.0, Order(MAIN, "release", 110.0)), (101.0, Order(MAIN, "release", 103.0)))
    assert state.free_until_mono[MAIN] == 103.0


def test_a_tap_at_a_held_door_does_not_lock_it() -> None:
    _, moves = keep((100.0, Order(MAIN, "hold")), (101.0, Order(MAIN, "release", 102.0)), (102.5, Beat()))
    assert moves == [(100.0, Move(MAIN, free=True))]


def test_silence_locks_what_is_free_and_nothing_comes_back_by_itself() -> None:
    state, moves = keep(
        (100.0, Order(MAIN, "hold")),
        (100.1, Order(WEST, "release", 130.0)),
        (100.1 + SILENCE_SECONDS, Tick()),
        (103.0, Beat()),
        (104.0, Beat()),
    )
    assert moves[2:] == [
        (100.1 + SILENCE_SECONDS, Move(MAIN, free=False)),
        (100.1 + SILENCE_SECONDS, Move(WEST, free=False)),
    ]
    assert not state.silent


def test_the_end_of_the_connection_locks_at_once() -> None:
    _, moves = keep((100.0, Order(MAIN, "hold")), (100.1, Gone()))
    assert moves[-1] == (100.1, Move(MAIN, free=False))


def test_an_order_for_a_door_that_is_not_kept_moves_nothing() -> None:
    _, moves = keep((100.0, Order(DoorId("elsewhere"), "hold")))
    assert moves == []


def test_secure_is_obeyed_even_when_locked() -> None:
    _, moves = keep((100.0, Order(MAIN, "secure")))
    assert moves == [(100.0, Move(MAIN, free=False))]


@given(
    st.lists(
        st.tuples(
            st.floats(0, 5),
            st.one_of(
                st.builds(Beat),
                st.builds(Tick),
                st.builds(Gone),
                st.builds(Order, st.sampled_from(DOORS), st.just("hold")),
                st.builds(Order, st.sampled_from(DOORS), st.just("secure")),
                st.builds(Order, st.sampled_from(DOORS), st.just("release"), st.floats(0, 1e6)),
            ),
        )
    )
)
def test_nothing_is_free_without_a_reason(told: list[tuple[float, Message]]) -> None:
    """Replay the moves as a relay would see them, ticking whenever something is due, and hold them against I19."""
    state, _ = begin_keeping(DOORS, 0.0)
    free: dict[DoorId, Move] = {}
    freed_mono: dict[DoorId, float] = {}
    mono = heard = 0.0

    def tell(message: Message, at: float) -> None:
        nonlocal state
        state, moves = step_keeper(state, message, at)
        for move in moves:
            if move.free:
                assert isinstance(message, Order)
                assert message.door == move.door
                free[move.door], freed_mono[move.door] = move, at
            else:
                free.pop(move.door, None)

    for wait, message in told:
        until = mono + wait
        while (due := state.next_mono) <= until:
            mono = due
            tell(Tick(), mono)
            assert state.next_mono > mono
        mono = until
        tell(message, mono)
        if isinstance(message, Beat | Order):
            heard = mono
        for door, move in free.items():
            assert mono - heard < SILENCE_SECONDS
            assert not isinstance(message, Gone)
            if move.until_mono is not None:
                assert mono < move.until_mono <= freed_mono[door] + RELEASE_SECONDS_MAX


@pytest.mark.parametrize("order", [Order(MAIN, "release", 12.5), Order(MAIN, "hold"), Order(MAIN, "secure")])
def test_orders_cross_the_pair(order: Order) -> None:
    assert message_of(decode_frame(encode_order(order))) == order


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"say":1}',
        b'{"say":"order","door":"main","action":"explode"}',
        b'{"say":"order","door":"main","action":"release"}',
        b'{"say":"order","door":"main","action":"release","until":NaN}',
        b'{"say":"order","door":7,"action":"hold"}',
    ],
)
def test_what_is_no_order_is_refused(packet: bytes) -> None:
    with pytest.raises(FrameError):
        message_of(decode_frame(packet))
