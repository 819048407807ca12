"""The life of a reservation as one table: a finished booking is the application, 許可 comes before any key.

tentative 仮押さえ → applied 申請 → permitted 許可 → in_use 利用中 → completed 利用済; rejected 不許可, no_show 不使用,
cancelled 取消, expired 失効 end it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType


class ReservationState(StrEnum):
    """Where a reservation stands."""

    tentative = "tentative"  # held while somebody fills in the form, or was offered a place
    applied = "applied"
    permitted = "permitted"
    rejected = "rejected"
    in_use = "in_use"
    completed = "completed"
    no_show = "no_show"
    cancelled = "cancelled"
    expired = "expired"


class ReservationAct(StrEnum):
    """What is done about a reservation; it begins with ``hold`` or ``apply``."""

    hold = "hold"  # 仮押さえ
    apply = "apply"
    permit = "permit"
    reject = "reject"
    ask = "ask"  # 補正を求める: something is missing before it can be permitted
    change = "change"  # another time, room or party: everything is asked again
    begin = "begin"  # the key went out, a door was opened, or the desk saw them
    complete = "complete"
    miss = "miss"
    cancel = "cancel"
    revoke = "revoke"  # 許可の取消: by whoever permits, with a reason
    expire = "expire"


class Actor(StrEnum):
    """Who does it."""

    reservee = "reservee"
    desk = "desk"
    decider = "decider"
    rule = "rule"  # permits where a room's permission is a rule
    door = "door"  # a granted entry, or a key
    clock = "clock"


@dataclass(frozen=True, slots=True)
class Step:
    """What an act leads to, and who may."""

    to: ReservationState
    by: frozenset[Actor]
    needs_reason: bool = False


_USERS = frozenset({Actor.reservee, Actor.desk})
_S, _A = ReservationState, ReservationAct

STEPS: Mapping[tuple[ReservationState, ReservationAct], Step] = MappingProxyType(
    {
        (_S.tentative, _A.apply): Step(_S.applied, _USERS),
        (_S.tentative, _A.cancel): Step(_S.cancelled, _USERS),
        (_S.tentative, _A.expire): Step(_S.expired, frozenset({Actor.clock})),
        (_S.applied, _A.permit): Step(_S.permitted, frozenset({Actor.decider, Actor.rule})),
        (_S.applied, _A.reject): Step(_S.rejected, frozenset({Actor.decider}), needs_reason=True),
        (_S.applied, _A.ask): Step(_S.applied, frozenset({Actor.decider}), needs_reason=True),
        (_S.applied, _A.change): Step(_S.applied, _USERS),
        (_S.applied, _A.cancel): Step(_S.cancelled, _USERS),
        (_S.applied, _A.expire): Step(_S.expired, frozenset({Actor.clock})),
        (_S.permitted, _A.change): Step(_S.applied, _USERS),
        (_S.permitted, _A.cancel): Step(_S.cancelled, _USERS),
        (_S.permitted, _A.revoke): Step(_S.cancelled, frozenset({Actor.decider}), needs_reason=True),
        (_S.permitted, _A.begin): Step(_S.in_use, frozenset({Actor.door, Actor.desk})),
        (_S.permitted, _A.miss): Step(_S.no_show, frozenset({Actor.clock, Actor.desk})),
        (_S.in_use, _A.complete): Step(_S.completed, frozenset({Actor.clock, Actor.desk, Actor.door})),
        # Somebody came after all, or a box told late that they had.
        (_S.no_show, _A.begin): Step(_S.in_use, frozenset({Actor.door, Actor.desk})),
    }
)

HOLDING = frozenset({_S.tentative, _S.applied, _S.permitted, _S.in_use})
"""In these states a room is held; a no-show has given it free."""

OVER = frozenset(ReservationState) - HOLDING - {_S.no_show}
"""Nothing leads out of these."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """One party in one room for one time; ``from_at`` is inside, ``until_at`` no longer is."""

    id: str
    room_id: str
    from_at: datetime
    until_at: datetime
    reservee_id: str
    user_class: str
    party: int
    """How many people come."""
    purpose: str
    state: ReservationState
    slot_id: str | None = None
    places: int | None = None
    """So many places of a slot that has places; None takes the room as a whole."""
    units: tuple[tuple[str, int], ...] = ()
    """Equipment by id, and how many of it."""
    series_id: str | None = None
    expires_at: datetime | None = None
    """Until then a tentative one is held."""
    version: int = 1
    """Grows with each change; what was permitted, paid and granted names it."""


class StepError(ValueError):
    """An act that the table does not know from where the reservation stands, or not by this actor, or without reason.

    ``args[0]`` is one of ``wrong_state``, ``not_yours``, ``reason_missing``.
    """


def step_reservation(
    state: ReservationState, act: ReservationAct, actor: Actor, *, reason: str = ""
) -> ReservationState:
    """Give the state that an act leads to.

    Raises:
        StepError: it leads nowhere from here; nothing is changed.
    """
    step = STEPS.get((state, act))
    if step is None:
        raise StepError("wrong_state")
    if actor not in step.by:
        raise StepError("not_yours")
    if step.needs_reason and not reason.strip():
        raise StepError("reason_missing")
    return step.to
