"""Alarms as the screens list them: the gravest first, and each only to those who may know of it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.access.alarm_desk import AlarmState, Handling, Severity, handle
from gateway.meaning.consequences import DURESS
from gateway.pages.drawing.phrases import Named
from gateway.site.description import Site
from store.alarm_desk import DeskAlarm
from store.alarms import AcknowledgedAlarm, RaisedAlarm

ALARMS_MAX = 8
"""Open alarms that the board names; of more it tells the number."""

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
    known.sort(key=lambda item: (rank(item.alarm.kind), -item.id))
    seen = tuple(item for item in acknowledged if sees_secret or item.alarm.kind not in SECRET)
    return AlarmList(tuple(known[:ALARMS_MAX]), max(0, len(known) - ALARMS_MAX), seen)


def rank(kind: str) -> tuple[int, bool]:
    """Give where a kind of alarm stands in an order: the gravest first, and of those a call for help."""
    return list(Severity).index(handle(kind).severity), kind not in SECRET


@dataclass(frozen=True, slots=True)
class QueueLine:
    """An alarm in the queue: how its kind is handled, and the thing of the site that it is about, if it is one."""

    item: DeskAlarm
    handling: Handling
    place: Named | None

    @property
    def ring(self) -> str:
        """Names what the tone stands for: another word is a reason to sound again; empty: no tone."""
        waits = self.handling.sounds and self.item.state is AlarmState.raised
        return f"{self.item.id}-{self.item.times}-{int(self.item.escalated_at is not None)}" if waits else ""


@dataclass(frozen=True, slots=True)
class AlarmQueue:
    """What waits for a person, and what somebody is at work on."""

    raised: tuple[QueueLine, ...]
    acknowledged: tuple[QueueLine, ...]


def view_queue(standing: Iterable[DeskAlarm], site: Site, *, sees_secret: bool) -> AlarmQueue:
    """Give the alarms that somebody may know of: the gravest first, of those the one that waits longest."""
    known = view_alarms(standing, site, sees_secret=sees_secret)
    known.sort(key=lambda line: (rank(line.item.alarm.kind), line.item.raised_at, line.item.id))
    return AlarmQueue(
        tuple(line for line in known if line.item.state is AlarmState.raised),
        tuple(line for line in known if line.item.state is not AlarmState.raised),
    )


def view_alarms(alarms: Iterable[DeskAlarm], site: Site, *, sees_secret: bool) -> list[QueueLine]:
    """Give alarms with their places, in the order given, without those that somebody may not know of."""
    places = _places(site)
    return [
        QueueLine(item, handle(item.alarm.kind), places.get(item.alarm.subject))
        for item in alarms
        if sees_secret or item.alarm.kind not in SECRET
    ]


def _places(site: Site) -> dict[str, Named]:
    """Give what an alarm's subject may name; where two things share an id, a door stands before its points."""
    readers = {reader.id: site.access_point(reader.access_point) for reader in site.readers}
    things: Iterable[Named] = (*site.devices, *site.access_points, *site.doors)
    return readers | {thing.id: thing for thing in things}
