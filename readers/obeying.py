"""What the centre asks of the doors, obeyed once. Pure.

A command that is late, was heard before or names a door that hangs elsewhere changes nothing and is answered so. What
frees a lock is recorded first, as a tap is; what locks does not wait for the disk.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from contract.commands import DoorAction, DoorCommand, PlacesTold
from contract.records import CommandAnswered
from domain.access.door import (
    FIRE_SOURCE,
    DoorEvent,
    DoorMode,
    Override,
    OverrideCleared,
    OverrideSet,
    admits,
)
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, PersonId
from readers.door_turns import Answer, free_for_access, record_release, turn_all
from readers.events import Append, Effect, KeepStanding, Moment
from readers.remarks import stamp
from readers.scene import hear_places, remember_command
from readers.state import ControllerState, Passage

COMMAND = "command"
COMMAND_PRIORITY = 50
"""Above a door's hours, below fire."""

STANDING_SOURCES = frozenset((COMMAND, FIRE_SOURCE))
"""Overrides that a restart must not forget."""

MODES: Mapping[DoorAction, DoorMode] = MappingProxyType(
    {
        "unlock": DoorMode.unlocked,
        "lock": DoorMode.locked,
        "block": DoorMode.blocked,
        "lock_down": DoorMode.locked_down,
        "lock_open": DoorMode.locked_open,
    }
)
COMMAND_LIFE_MAX = timedelta(days=1)
"""A command that would count for longer is refused: so long a restart remembers which ones were obeyed."""

_CAUSE_MAX = 200
_LOCKING: frozenset[DoorAction] = frozenset(("lock", "block", "lock_down"))


def hear_command(state: ControllerState, command: DoorCommand | PlacesTold, moment: Moment) -> Answer:
    """Take a command of the centre; its signature and addressee were checked."""
    match command:
        case PlacesTold():
            if moment.at >= command.expires_at:
                return state, []
            told = ((PersonId(each.person), AreaId(each.area), each.at) for each in command.places)
            return replace(state, scene=hear_places(state.scene, told)), []
        case DoorCommand():
            return _hear_door_command(state, command, moment)


def _hear_door_command(state: ControllerState, command: DoorCommand, moment: Moment) -> Answer:
    if command.id in state.scene.obeyed:
        return state, []
    state = replace(state, scene=remember_command(state.scene, command.id, command.expires_at, moment.at))
    if refusal := _refusal(state, command, moment):
        return state, [_refused(command, refusal, moment)]
    answered = CommandAnswered(**stamp(moment), command=command.id, obeyed=True)
    if command.action not in _LOCKING:
        return state, [Append((answered,), command=command)]
    state, effects = obey(state, command, moment, cause_seq=0)
    return state, [*effects, Append((answered,))]


def obey_recorded(state: ControllerState, command: DoorCommand, moment: Moment, *, cause_seq: int) -> Answer:
    """Do what waited for its record ``cause_seq``, unless the disk took so long that nobody expects it any more."""
    if moment.at >= command.expires_at:
        return state, [_refused(command, "recorded_too_late", moment)]
    return obey(state, command, moment, cause_seq=cause_seq)


def _refused(command: DoorCommand, cause: str, moment: Moment) -> Append:
    return Append((CommandAnswered(**stamp(moment), command=command.id, obeyed=False, cause=cause),))


def _refusal(state: ControllerState, command: DoorCommand, moment: Moment) -> str:
    if moment.at >= command.expires_at:
        return "expired"
    if command.expires_at - moment.at > COMMAND_LIFE_MAX:
        return "counts_too_long"
    doors = [DoorId(door) for door in command.doors]
    if strange := [door for door in doors if door not in state.wiring.doors]:
        return f"not_wired: {', '.join(strange)}"[:_CAUSE_MAX]
    shut = [door for door in doors if door in state.doors and not admits(state.doors[door])]
    if command.action == "open_once" and shut:
        return f"shut: {', '.join(shut)}"[:_CAUSE_MAX]
    return ""


def obey(state: ControllerState, command: DoorCommand, moment: Moment, *, cause_seq: int) -> Answer:
    """Do what a command says; ``cause_seq`` is its record, 0 where it does not wait for it."""
    doors = [DoorId(door) for door in command.doors]
    if command.action == "open_once":
        return _open_once(state, doors, moment, cause_seq)
    events: list[tuple[DoorId, DoorEvent]] = []
    for door in doors:
        if command.action == "resume":
            events += [(door, OverrideCleared(COMMAND)), (door, OverrideCleared(FIRE_SOURCE))]
        else:
            until = None if command.seconds is None else moment.mono + command.seconds
            events.append((door, OverrideSet(Override(COMMAND, MODES[command.action], COMMAND_PRIORITY, until))))
    after, effects = turn_all(state, events, moment)
    keep = keep_standing(after)
    if command.action not in _LOCKING:
        return after, [keep, *effects]
    # A crash before it is kept is made good: without an answer the centre tells the command again.
    moving = [effect for effect in effects if not isinstance(effect, Append)]
    return after, [*moving, keep, *(effect for effect in effects if isinstance(effect, Append))]


def keep_standing(state: ControllerState) -> KeepStanding:
    """Ask for what a restart must find again to be written down."""
    return KeepStanding(standing_overrides(state), state.threat)


def standing_overrides(state: ControllerState) -> tuple[tuple[DoorId, Override], ...]:
    """Give the overrides that a restart must find again."""
    return tuple(
        (door, override)
        for door, known in state.doors.items()
        for override in known.overrides
        if override.source in STANDING_SOURCES
    )


def _open_once(state: ControllerState, doors: list[DoorId], moment: Moment, cause_seq: int) -> Answer:
    effects: list[Effect] = []
    for door in doors:
        passage = Passage(AccessPointId(door), CredentialToken(""), (), None, cause_seq)
        state, number, moving, reported = free_for_access(
            state, door, passage, extended=False, egress=False, moment=moment
        )
        state, recorded = record_release(state, door, number, reported, moment, came_free=state.doors[door].is_free)
        effects += [*moving, *recorded]
    return state, effects
