"""From what a contact's circuit says to what it means: debounced, with a limit on what a broken one can say. Pure.

Theory of operation. A state counts once it has been steady for ``SETTLE_SECONDS``. A circuit that finds no such rest
for ``UNREST_SECONDS`` counts as active, the side that raises an alarm or lets somebody out. One that settles anew
``FLAP_MOVES`` times within ``FLAP_SECONDS`` flaps: it is told at most once in ``CALM_SECONDS`` then, so that a loose
wire cannot fill the journal; its last state is always told in the end.
"""

from dataclasses import dataclass, replace

SETTLE_SECONDS = 0.030
UNREST_SECONDS = 1.0
FLAP_MOVES = 12
FLAP_SECONDS = 10.0
CALM_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Debounced:
    """What is known of one input.

    ``raw`` is what its circuit said last and since when; ``settled`` what counts; ``told`` what was reported last. None
    stands for not yet known. ``unrest_mono`` is since when it has not been steady.
    """

    raw: bool | None = None
    raw_mono: float = 0.0
    unrest_mono: float | None = None
    settled: bool | None = None
    told: bool | None = None
    told_mono: float = 0.0
    moves_mono: tuple[float, ...] = ()


def step_debounce(state: Debounced, raw: bool, mono: float) -> tuple[Debounced, bool | None]:  # noqa: FBT001 (a level)
    """Take what the circuit says now.

    Args:
        state: as the last step gave it; ``Debounced()`` to begin with.
        raw: whether the circuit is in its active state.
        mono: now, in monotonic seconds.

    Returns:
        The new state, and what to report: True or False, or None for nothing.
    """
    if raw != state.raw:
        unrest = mono if state.unrest_mono is None else state.unrest_mono
        state = replace(state, raw=raw, raw_mono=mono, unrest_mono=unrest)
    if mono >= state.raw_mono + SETTLE_SECONDS:
        state = replace(_settle(state, raw, mono), unrest_mono=None)
    elif state.unrest_mono is not None and mono >= state.unrest_mono + UNREST_SECONDS:
        state = _settle(state, True, mono)  # noqa: FBT003 (a level)
    if state.settled == state.told or (is_flapping(state, mono) and mono < state.told_mono + CALM_SECONDS):
        return state, None
    return replace(state, told=state.settled, told_mono=mono), state.settled


def due_mono(state: Debounced) -> float | None:
    """Give when the next step may report something though the circuit does not move; None if never."""
    dues = []
    if state.unrest_mono is not None:
        dues.append(state.raw_mono + SETTLE_SECONDS)
        if not state.settled:
            dues.append(state.unrest_mono + UNREST_SECONDS)
    if state.settled != state.told:
        dues.append(state.told_mono + CALM_SECONDS)
    return min(dues, default=None)


def is_flapping(state: Debounced, mono: float) -> bool:
    """Tell whether the input says more than a contact in order could."""
    restless = state.unrest_mono is not None and mono >= state.unrest_mono + UNREST_SECONDS
    return restless or (len(state.moves_mono) == FLAP_MOVES and state.moves_mono[0] > mono - FLAP_SECONDS)


def _settle(state: Debounced, level: bool, mono: float) -> Debounced:  # noqa: FBT001 (a level)
    if state.settled == level:
        return state
    return replace(state, settled=level, moves_mono=(*state.moves_mono, mono)[-FLAP_MOVES:])
