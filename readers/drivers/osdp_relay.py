"""What a reader's relay should do, and what it has to be told for that. Pure: time is an argument.

A relay is never told to stay free. It gets a time, by its own timer, and is told again before that ends for as long as
it should be free: 1.8 s at a time while a door is held, so that a door locks within two seconds of our death. After a
lost session everything is told anew, with the time that is left: a release that came too late is none.
"""

from dataclasses import dataclass, replace

from readers.drivers.osdp_commands import TIMER_TENTHS_MAX, Relay

HELD_TENTHS = 18
"""How long a held relay stays free by itself."""

_TENTHS = 10


@dataclass(frozen=True, slots=True)
class RelayState:
    """One relay.

    ``free_until_mono`` is None for locked, infinite for held. ``told_until_mono`` is when what the reader was told must
    be told again: 0 at once, infinite never. ``frees_by_on`` is False where the lock is free without current.
    """

    number: int
    frees_by_on: bool = True
    free_until_mono: float | None = None
    told_until_mono: float = 0.0


def wish(state: RelayState, free_until_mono: float | None) -> RelayState:
    """Give the state in which it should be free until then, infinite for as long as nobody locks it; None: locked."""
    return replace(state, free_until_mono=free_until_mono, told_until_mono=0.0)


def forget_told(state: RelayState) -> RelayState:
    """Give the state in which nothing is known of what the reader does."""
    return replace(state, told_until_mono=0.0)


def step_relay(state: RelayState, now_mono: float) -> tuple[RelayState, Relay | None]:
    """Give what must be told now, and the state in which it has been told; None when nothing must be."""
    if state.free_until_mono is not None and state.free_until_mono <= now_mono:
        state = wish(state, None)
    if now_mono < state.told_until_mono:
        return state, None
    if state.free_until_mono is None:
        return replace(state, told_until_mono=float("inf")), Relay(state.number, on=not state.frees_by_on)
    longest = HELD_TENTHS if state.free_until_mono == float("inf") else TIMER_TENTHS_MAX
    left = (state.free_until_mono - now_mono) * _TENTHS
    tenths = max(1, round(min(left, longest)))
    again = now_mono + longest / _TENTHS / 3 if left > longest else state.free_until_mono
    return replace(state, told_until_mono=again), Relay(state.number, on=state.frees_by_on, tenths=tenths)
