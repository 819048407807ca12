"""Turning a door: what its table answers to an event, as effects and records of the controller. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from contract.records import AccessEnded, Body, DoorModeChanged, DoorMoved
from domain.access.door import (
    Accessed,
    DoorEvent,
    DoorMode,
    FreeLock,
    HoldLock,
    Override,
    OverrideCleared,
    OverrideSet,
    Reported,
    SecureLock,
    initial_door,
    step_door,
)
from domain.access.policy import PolicySnapshot
from domain.ids import DoorId
from readers.events import Alarm, Append, Effect, Hold, Moment, Release, Relock
from readers.remarks import stamp
from readers.scene import enter_area
from readers.state import ControllerState, Passage

TOLD_ON_THE_SPOT = frozenset(
    ("forced_open", "held_open_prealarm", "held_open", "restored", "fire_release", "fire_cleared", "tampered")
)
"""Words of a door that the displays show, too: what is wrong, and that it is over."""

HOURS, FIRST_CARD = "schedule", "first_card"
HOURS_PRIORITY = 10
"""Below every person's word."""

Answer = tuple[ControllerState, list[Effect]]

Turned = tuple[ControllerState, list[Effect], tuple[Reported, ...]]
"""The state, what moves and whom to tell at once, and the words that are still to be recorded."""


def turn_door(state: ControllerState, door: DoorId, event: DoorEvent, moment: Moment) -> Turned:
    """Let one door meet an event; a door that is not wired here meets nothing."""
    spec = state.wiring.doors.get(door)
    if spec is None:
        return state, [], ()
    after, answers = step_door(spec, state.doors.get(door) or initial_door(spec), event, moment.mono)
    state = replace(state, doors={**state.doors, door: after})
    effects: list[Effect] = []
    reported: list[Reported] = []
    for answer in answers:
        match answer:
            case FreeLock():
                effects.append(Release(door, answer.seconds))
            case HoldLock():
                effects.append(Hold(door))
            case SecureLock():
                effects.append(Relock(door))
            case Reported():
                reported.append(answer)
    effects += [Alarm(f"door_{told.word}", door) for told in reported if told.word in TOLD_ON_THE_SPOT]
    return state, effects, tuple(reported)


def turn_and_record(state: ControllerState, door: DoorId, event: DoorEvent, moment: Moment) -> Answer:
    """Let one door meet an event; what moves comes first, its record after."""
    state, effects, reported = turn_door(state, door, event, moment)
    state, bodies = record_moves(state, door, reported, moment)
    return state, [*effects, Append(tuple(bodies))] if bodies else effects


def turn_all(state: ControllerState, events: Iterable[tuple[DoorId, DoorEvent]], moment: Moment) -> Answer:
    """Let several doors meet their events: everything moves, then everything is recorded."""
    moving: list[Effect] = []
    bodies: list[Body] = []
    for door, event in events:
        state, effects, reported = turn_door(state, door, event, moment)
        state, told = record_moves(state, door, reported, moment)
        moving += effects
        bodies += told
    return state, [*moving, Append(tuple(bodies))] if bodies else moving


def record_moves(
    state: ControllerState, door: DoorId, reported: Sequence[Reported], moment: Moment
) -> tuple[ControllerState, list[Body]]:
    """Give the bodies of a door's words; a passage that ended moves its people, or forgets them."""
    bodies: list[Body] = []
    for told in reported:
        passage = state.passages.get(told.cause)
        if told.word == "taken" or told.word == "not_taken":  # noqa: PLR1714 (a type checker narrows by these)
            if passage is not None:
                state, ended = _end_passage(state, told.cause, taken=told.word == "taken", moment=moment)
                bodies += ended
        elif told.word == "mode_changed":
            bodies.append(_mode_changed(state, door, moment))
        else:
            if passage is not None:
                state = replace(state, causes={**state.causes, door: passage.cause_seq})
            cause_seq = state.causes.get(door, 0) if told.cause else 0
            bodies.append(DoorMoved(**stamp(moment), door=door, state=told.word, cause_seq=cause_seq))
    return state, bodies


def free_for_access(
    state: ControllerState, door: DoorId, passage: Passage, *, extended: bool, egress: bool, moment: Moment
) -> tuple[ControllerState, int, list[Effect], tuple[Reported, ...]]:
    """Release a door for a passage; gives its number, what moves, and the words that are still to be recorded."""
    number = state.next_passage
    state = replace(state, passages={**state.passages, number: passage}, next_passage=number + 1)
    state, effects, reported = turn_door(state, door, Accessed(number, extended, egress), moment)
    return state, number, effects, reported


