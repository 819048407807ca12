"""The keeper's rules, pure: what it does about orders, heartbeats and the time that passes.

Theory of operation. A door is secured, released until an instant, or held. Orders change that; nothing but an order
frees a door, and every free door is secured again by whichever comes first: its end, an order, or the agent's silence.

- A pulse ends at the instant the order names, and never later than ``RELEASE_SECONDS_MAX`` after it was obeyed. Agent
  and keeper read the same kernel clock, so an order that was long on its way frees the door for what is left of it.
- A release during a hold leaves the hold alone: a tap at a door that is open for everybody must not lock it.
- ``SILENCE_SECONDS`` without a word, or the end of the connection, secures every door. What should be free after that
  is for the agent to order again.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from domain.ids import DoorId

RELEASE_SECONDS_MAX = 60.0
SILENCE_SECONDS = 2.0
BEAT_SECONDS = 0.5
"""How often each side says that it lives."""

Action = Literal["release", "hold", "secure"]


@dataclass(frozen=True, slots=True)
class Order:
    """What a door shall do. ``until_mono`` counts for a release alone: ``time.monotonic()`` seconds."""

    door: DoorId
    action: Action
    until_mono: float = 0.0


@dataclass(frozen=True, slots=True)
class Beat:
    """The agent lives."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The agent's end of the connection is closed, or the keeper is told to end."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Nothing was said; look at the clock."""


Message = Order | Beat | Gone | Tick


@dataclass(frozen=True, slots=True)
class Move:
    """What a relay shall be: free (until an instant, or None: until told otherwise) or locked."""

    door: DoorId
    free: bool
    until_mono: float | None = None


SECURED = 0.0
HELD = math.inf


@dataclass(frozen=True, slots=True)
class KeeperState:
    """Until when each door is free (``SECURED``, an instant, ``HELD``), and when the agent was last heard."""

    free_until_mono: Mapping[DoorId, float]
    heard_mono: float
    silent: bool = False

    @property
    def next_mono(self) -> float:
        """When :class:`Tick` is due next, in monotonic seconds; infinite while nothing can become due."""
        ends = [until for until in self.free_until_mono.values() if until != SECURED]
        return min(ends if self.silent else [*ends, self.heard_mono + SILENCE_SECONDS], default=math.inf)


def begin_keeping(doors: Iterable[DoorId], mono: float) -> tuple[KeeperState, list[Move]]:
    """Start with every door secured."""
    state = KeeperState(dict.fromkeys(doors, SECURED), mono)
    return state, _lock(state.free_until_mono)


def step_keeper(state: KeeperState, message: Message, mono: float) -> tuple[KeeperState, list[Move]]:
    """Handle one message.

    Args:
        state: as the last step gave it.
        message: what was heard; an order for a door that is not kept here counts as a heartbeat.
        mono: now, in monotonic seconds.

    Returns:
        The new state and the moves to make, in this order.
    """
    state, moves = _let_time_pass(state, mono)
    match message:
        case Tick():
            return state, moves
        case Gone():
            freed = _free_doors(state)
            return replace(_secure(state, freed), silent=True), [*moves, *_lock(freed)]
        case Beat():
            return replace(state, heard_mono=mono, silent=False), moves
        case Order():
            state = replace(state, heard_mono=mono, silent=False)
            if message.door not in state.free_until_mono:
                return state, moves
            state, more = _obey(state, message, mono)
            return state, [*moves, *more]


def _let_time_pass(state: KeeperState, mono: float) -> tuple[KeeperState, list[Move]]:
    if not state.silent and mono >= state.heard_mono + SILENCE_SECONDS:
        freed = _free_doors(state)
        return replace(_secure(state, freed), silent=True), _lock(freed)
    over = [door for door, until in state.free_until_mono.items() if until != SECURED and until <= mono]
    return _secure(state, over), _lock(over)


def _obey(state: KeeperState, order: Order, mono: float) -> tuple[KeeperState, list[Move]]:
    match order.action:
        case "secure":
            return _secure(state, [order.door]), _lock([order.door])
        case "hold":
            return _free(state, order.door, HELD), [Move(order.door, free=True)]
        case "release":
            until = min(order.until_mono, mono + RELEASE_SECONDS_MAX)
            # Written so that a value that is not a number frees nothing.
            if state.free_until_mono[order.door] == HELD or not until > mono:
                return state, []
            return _free(state, order.door, until), [Move(order.door, free=True, until_mono=until)]


def _free_doors(state: KeeperState) -> list[DoorId]:
    return [door for door, until in state.free_until_mono.items() if until != SECURED]


def _free(state: KeeperState, door: DoorId, until: float) -> KeeperState:
    return replace(state, free_until_mono={**state.free_until_mono, door: until})


def _secure(state: KeeperState, doors: Iterable[DoorId]) -> KeeperState:
    return replace(state, free_until_mono={**state.free_until_mono, **dict.fromkeys(doors, SECURED)})


def _lock(doors: Iterable[DoorId]) -> list[Move]:
    return [Move(door, free=False) for door in doors]
