"""What would change if another description of the site held: things, rights, and what needs hands at a box. Pure."""

from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from domain.access.reach import ReachChange
from gateway.site.consistency import SECTIONS
from gateway.site.description import DeviceDescription, Site
from gateway.site.places import Description

WHOLE = ("id", "name", "name_en", "threats", "shelter_doors", "rollout")
"""Fields of the site itself."""

PERSONS_TOLD = 10

DOORS_TIMINGS = (
    "release_seconds", "extended_release_seconds", "open_seconds", "extended_open_seconds", "pre_alarm_seconds",
    "relock_delay_seconds", "failure", "interlock",
)  # fmt: skip
READERS_WIRING = ("access_point", "driver", "path", "cards")
"""What a box reads from its own ``edge.toml``, not from the policy."""


@dataclass(frozen=True)
class FieldChange:
    """A field that says something else; both as text, empty where it said nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class ThingChange:
    """A thing of a section: ``kind`` is added, removed or changed, with its fields."""

    section: str
    id: str
    name: str
    kind: str
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True)
class Hands:
    """What somebody has to do at a box; ``deed`` is install, remove or new_edge_toml, ``about`` what of it changed."""

    device: str
    deed: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class PersonsRights:
    """Of one person so many (card, access point) pairs come and go."""

    person: str
    gained: int
    lost: int


@dataclass(frozen=True)
class RightsPlan:
    """What happens to rights: ``held`` pairs open today, ``persons`` counts those concerned, ``most`` names some."""

    held: int
    gained: int
    lost: int
    persons: int
    most: tuple[PersonsRights, ...] = ()

    @property
    def lost_percent(self) -> float:
        """How many of a hundred pairs are lost."""
        return 100 * self.lost / self.held if self.held else 0.0


@dataclass(frozen=True)
class SitePlan:
    """Everything that would change."""

    things: tuple[ThingChange, ...]
    hands: tuple[Hands, ...]
    rights: RightsPlan

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing changes."""
        return not self.things and not self.rights.gained and not self.rights.lost

    def those(self, section: str) -> list[ThingChange]:
        """Give the changes of one section."""
        return [change for change in self.things if change.section == section]


_PLANS: TypeAdapter[SitePlan] = TypeAdapter(SitePlan)


def write_plan(plan: SitePlan) -> str:
    """Give a plan as JSON; it holds ids and counts, and no names of people."""
    return _PLANS.dump_json(plan).decode()


def read_plan(text: str) -> SitePlan | None:
    """Read a plan back; None for that of a first description, which has none."""
    return _PLANS.validate_json(text) if text else None


def plan_site(before: Site, after: Site, reach: ReachChange) -> SitePlan:
    """Compare two descriptions.

    Args:
        before: what holds.
        after: what is proposed.
        reach: what of people's rights changes between the policies of both.
    """
    most = tuple(PersonsRights(each.person, each.gained, each.lost) for each in reach.persons[:PERSONS_TOLD])
    rights = RightsPlan(reach.held, reach.gained, reach.lost, len(reach.persons), most)
    return SitePlan(tuple(_things(before, after)), tuple(_hands(before, after)), rights)


def _things(before: Site, after: Site) -> Iterator[ThingChange]:
    whole = tuple(_fields(_said(before, WHOLE), _said(after, WHOLE)))
    if whole:
        yield ThingChange("site", after.id, after.name, "changed", whole)
    for section in (*SECTIONS, "tiers", "exports"):
        was, now = _by_name(before, section), _by_name(after, section)
        for name in was | now:
            if name not in now:
                yield ThingChange(section, name, was[name].name, "removed")
            elif name not in was:
                yield ThingChange(section, name, now[name].name, "added")
            elif fields := tuple(_fields(_said(was[name]), _said(now[name]))):
                yield ThingChange(section, name, now[name].name, "changed", fields)


def _by_name(site: Site, section: str) -> dict[str, Any]:
    """Give a section's things by id; of several rows of one id, those that begin on a day by that day too."""
    named: dict[str, Any] = {}
    for thing in getattr(site, section):
        name = thing.id
        if name in named:
            name = f"{name} {thing.valid_from}"
        named[name] = thing
    return named


def _said(thing: Description, only: tuple[str, ...] | None = None) -> dict[str, str]:
    """Give every field as text, those of fields in it by their path: ``points.main_in``."""
    content = thing.model_dump(mode="json", include=set(only) if only else None)
    return dict(_flat("", content))


def _flat(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{path}.{key}" if path else str(key), inner)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for number, inner in enumerate(value):
            yield from _flat(f"{path}[{number}]", inner)
    elif isinstance(value, list):
        yield path, ", ".join(str(item) for item in value)
    elif value is not None:
        yield path, str(value)


def _fields(before: dict[str, str], after: dict[str, str]) -> Iterator[FieldChange]:
    for field in before | after:
        was, now = before.get(field, ""), after.get(field, "")
        if was != now:
            yield FieldChange(field, was, now)


def _hands(before: Site, after: Site) -> Iterator[Hands]:
    was = {device.id: device for device in before.devices}
    now = {device.id: device for device in after.devices}
    for name in was | now:
        if name not in now:
            yield Hands(name, "remove")
        elif name not in was:
            yield Hands(name, "install")
        elif about := tuple(_wiring_changes(_wiring(before, was[name]), _wiring(after, now[name]))):
            yield Hands(name, "new_edge_toml", about)


def _wiring(site: Site, device: DeviceDescription) -> dict[str, Any]:
    """Give what the box's own settings are made from, each under the name of the thing that says it."""
    found: dict[str, Any] = {"site": site.id}
    for reader in site.readers_of(device.id):
        point = site.access_point(reader.access_point)
        egress_door = point.door if point.egress else ""
        found[f"readers {reader.id}"] = (*(getattr(reader, field) for field in READERS_WIRING), egress_door)
    for cabinet in site.cabinets_of(device.id):
        before_it = cabinet.reader
        about = (before_it.id, before_it.driver, before_it.path, before_it.cards)
        found[f"cabinets {cabinet.id}"] = (cabinet.positions, *about)
    for door in site.doors_of(device.id):
        found[f"doors {door.id}"] = tuple(getattr(door, field) for field in DOORS_TIMINGS)
    return found


def _wiring_changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    return (thing for thing in before | after if before.get(thing) != after.get(thing))