def record_release(
    state: ControllerState, door: DoorId, number: int, reported: Sequence[Reported], moment: Moment, *, came_free: bool
) -> Answer:
    """Record what a release moved.

    Without a contact nobody knows whether it was used: the grant counts as taken if the door ``came_free``.
    """
    state, bodies = record_moves(state, door, reported, moment)
    spec = state.wiring.doors.get(door)
    if number in state.passages and (spec is None or not spec.has_contact):
        state, ended = _end_passage(state, number, taken=came_free, moment=moment)
        bodies += [] if came_free else ended
    return state, [Append(tuple(bodies))] if bodies else []


def name_cause(
    state: ControllerState, number: int, cause_seq: int, moment: Moment
) -> tuple[ControllerState, list[Body]]:
    """Take in that a passage's tap was written as ``cause_seq``; gives the end that had to wait for the name."""
    passage = state.passages.get(number)
    if passage is None:
        return state, []
    passage = replace(passage, cause_seq=cause_seq, unwritten=False)
    if passage.taken is not None:
        return _forget_passage(state, number), tell_end(passage, taken=passage.taken, moment=moment)
    return replace(state, passages={**state.passages, number: passage}), []


def _end_passage(
    state: ControllerState, number: int, *, taken: bool, moment: Moment
) -> tuple[ControllerState, list[Body]]:
    """End a passage; if it was taken, its people are behind the door now. Its record waits for the tap's."""
    passage = state.passages[number]
    if taken and passage.area is not None and passage.people:
        state = replace(state, scene=enter_area(state.scene, passage.people, passage.point, passage.area, moment.at))
    if passage.unwritten:
        return replace(state, passages={**state.passages, number: replace(passage, taken=taken)}), []
    return _forget_passage(state, number), tell_end(passage, taken=taken, moment=moment)


def _forget_passage(state: ControllerState, number: int) -> ControllerState:
    return replace(state, passages={each: held for each, held in state.passages.items() if each != number})


def follow_hours(state: ControllerState, policy: PolicySnapshot | None, moment: Moment) -> Answer:
    """Unlock and lock doors by their hours; a policy too old for an area behind a door unlocks it no longer."""
    events: list[tuple[DoorId, DoorEvent]] = []
    for door, known in state.doors.items():
        standing = {override.source for override in known.overrides} & {HOURS, FIRST_CARD}
        hours = policy.doors.get(door) if policy else None
        holds = policy is not None and hours is not None and policy.holds(hours.unlocked, moment.at)
        if policy is None or hours is None or not holds or not _may_stand_open(state, policy, door, moment):
            events += [(door, OverrideCleared(source)) for source in sorted(standing)]
        elif hours.first_card:
            events += [(door, OverrideCleared(HOURS))] if HOURS in standing else []
        elif HOURS not in standing:
            events.append((door, OverrideSet(Override(HOURS, DoorMode.unlocked, HOURS_PRIORITY))))
    return turn_all(state, events, moment) if events else (state, [])


def open_by_first_card(state: ControllerState, policy: PolicySnapshot | None, door: DoorId, moment: Moment) -> Answer:
    """After a granted tap: a door that waits for the day's first card stands unlocked from here on."""
    hours = policy.doors.get(door) if policy else None
    if policy is None or hours is None or not hours.first_card or not policy.holds(hours.unlocked, moment.at):
        return state, []
    event = OverrideSet(Override(FIRST_CARD, DoorMode.unlocked, HOURS_PRIORITY))
    return turn_and_record(state, door, event, moment)


def _may_stand_open(state: ControllerState, policy: PolicySnapshot, door: DoorId, moment: Moment) -> bool:
    age = moment.at - state.confirmed_at
    behind = [policy.areas[point.area_to] for point in policy.points.values() if point.door == door]
    return all(age <= area.offline_age_max for area in behind)


def tell_end(passage: Passage, *, taken: bool, moment: Moment) -> list[Body]:
    """Give the record of a grant's end; a release that was nobody's card has none."""
    if not passage.credential:
        return []
    ended = AccessEnded(
        **stamp(moment),
        access_point=passage.point,
        credential=passage.credential,
        taken=taken,
        cause_seq=passage.cause_seq,
    )
    return [ended]


def _mode_changed(state: ControllerState, door: DoorId, moment: Moment) -> DoorModeChanged:
    known = state.doors[door]
    return DoorModeChanged(**stamp(moment), door=door, mode=known.standing_mode, source=known.source)
