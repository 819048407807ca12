"""What every room of the controller writes alike: when something happened, and alarms."""

from typing import Any

from contract.records import AlarmRaised
from readers.events import Alarm, Append, Effect, Moment

DETAIL_MAX = 200


def stamp(moment: Moment) -> dict[str, Any]:
    """Give the fields that all record bodies share."""
    return {"at": moment.at, "mono_ms": int(moment.mono * 1000), "boot": moment.boot, "clock": moment.clock}


def record_alarm(alarm: str, detail: str, moment: Moment) -> list[Effect]:
    """Record an alarm of which nobody on the spot may learn."""
    return [Append((AlarmRaised(**stamp(moment), alarm=alarm, detail=detail[:DETAIL_MAX]),))]


def raise_alarm(alarm: str, detail: str, moment: Moment) -> list[Effect]:
    """Tell an alarm on the spot, and record it."""
    return [Alarm(alarm, detail[:DETAIL_MAX]), *record_alarm(alarm, detail, moment)]
