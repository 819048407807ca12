"""A relay by short timers: free only as long as somebody wants it, and locked soon after nobody can say so."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from readers.drivers.osdp_commands import Relay
from readers.drivers.osdp_relay import RelayState, forget_told, step_relay, wish

HELD = float("inf")
ROUNDING_SECONDS = 0.06


@dataclass
class Reader:
    """The reader's side: what it was told last and its own timer."""

    free_until: float = 0.0

    def take(self, relay: Relay | None, now: float) -> None:
        if relay is not None:
            self.free_until = now + relay.tenths / 10 if relay.on else 0.0


wishes = st.one_of(st.none(), st.just(HELD), st.floats(0.1, 60))
events = st.lists(st.tuples(st.floats(0.0, 40), wishes, st.booleans()), max_size=12)


@given(events)
def test_free_only_while_it_is_wished_and_no_longer_than_two_seconds_after_our_death(
    script: list[tuple[float, float | None, bool]],
) -> None:
    state, reader, now = RelayState(0), Reader(), 100.0
    for pause, wished_seconds, is_lost in script:
        state = forget_told(state) if is_lost else wish(state, None if wished_seconds is None else now + wished_seconds)
        until = now + pause
        while now <= until:
            state, relay = step_relay(state, now)
            reader.take(relay, now)
            assert relay is None or relay.tenths <= 250
            wished = state.free_until_mono
            if wished is None:
                assert reader.free_until <= now
            elif wished == HELD:
                assert now < reader.free_until <= now + 2.0
            else:
                assert now < reader.free_until + ROUNDING_SECONDS
                assert reader.free_until <= wished + 0.1 + ROUNDING_SECONDS
            now += 0.3


def test_a_lock_that_is_free_without_current_is_told_the_other_way_round() -> None:
    state = RelayState(3, frees_by_on=False)
    state, locked = step_relay(state, 0.0)
    assert locked == Relay(3, on=True)
    state, freed = step_relay(wish(state, 2.5), 0.5)
    assert freed == Relay(3, on=False, tenths=20)
    assert step_relay(state, 1.0) == (state, None)
    assert step_relay(state, 2.5)[1] == Relay(3, on=True)


def test_after_a_lost_session_only_what_is_left_is_told() -> None:
    state, _ = step_relay(wish(RelayState(0), 10.0), 0.0)
    state, left = step_relay(forget_told(state), 7.0)
    assert left == Relay(0, on=True, tenths=30)
    assert step_relay(forget_told(state), 11.0)[1] == Relay(0, on=False)
