"""What counts as a move of a contact, and how little a broken one can say."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from readers.inputs.debounce import (
    CALM_SECONDS,
    FLAP_MOVES,
    FLAP_SECONDS,
    SETTLE_SECONDS,
    UNREST_SECONDS,
    Debounced,
    due_mono,
    is_flapping,
    step_debounce,
)


def play(*levels: tuple[float, bool], until: float) -> tuple[Debounced, list[tuple[float, bool]]]:
    """Let a circuit change at these times, step whenever that is due; gives the state and what was reported."""
    state = Debounced()
    told = []

    def step(raw: bool, mono: float) -> None:
        nonlocal state
        state, moved = step_debounce(state, raw, mono)
        if moved is not None:
            told.append((mono, moved))

    raw: bool | None = None
    for at, level in (*levels, (until, levels[-1][1])):
        while raw is not None and (due := due_mono(state)) is not None and due < at:
            step(raw, due)
            assert due_mono(state) != due
        raw = level
        step(raw, at)
    return state, told


def test_the_first_state_is_told_when_it_is_steady() -> None:
    assert play((0.0, False), until=1.0)[1] == [(SETTLE_SECONDS, False)]
    assert play((0.0, True), until=1.0)[1] == [(SETTLE_SECONDS, True)]


def test_a_bouncing_press_is_one_press() -> None:
    bounces = [(1.0 + 0.002 * n, n % 2 == 0) for n in range(9)]
    _, told = play((0.0, False), *bounces, until=2.0)
    assert told == [(SETTLE_SECONDS, False), (1.016 + SETTLE_SECONDS, True)]


def test_a_flash_is_nothing() -> None:
    assert play((0.0, False), (1.0, True), (1.02, False), until=2.0)[1] == [(SETTLE_SECONDS, False)]


def test_a_circuit_without_rest_counts_as_active_and_is_told_as_broken() -> None:
    chatter = [(1.0 + 0.01 * n, n % 2 == 0) for n in range(150)]
    state, told = play((0.0, False), *chatter, until=2.5)
    assert [moved for _, moved in told] == [False, True]
    assert 1.0 + UNREST_SECONDS <= told[1][0] < 1.0 + UNREST_SECONDS + SETTLE_SECONDS
    assert is_flapping(state, 2.49)


def test_a_loose_wire_is_told_once_a_second_and_its_last_state_in_the_end() -> None:
    flaps = [(1.0 + 0.05 * n, n % 2 == 0) for n in range(200)]
    state, told = play((0.0, False), *flaps, until=30.0)
    assert len(told) < FLAP_MOVES + 10 / CALM_SECONDS + 4
    assert told[-1][1] is False
    assert not is_flapping(state, 30.0)
    assert is_flapping(state, 11.0 + FLAP_SECONDS / 2)


LEVELS = st.lists(st.tuples(st.floats(0.001, 3.0), st.booleans()), min_size=1, max_size=60)


@given(LEVELS)
def test_whatever_the_circuit_does(changes: list[tuple[float, bool]]) -> None:
    mono = 0.0
    levels = []
    for wait, level in changes:
        mono += wait
        levels.append((mono, level))
    state, told = play(*levels, until=mono + FLAP_SECONDS)
    moves = [moved for _, moved in told]
    assert all(earlier != later for earlier, later in pairwise(moves))
    assert moves[-1] == levels[-1][1]  # what it came to rest at was told
    assert due_mono(state) is None
    times = [at for at, _ in told]
    for first, last in zip(times, times[FLAP_MOVES:], strict=False):
        assert last - first >= CALM_SECONDS
