"""A booking as people read it: its time, its life in steps, what was done, what it holds. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.civil import civil_minute, minute_on
from domain.facilities.facility import Equipment, SlotKind
from domain.facilities.holds import Hold
from domain.facilities.reservation import (
    HOLDING,
    STEPS,
    Actor,
    ReservationAct,
    ReservationState,
)
from store.reservations import ReservationStep

STATES_ENDED = frozenset(ReservationState) - HOLDING - {ReservationState.completed}
_WAY = (ReservationAct.apply, ReservationAct.permit, ReservationAct.begin, ReservationAct.complete)
_PASSED: Mapping[ReservationState, int] = {
    ReservationState.tentative: 0,
    ReservationState.applied: 1,
    ReservationState.permitted: 2,
    ReservationState.in_use: 3,
    ReservationState.completed: 4,
}
_LEADS = {ReservationAct.change: ReservationAct.apply}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time by its first day; minutes from 00:00 of it."""

    on: date
    from_minute: int
    until_minute: int

    @property
    def minutes(self) -> int:
        """Give its length."""
        return self.until_minute - self.from_minute


def view_span(from_at: datetime, until_at: datetime) -> Span:
    """Put instants as clocks of the first one's day."""
    on, from_minute = civil_minute(from_at)
    return Span(on, from_minute, minute_on(until_at, on))


class Stands(StrEnum):
    """Where a step of the way stands."""

    past = "past"
    now = "now"
    ahead = "ahead"
    ended = "ended"


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step of a booking's way: an act of it or, where it ended otherwise, the state; the deed that reached it."""

    name: str
    stands: Stands
    deed: ReservationStep | None = None


def derive_milestones(state: ReservationState, steps: Sequence[ReservationStep]) -> tuple[Milestone, ...]:
    """Give the way of a booking: what is past, what comes next, what is ahead; what ended otherwise goes no further."""
    reached: dict[ReservationAct, ReservationStep] = {}
    for step in steps:
        reached[_LEADS.get(step.act, step.act)] = step
    if state in STATES_ENDED:
        before = next((step.from_state for step in reversed(steps) if step.to_state is state), None)
        passed = _PASSED.get(before, 0) if before is not None else 0
        past = tuple(Milestone(act.value, Stands.past, reached.get(act)) for act in _WAY[:passed])
        return (*past, Milestone(state.value, Stands.ended, steps[-1] if steps else None))
    passed = _PASSED[state]
    return tuple(
        Milestone(act.value, Stands.past, reached.get(act))
        if number < passed
        else Milestone(act.value, Stands.now if number == passed else Stands.ahead)
        for number, act in enumerate(_WAY)
    )


def list_acts(state: ReservationState, actor: Actor) -> frozenset[ReservationAct]:
    """Give what somebody may do about a booking where it stands; times and deadlines apart."""
    return frozenset(act for (at, act), step in STEPS.items() if at is state and actor in step.by)


def find_question(steps: Sequence[ReservationStep], state: ReservationState) -> ReservationStep | None:
    """Give what is still asked of an application: the last question after which nothing was changed."""
    last = next((step for step in reversed(steps) if step.act in {ReservationAct.ask, ReservationAct.change}), None)
    open_ = last is not None and last.act is ReservationAct.ask and state is ReservationState.applied
    return last if open_ else None


@dataclass(frozen=True, slots=True)
class HeldThing:
    """Something that is held: a space, places or units, ``many`` of it, with the time for preparation and clean-up."""

    kind: str
    name: str
    many: int
    span: Span


def view_holds(
    holds: Iterable[Hold],
    spaces: Mapping[str, str],
    slots: Mapping[str, SlotKind],
    equipment: Mapping[str, Equipment],
) -> tuple[HeldThing, ...]:
    """Tell what is held by the names of what there is; places and units are counted."""
    found: dict[tuple[str, str, Span], int] = {}
    for hold in holds:
        kind, _, rest = hold.resource.partition(":")
        thing = rest if kind == "space" else rest.rpartition(":")[0]
        key = (kind, thing, view_span(hold.from_at, hold.until_at))
        found[key] = found.get(key, 0) + 1
    names: Mapping[str, Mapping[str, str]] = {
        "space": spaces,
        "place": {id_: slot.name for id_, slot in slots.items()},
        "unit": {id_: each.name for id_, each in equipment.items()},
    }
    return tuple(
        HeldThing(kind, names.get(kind, {}).get(thing, thing), many, span)
        for (kind, thing, span), many in sorted(found.items(), key=lambda item: (item[0][0] != "space", item[0][:2]))
    )


@dataclass(frozen=True, slots=True)
class DeedView:
    """What was done: ``name`` is a person's, empty where the actor's kind says enough."""

    act: ReservationAct
    actor: Actor
    name: str
    at: datetime
    reason: str


def view_deed(step: ReservationStep, names: Mapping[str, str]) -> DeedView:
    """Tell a deed by the names of those behind logins; a device keeps its own name."""
    device = step.done_by if step.actor is Actor.door else ""
    return DeedView(step.act, step.actor, names.get(step.done_by, device), step.done_at, step.reason)
