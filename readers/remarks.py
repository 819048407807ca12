"""What every room of the controller writes alike: when something happened, and alarms."""

from typing import Any

from contract.records import AlarmRaised
from readers.events import Alarm, Append, Effect, Moment

DETAIL_MAX = 200


def stamp(moment: Moment) -> dict[str, Any]:
    """Give the fields that all record bodies share."""
    return {"at": moment.at, "mono_ms": int(moment.mono * 1000), "boot": moment.boot, "clock": moment.clock}


def raise_alarm(alarm: str, detail: str, moment: Moment) -> list[Effect]:
    """Tell an alarm on the spot, and record it."""
    said = detail[:DETAIL_MAX]
    return [Alarm(alarm, said), Append((AlarmRaised(**stamp(moment), alarm=alarm, detail=said),))]
