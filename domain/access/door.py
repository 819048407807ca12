"""The door state machine as data: (door, state, event, moment) → (state', effects).

Theory of operation. A state holds facts only: who wants which mode (``overrides``), who may open (``grants``), what the
contact said (``is_open``) and which alarm stands. Each event goes three steps:

1. *taken in*: the event changes the one fact it speaks of;
2. *settled*: the consequences are drawn, in this order:
   overrides whose time is over fall; in a mode that does not admit only grants of egress stay;
   an open door takes the grants that wait, and the opening leaves them ``relock_delay_seconds``;
   grants end together, with the last of them; alarms rise and fall;
3. *told*: lock effects and words are the differences between the state before and the state after.

First every deadline that lies before the event is gone through at its own time, so that the result does not depend on
how often or how late TimePassed is given. A deadline at 5.0 s is over at 5.0 s.

The rows of MODES (``domain.access.door_table``) say what a mode does:

| mode        | lock      | a granted card | unexplained or lasting opening | accessed |
|-------------|-----------|----------------|--------------------------------|----------|
| locked      | secure    | opens          | alarm                          | yes      |
| unlocked    | held free | passes         | –                              | –        |
| blocked     | secure    | not_taken      | alarm                          | egress   |
| locked_down | secure    | not_taken      | alarm                          | egress   |
| locked_open | held free | passes         | –                              | –        |

Lock. Held free by the mode (HoldLock), free while grants run (FreeLock, self-ending), else secure (SecureLock).
FreeLock comes only when the end moves later; an end that moves earlier is kept by SecureLock at its time. Grants of
egress count in every mode and know no interlock. A further grant moves the end if its own is later; times never add up.

Fire puts ``FIRE`` on top of the stack and stays when the input falls; only OverrideCleared("fire") with the input quiet
takes it away, so that a door returns by a named person.

Grants. A cause gets exactly one of taken and not_taken. Opening takes all that wait; a grant at a door that stands open
already is taken at once, and the time that the door may stand open begins anew. A release that ends without an opening
gives not_taken, and so does a mode that stops admitting. Without a contact nobody can tell: neither word is said.

Contact. From closed to open without a free lock is forced_open, once until closed. Otherwise ``open_seconds`` count
from the opening (extended: if any of the grants was), or from when the mode began to watch; then held_open.
``restored`` follows every alarm, also a pre-alarm, on closing or when the mode stops watching. The contact's first word
finds the door as it is: it is told, but a door found open raises no alarm until it has closed once or a mode begins to
watch it. Without a contact there is no word about opening at all.
"""

from dataclasses import replace

from domain.access.door_table import (
    Accessed,
    ContactMoved,
    DoorEffect,
    DoorEvent,
    DoorSpec,
    DoorState,
    DoorWord,
    ExitRequested,
    FailureMode,
    FireMoved,
    FreeLock,
    HoldLock,
    OverrideCleared,
    OverrideSet,
    Reported,
    SecureLock,
    TamperMoved,
    TimePassed,
)
from domain.access.door_words import Change, tell_words
from domain.access.grants import Grant, add_grant, end_grants, take_grants
from domain.access.overrides import (
    FIRE,
    FIRE_PRIORITY,
    FIRE_SOURCE,
    DoorMode,
    Override,
    clear_override,
    expire_overrides,
    put_override,
)

__all__ = [
    "FIRE",
    "FIRE_PRIORITY",
    "FIRE_SOURCE",
    "Accessed",
    "ContactMoved",
    "DoorEffect",
    "DoorEvent",
    "DoorMode",
    "DoorSpec",
    "DoorState",
    "DoorWord",
    "ExitRequested",
    "FailureMode",
    "FireMoved",
    "FreeLock",
    "HoldLock",
    "Override",
    "OverrideCleared",
    "OverrideSet",
    "Reported",
    "SecureLock",
    "TamperMoved",
    "TimePassed",
    "admits",
    "initial_door",
    "step_door",
]

_MICROSECONDS = 6
"""Digits kept of a pulse's length: the rounding of a sum may not make it longer than its maximum."""


def initial_door(spec: DoorSpec) -> DoorState:  # noqa: ARG001 (that all doors begin alike is not the caller's to know)
    """Give the state in which every life of a controller begins: locked, the contact not heard yet."""
    return DoorState()


def admits(state: DoorState) -> bool:
    """Tell whether a granted card may open the door in its standing mode; egress always may."""
    return state.row.admits


