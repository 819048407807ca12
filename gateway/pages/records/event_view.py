"""One record of the log as the screens tell it: which words, which place, which look. Pure."""

import json
from dataclasses import dataclass
from datetime import datetime

from domain.civil import JST
from gateway.pages.drawing.phrases import Phrases
from gateway.site.cabinets import CabinetDescription
from gateway.site.description import DeviceDescription, Site
from gateway.site.places import AccessPointDescription, DoorDescription
from store.event_log import EventLine
from store.records import QUARANTINED

Place = AccessPointDescription | DoorDescription | DeviceDescription | CabinetDescription
DURESS = "duress"
_CATALOGUE = {  # where the word of a kind has its text
    "tap.observed": "reason",
    "read.failed": "unread",
    "access.ended": "event.passage",
    "door.moved": "event.door",
    "door.mode_changed": "mode",
    "reader.reported": "reader",
    "command.answered": "event.command",
    "threat.changed": "threat.level",
    "cabinet.asked": "event.cabinet",
    "cabinet.opened": "event.cabinet_opened",
    "alarm.raised": "alarms.kind",
}
_CABINETS = ("cabinet.", "key.")
"""Most of these kinds say it all by what they are."""

_GRAVE = frozenset(("forced", "forced_open", "held_open", "tampered", "fire_release", "lost", "failing", "not_obeyed"))


@dataclass(frozen=True, slots=True)
class EventView:
    """A record beside the site's names; ``where`` is None for a place that the site's files no longer name.

    ``look``: granted | refused | unread | alarm | plain.
    """

    line: EventLine
    where: Place | None
    look: str

    @property
    def path(self) -> str:
        """The record's own page."""
        return "/events/{}/{}/{}".format(*self.line.key)

    @property
    def is_tap(self) -> bool:
        """Tell whether a door decided here, so that "why" can be asked."""
        return self.line.kind == "tap.observed"

    def say(self, phrases: Phrases) -> str:
        """Write what happened."""
        line = self.line
        if line.kind == QUARANTINED:
            return line.fault
        if line.kind.startswith(_CABINETS) and line.kind not in _CATALOGUE:
            return self.say_kind(phrases)
        if line.kind in _CATALOGUE:
            return phrases.say_or(f"{_CATALOGUE[line.kind]}.{line.word}", line.word)
        version = f" {line.policy_version}" if line.policy_version is not None else ""
        return phrases.say("events.policy") + version

    def say_time(self, phrases: Phrases, now: datetime) -> str:
        """Write when it happened; with its year where that is not this one."""
        local = self.line.at.astimezone(JST)
        if local.year == now.astimezone(JST).year:
            return phrases.moment(self.line.at, now)
        return local.strftime("%Y-%m-%d %H:%M:%S")

    def say_kind(self, phrases: Phrases) -> str:
        """Write the record's kind."""
        return phrases.say_or(f"event.kind.{self.line.kind.replace('.', '_')}", self.line.kind)

    def say_place(self, phrases: Phrases) -> str:
        """Write where it happened."""
        return phrases.name_of(self.where) if self.where else self.line.subject


def view_event(line: EventLine, site: Site) -> EventView:
    """Put a record beside the site's names."""
    return EventView(line, _find(line, site), _look(line))


def _find(line: EventLine, site: Site) -> Place | None:
    try:
        if line.kind.startswith(_CABINETS):
            return site.cabinet(line.subject)
        match line.kind:
            case "tap.observed" | "read.failed" | "access.ended":
                return site.access_point(line.subject)
            case "door.moved" | "door.mode_changed":
                return site.door(line.subject)
            case "reader.reported":
                return site.access_point(site.reader(line.subject).access_point)
            case _:
                return site.device(line.subject)
    except KeyError:
        return None


def _look(line: EventLine) -> str:
    if line.kind in ("tap.observed", "cabinet.asked"):
        return "granted" if line.granted else "refused"
    if line.kind in ("key.removed_unauthorised", "cabinet.overstayed"):
        return "alarm"
    if line.kind in ("read.failed", QUARANTINED):
        return "unread"
    return "alarm" if line.kind == "alarm.raised" or line.word in _GRAVE else "plain"


def find_command_id(line: EventLine, body: bytes) -> str:
    """Give the command that a controller answered with this record; empty for every other record."""
    if line.kind != "command.answered":
        return ""
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    return str(told.get("command", "")) if isinstance(told, dict) else ""


def write_body(body: bytes, *, whole: bool) -> str:
    """Write a record's bytes for reading; not ``whole``: without what a PIN was, for it may call for help.

    The PIN is left out of every body alike, so that its absence tells nothing.
    """
    try:
        told = json.loads(body)
    except ValueError:
        return body.decode(errors="replace") if whole else ""
    if not whole and isinstance(told, dict):
        facts = told.get("situation")
        if isinstance(facts, dict):
            facts.pop("pin", None)
        if told.get("alarm") == DURESS:
            return ""
    return json.dumps(told, ensure_ascii=False, indent=2)
