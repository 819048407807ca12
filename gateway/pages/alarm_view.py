"""Alarms as the screens list them: the gravest first, and each only to those who may know of it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.consequences import DURESS
from store.alarms import AcknowledgedAlarm, RaisedAlarm

ALARMS_MAX = 8
"""Open alarms that the board names; of more it tells the number."""

GRAVE = (
    DURESS,
    "door_forced_open",
    "door_fire_release",
    "door_tampered",
    "door_held_open",
    "ingest_stopped",
    "fork",
    "door_not_wired",
    "command_not_trusted",
)
"""The gravest alarm first; what does not stand here comes after these, the newest first."""

SECRET = frozenset((DURESS,))
"""What only those hear of who will help: whoever forces a person must not learn of it from a screen."""


@dataclass(frozen=True, slots=True)
class AlarmList:
    """Open alarms to name, the number of the others, and what was acknowledged lately."""

    named: tuple[RaisedAlarm, ...] = ()
    more: int = 0
    acknowledged: tuple[AcknowledgedAlarm, ...] = ()


def list_alarms(
    raised: Iterable[RaisedAlarm], acknowledged: Sequence[AcknowledgedAlarm] = (), *, sees_secret: bool
) -> AlarmList:
    """Give the alarms that somebody may know of, the gravest first and then the newest."""
    known = [item for item in raised if sees_secret or item.alarm.kind not in SECRET]
    known.sort(key=lambda item: (_rank(item.alarm.kind), -item.id))
    seen = tuple(item for item in acknowledged if sees_secret or item.alarm.kind not in SECRET)
    return AlarmList(tuple(known[:ALARMS_MAX]), max(0, len(known) - ALARMS_MAX), seen)


def _rank(kind: str) -> int:
    return GRAVE.index(kind) if kind in GRAVE else len(GRAVE)
