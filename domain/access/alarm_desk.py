"""The life of an alarm at the desk: raised, acknowledged, cleared; and how grave each kind is. Tables, no clock.

Beside that life an alarm may be *restored*: what was wrong is right again by itself (the door is closed, the reader is
back). It stays until somebody has acknowledged it, for that it happened is still to be known. The states are those of
ISA-18.2 (unacknowledged, acknowledged, returned to normal).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class AlarmState(StrEnum):
    """Where an alarm stands."""

    raised = "raised"
    acknowledged = "acknowledged"
    cleared = "cleared"


class AlarmAct(StrEnum):
    """What happens to an alarm."""

    repeat = "repeat"  # raised again while it stands
    restore = "restore"
    escalate = "escalate"  # nobody acknowledged it in time
    acknowledge = "acknowledge"
    note = "note"
    clear = "clear"


class Severity(StrEnum):
    """How grave a kind of alarm is, the gravest first."""

    emergency = "emergency"  # somebody is or may be in danger
    urgent = "urgent"  # the building is not as it should be: go and look
    warning = "warning"  # the system needs care within the day
    notice = "notice"  # to be known


WORDS_LENGTH_MAX = 500
"""Characters of a note to an alarm, and of the sentence that clears it."""

_S, _A = AlarmState, AlarmAct

STEPS: Mapping[tuple[AlarmState, AlarmAct], AlarmState] = MappingProxyType(
    {
        (_S.raised, _A.repeat): _S.raised,
        (_S.raised, _A.restore): _S.raised,
        (_S.raised, _A.escalate): _S.raised,
        (_S.raised, _A.acknowledge): _S.acknowledged,
        (_S.raised, _A.note): _S.raised,
        (_S.acknowledged, _A.repeat): _S.raised,  # it happened again: it needs a person again
        (_S.acknowledged, _A.restore): _S.acknowledged,
        (_S.acknowledged, _A.note): _S.acknowledged,
        (_S.acknowledged, _A.clear): _S.cleared,
        (_S.cleared, _A.note): _S.cleared,
    }
)
"""(where it stands, what happens) → where it stands then. What has no row cannot happen."""


@dataclass(frozen=True, slots=True)
class Handling:
    """How a kind of alarm is handled.

    ``sounds``: it is told by a tone, too. ``escalates_after``: unacknowledged for so long it is told again; None never.
    ``asks_why``: it is cleared by a sentence of a person alone; without, an alarm that is acknowledged and restored is
    cleared by that.
    """

    severity: Severity
    sounds: bool = False
    escalates_after: timedelta | None = None
    asks_why: bool = False


_EMERGENCY = Handling(Severity.emergency, sounds=True, escalates_after=timedelta(minutes=2), asks_why=True)
_URGENT = Handling(Severity.urgent, sounds=True, escalates_after=timedelta(minutes=5), asks_why=True)
_OFTEN = Handling(Severity.urgent, sounds=True, escalates_after=timedelta(minutes=5))
_WARNING = Handling(Severity.warning, escalates_after=timedelta(hours=1))
_NOTICE = Handling(Severity.notice)

HANDLINGS: Mapping[str, Handling] = MappingProxyType(
    {
        "duress": _EMERGENCY,
        "door_forced_open": _EMERGENCY,
        "door_fire_release": _EMERGENCY,
        "door_tampered": _URGENT,
        "door_not_wired": _URGENT,
        "command_not_trusted": _URGENT,
        "ingest_stopped": _URGENT,
        "fork": _URGENT,
        "journal_failed": _URGENT,
        "door_held_open": _OFTEN,
        "visit_overstayed": _OFTEN,
        "promise_unkept": _OFTEN,
        "key_removed": _OFTEN,
        "cabinet_forced": _OFTEN,
        "cabinet_overstayed": _OFTEN,
        "session_disobeyed": _OFTEN,
        "session_ghost": _OFTEN,
        "suspended": _NOTICE,
        "tap_too_old": _NOTICE,
        "standing_lost": _NOTICE,
    }
)
"""What is not named here is a warning."""


def handle(kind: str) -> Handling:
    """Give how a kind of alarm is handled; an unknown kind is a warning."""
    return HANDLINGS.get(kind, _WARNING)


def step_alarm(state: AlarmState, act: AlarmAct) -> AlarmState | None:
    """Give where an alarm stands after an act; None when the act cannot be."""
    return STEPS.get((state, act))


def ends_by_itself(kind: str, state: AlarmState, *, restored: bool) -> bool:
    """Tell whether nothing is left to do about an alarm: acknowledged, right again, and nobody asks why."""
    return state is AlarmState.acknowledged and restored and not handle(kind).asks_why


def is_overdue(kind: str, state: AlarmState, since_at: datetime, now: datetime) -> bool:
    """Tell whether an alarm that stands since an instant should have been acknowledged by now."""
    limit = handle(kind).escalates_after
    return state is AlarmState.raised and limit is not None and now - since_at >= limit
