"""A search of the event log as its address spells it, and as the store is asked. Pure.

The address is the whole search: it can be sent, saved and read again. What is wrong in it is named and never guessed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Literal, get_args
from urllib.parse import parse_qsl, urlencode

from fastapi import Query

from contract.records import ReadFailed
from domain.civil import JST
from gateway.pages.drawing.phrases import Named
from gateway.site.description import Site
from store.event_log import EventKey, EventPlace, EventSearch
from store.records import QUARANTINED

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "taps": ("tap.observed", "read.failed"),
        "passages": ("access.ended",),
        "doors": ("door.moved",),
        "modes": ("door.mode_changed",),
        "readers": ("reader.reported",),
        "commands": ("command.answered",),
        "threats": ("threat.changed",),
        "cabinets": ("cabinet.asked", "cabinet.opened", "cabinet.closed", "cabinet.overstayed", "cabinet.counted"),
        "keys": ("key.removed", "key.returned", "key.misplaced", "key.removed_unauthorised"),
        "alarms": ("alarm.raised",),
        "boxes": ("agent.started", "policy.applied"),
        "unreadable": (QUARANTINED,),
    }
)
"""The kinds of records as people tell them apart."""

WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "doors": ("forced_open", "held_open", "held_open_prealarm", "restored", "tampered", "tamper_cleared",
                  "fire_release", "fire_cleared"),
        "modes": ("unlocked", "locked", "blocked", "locked_down", "locked_open"),
        "readers": ("lost", "failing", "busy", "ready"),
        "commands": ("obeyed", "not_obeyed"),
        "threats": ("normal", "lockdown", "evacuation", "shelter"),
    }
)  # fmt: skip
"""What may be asked for besides the reasons of refusals and failed reads."""

_WORD_KINDS = {"reason": ("tap.observed",), "unread": ("read.failed",)} | {
    group: GROUPS[group] for group in (*WORDS, "alarms")
}

UNREAD: tuple[str, ...] = get_args(ReadFailed.model_fields["cause"].annotation)
"""Why a card could not be read."""

Result = Literal["all", "granted", "refused"]
Short = Annotated[str, Query(max_length=80)]
_MINUTE = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class EventForm:
    """What the fields of the page hold, as text.

    ``who`` is a person's id, or words to find one by; ``place`` as ``door/main``; ``word`` as ``reason.expired``.
    """

    who: str = ""
    place: str = ""
    group: str = ""
    result: Result = "all"
    word: str = ""
    since: str = ""
    until: str = ""
    after: str = ""

    def query(self, **changes: str) -> str:
        """Spell the search, without what is not asked; a change of anything begins at the newest again."""
        asked = {name: getattr(self, name) for name in self.__slots__ if name != "after"} | changes
        return urlencode({name: text for name, text in asked.items() if text and (name, text) != ("result", "all")})

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is asked at all."""
        return bool(self.query())


def read_form(
    *,
    who: Short = "",
    place: Short = "",
    group: Short = "",
    result: Result = "all",
    word: Short = "",
    since: Short = "",
    until: Short = "",
    after: Annotated[str, Query(max_length=200)] = "",
) -> EventForm:
    """Read the search from an address."""
    return EventForm(who.strip(), place, group, result, word, since, until, after)


def parse_form(query: str) -> EventForm:
    """Read the search from a query that stands in a form or a saved view; what it does not know is left out."""
    known = {name: text[:80] for name, text in parse_qsl(query) if name in EventForm.__slots__ and name != "after"}
    result = known.pop("result", "all")
    return EventForm(**known, result=result if result in get_args(Result) else "all")  # type: ignore[arg-type]


def read_search(form: EventForm, site: Site, person_id: str | None) -> tuple[EventSearch, dict[str, str]]:
    """Give what the store is asked, and by field what is wrong (``unknown`` | ``not_a_time`` | ``not_before``)."""
    faults: dict[str, str] = {}
    since, until = _read_minute(form.since), _read_minute(form.until)
    if form.since and since is None:
        faults["since"] = "not_a_time"
    if form.until and until is None:
        faults["until"] = "not_a_time"
    if until is not None:
        until += timedelta(minutes=1)  # the minute that is named counts whole
    if since and until and since >= until:
        faults["until"] = "not_before"
    if form.group and form.group not in GROUPS:
        faults["group"] = "unknown"
    kinds, word = GROUPS.get(form.group, ()), ""
    if form.word:
        sort, _, word = form.word.partition(".")
        about = _WORD_KINDS.get(sort, ())
        kinds = tuple(kind for kind in about if kind in kinds) if kinds else about
        if not kinds or not word:
            faults["word"] = "not_of_group" if about and form.group else "unknown"
    places = _list_subjects(form.place, site, kinds)
    if form.place and places is None:
        faults["place"] = "unknown"
    return EventSearch(
        since=since,
        until=until,
        person_id=person_id,
        subjects=places,
        kinds=kinds,
        words=(word,) if word else (),
        granted=None if form.result == "all" else form.result == "granted",
    ), faults


def _read_minute(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _MINUTE).replace(tzinfo=JST)
    except ValueError:
        return None


_ABOUT = {  # what a kind of record is about; every other kind: its device
    "tap.observed": "point", "read.failed": "point", "access.ended": "point",
    "door.moved": "door", "door.mode_changed": "door", "reader.reported": "reader",
} | dict.fromkeys((*GROUPS["cabinets"], *GROUPS["keys"]), "cabinet")  # fmt: skip


def _list_subjects(place: str, site: Site, kinds: tuple[str, ...]) -> tuple[str, ...] | None:
    """Give the subjects at a place that records of these kinds can be about; None for a place that is not there."""
    if not place:
        return None
    what, _, name = place.partition("/")
    if name not in {thing.id for sort, things in list_place_options(site) if sort == what for thing in things}:
        return None
    points = {
        "area": [point for point in site.access_points if name in (point.area_from, point.area_to)],
        "door": [point for point in site.access_points if point.door == name],
        "point": [point for point in site.access_points if point.id == name],
        "device": [site.access_point(reader.access_point) for reader in site.readers_of(name)],
    }.get(what, [])
    found: dict[str, list[str]] = {
        "point": [point.id for point in points],
        "door": [] if what == "point" else [point.door for point in points],
        "reader": [reader.id for reader in site.readers if reader.access_point in {point.id for point in points}],
        "cabinet": [cabinet.id for cabinet in site.cabinets_of(name)] if what == "device" else [],
        "device": [name] if what == "device" else [],
    }
    wanted = {_ABOUT.get(kind, "device") for kind in kinds} or set(found)
    return tuple(dict.fromkeys(subject for about in sorted(wanted) for subject in found[about]))


def write_place(place: EventPlace) -> str:
    """Spell a place in the list for an address."""
    return "~".join((place.at.isoformat(), place.key.device_id, str(place.key.epoch), str(place.key.seq)))


def read_place(text: str) -> EventPlace | None:
    """Read it back; None for what is none."""
    try:
        at, device, epoch, seq = text.split("~")
        place = EventPlace(datetime.fromisoformat(at), EventKey(device, int(epoch), int(seq)))
    except ValueError:
        return None
    return place if place.at.tzinfo is not None else None


def list_place_options(site: Site) -> Iterable[tuple[str, Iterable[Named]]]:
    """Give the places that can be chosen, by sort."""
    return (
        ("area", site.areas),
        ("door", site.doors),
        ("point", site.access_points),
        ("device", site.devices),
    )
