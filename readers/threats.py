"""The site's threat level at this controller: told by the centre, declared by a shelter's opener, ended by time. Pure.

Of all declarations the latest holds. A lock-down stands on every door, so that those which stood open by their hours
lock; while a shelter is open the doors named for it stand unlocked, but those that a person shut stay shut. Ways to
safety and fire are above both.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from contract.commands import ThreatTold
from contract.records import Body, CommandAnswered, ThreatChanged
from domain.access.door import DoorEvent, DoorMode, Override, OverrideCleared, OverrideSet
from domain.access.policy import PolicySnapshot
from domain.access.threat import Declaration, ThreatLevel
from domain.ids import DoorId, LevelId
from domain.verdict import Granted
from readers.door_turns import Answer, turn_all
from readers.events import Append, DecidedTap, Effect, Moment
from readers.obeying import COMMAND_PRIORITY, keep_standing
from readers.remarks import stamp
from readers.scene import remember_command
from readers.state import ControllerState

THREAT = "threat"
"""The source of a threat level's overrides."""

SHELTER_PRIORITY = COMMAND_PRIORITY - 10
"""Above a door's hours, below a person's word about one door: a shelter opens nothing that somebody shut."""

LOCKDOWN_PRIORITY = COMMAND_PRIORITY
"""As a person's word about one door, so that of the two the later holds."""

OLDER = "a_later_declaration_holds"

_Source = Literal["centre", "card", "time"]


def hear_threat(state: ControllerState, policy: PolicySnapshot | None, told: ThreatTold, moment: Moment) -> Answer:
    """Take the centre's declaration; signature and addressee were checked.

    One that is held already or comes too late is not answered (the centre tells it again while it waits), an older one
    changes nothing.
    """
    if told.id == state.threat.id or told.id in state.scene.obeyed or moment.at >= told.expires_at:
        return state, []
    heard = Declaration(told.id, told.level, told.declared_at, told.until)
    if not heard.is_later_than(state.threat):
        state = replace(state, scene=remember_command(state.scene, told.id, told.expires_at, moment.at))
        refused = CommandAnswered(**stamp(moment), command=told.id, obeyed=False, cause=OLDER)
        return state, [Append((refused,))]
    answered = CommandAnswered(**stamp(moment), command=told.id, obeyed=True)
    return _take(state, policy, heard, "centre", moment, answers=(answered,))


def declare_by_tap(
    state: ControllerState, policy: PolicySnapshot | None, tap: DecidedTap, moment: Moment, *, cause_seq: int
) -> Answer:
    """Open a shelter here where somebody was let in by a level that declares it; what is open already stays as it is.

    Args:
        state: the controller.
        policy: the one in force.
        tap: the granted tap.
        moment: now.
        cause_seq: the tap's record.
    """
    if policy is None or not isinstance(tap.verdict, Granted) or state.threat.level is not ThreatLevel.normal:
        return state, []
    level = policy.levels.get(LevelId(tap.verdict.rule.partition("/")[0]))
    if level is None or level.declares_shelter is None:
        return state, []
    declared = Declaration(f"tap-{cause_seq}", ThreatLevel.shelter, moment.at, moment.at + level.declares_shelter)
    return _take(state, policy, declared, "card", moment, cause_seq=cause_seq)


def follow_threat(state: ControllerState, policy: PolicySnapshot | None, moment: Moment) -> Answer:
    """End a declaration whose time is over; put on the doors what the level asks for, as the policy names them now."""
    if state.threat.is_over(moment.at):
        return _take(state, policy, state.threat.ended(), "time", moment)
    events: list[tuple[DoorId, DoorEvent]] = []
    for door, known in state.doors.items():
        standing = next((override for override in known.overrides if override.source == THREAT), None)
        wanted = _override(state.threat.level, is_shelter_door=policy is not None and door in policy.shelter_doors)
        if wanted != standing:
            events.append((door, OverrideCleared(THREAT) if wanted is None else OverrideSet(wanted)))
    return turn_all(state, events, moment) if events else (state, [])


def _override(level: ThreatLevel, *, is_shelter_door: bool) -> Override | None:
    if level is ThreatLevel.lockdown:
        return Override(THREAT, DoorMode.locked_down, LOCKDOWN_PRIORITY)
    if level is ThreatLevel.shelter and is_shelter_door:
        return Override(THREAT, DoorMode.unlocked, SHELTER_PRIORITY)
    return None


def _take(
    state: ControllerState,
    policy: PolicySnapshot | None,
    declared: Declaration,
    source: _Source,
    moment: Moment,
    *,
    cause_seq: int = 0,
    answers: Sequence[Body] = (),
) -> Answer:
    """Let a declaration hold: what locks moves at once, what comes free waits until it is kept."""
    if declared.is_over(moment.at):
        declared = declared.ended()
    changed = ThreatChanged(
        **stamp(moment),
        level=declared.level,
        source=source,
        declaration=declared.id,
        declared_at=declared.declared_at,
        until=declared.until,
        cause_seq=cause_seq,
    )
    state, effects = follow_threat(replace(state, threat=declared), policy, moment)
    moving: list[Effect] = [effect for effect in effects if not isinstance(effect, Append)]
    recorded: list[Effect] = [effect for effect in effects if isinstance(effect, Append)]
    told = Append((*answers, changed))
    if declared.level is ThreatLevel.lockdown:
        return state, [*moving, keep_standing(state), told, *recorded]
    return state, [keep_standing(state), *moving, told, *recorded]