def step_door(
    spec: DoorSpec, state: DoorState, event: DoorEvent, mono: float
) -> tuple[DoorState, tuple[DoorEffect, ...]]:
    """Handle one event.

    Args:
        spec: the door.
        state: as the last step gave it.
        event: what happened.
        mono: when, in monotonic seconds; not before the last step.

    Returns:
        The new state and what is to be done, in this order.
    """
    effects: list[DoorEffect] = []
    while (due := state.next_due_mono) is not None and due <= mono:
        state, told = _step_at(spec, state, TimePassed(), due)
        effects += told
    state, told = _step_at(spec, state, event, mono)
    return state, (*effects, *told)


def _step_at(spec: DoorSpec, before: DoorState, event: DoorEvent, mono: float) -> tuple[DoorState, list[DoorEffect]]:
    asked = _take_in(spec, before, event, mono)
    after = _settle(spec, before, asked, mono)
    return after, [*_move_lock(before, after, mono), *tell_words(Change(before, asked, after, event, mono))]


def _take_in(spec: DoorSpec, state: DoorState, event: DoorEvent, mono: float) -> DoorState:
    match event:
        case Accessed(cause, extended, egress):
            seconds = spec.extended_release_seconds if extended else spec.release_seconds
            grant = Grant(cause, mono + seconds, extended, egress, pending=bool(cause) and spec.has_contact)
            return replace(state, grants=add_grant(state.grants, grant))
        case ExitRequested():
            grant = Grant(0, mono + spec.release_seconds, extended=False, egress=True, pending=False)
            return replace(state, grants=add_grant(state.grants, grant))
        case ContactMoved(is_open):
            return replace(state, is_open=is_open) if spec.has_contact else state
        case TamperMoved(active):
            return replace(state, tampered=active)
        case FireMoved(active):
            overrides = put_override(state.overrides, FIRE) if active else state.overrides
            return replace(state, overrides=overrides, fire_input=active)
        case OverrideSet(override):
            return replace(state, overrides=put_override(state.overrides, override))
        case OverrideCleared(source):
            if source == FIRE_SOURCE and state.fire_input:
                return state
            return replace(state, overrides=clear_override(state.overrides, source))
        case TimePassed():
            return state


def _settle(spec: DoorSpec, before: DoorState, asked: DoorState, mono: float) -> DoorState:
    state = replace(asked, overrides=expire_overrides(asked.overrides, mono))
    grants = tuple(grant for grant in state.grants if state.row.admits or grant.egress)
    explained = state.row.frees or bool(grants)
    if state.is_open:
        grants = take_grants(grants, float("inf") if before.is_open else mono + spec.relock_delay_seconds)
    state = replace(state, grants=end_grants(grants, mono))
    return _watch(spec, before, state, mono, explained=explained)


def _watch(spec: DoorSpec, before: DoorState, state: DoorState, mono: float, *, explained: bool) -> DoorState:
    """Draw the consequences for the alarms of an open door."""
    if not (state.is_open and state.row.watches):
        return replace(state, alarm=None, prealarm_due_mono=None, held_due_mono=None)
    if before.is_open is False:
        if not explained:
            return replace(state, alarm="forced_open")
        return _count_standing(spec, state, mono, extended=any(grant.extended for grant in before.grants))
    if before.is_open and not before.row.watches:
        return _count_standing(spec, state, mono, extended=False)
    if state.held_due_mono is None:
        return state
    fresh = [grant for grant in state.grants if grant.cause and grant not in before.grants]
    if fresh:
        return _count_standing(spec, state, mono, extended=any(grant.extended for grant in fresh))
    if state.held_due_mono <= mono:
        return replace(state, alarm="held_open", prealarm_due_mono=None, held_due_mono=None)
    if state.prealarm_due_mono is not None and state.prealarm_due_mono <= mono:
        return replace(state, alarm="held_open_prealarm", prealarm_due_mono=None)
    return state


def _count_standing(spec: DoorSpec, state: DoorState, mono: float, *, extended: bool) -> DoorState:
    held = mono + (spec.extended_open_seconds if extended else spec.open_seconds)
    prealarm = max(mono, held - spec.pre_alarm_seconds) if spec.pre_alarm_seconds > 0 else None
    return replace(state, alarm=None, prealarm_due_mono=prealarm, held_due_mono=held)


def _move_lock(before: DoorState, after: DoorState, mono: float) -> tuple[DoorEffect, ...]:
    if after.row.frees:
        return () if before.row.frees else (HoldLock(),)
    if not after.grants:
        return (SecureLock(),) if before.is_free else ()
    if before.row.frees or after.release_ends_mono > before.release_ends_mono:
        return (FreeLock(round(after.release_ends_mono - mono, _MICROSECONDS)),)
    return ()
