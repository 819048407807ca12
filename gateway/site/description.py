"""The site's description: the one file a city edits (``firmware_configs/sites/<name>/site.yaml``).

Areas, doors, access points, readers and the boxes they hang on, schedules and levels. A :class:`Site` that exists is
consistent: every id that is named is defined (``gateway.site.consistency``). Ids follow ``domain.ids.ID_PATTERN``.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from contract.fields import Id
from contract.technologies import CardName
from domain.access.threat import ThreatLevel
from domain.access.visits import Approval
from domain.zones.export import ExportRule
from domain.zones.tier import TierPlan
from gateway.site.cabinets import CabinetDescription
from gateway.site.consistency import INCONSISTENT, list_inconsistencies
from gateway.site.exports import ExportDescription, derive_export_rules
from gateway.site.hours import ScheduleDescription, SpecialDaysDescription, Weekday, name_of
from gateway.site.network import RadiusClientDescription, SwitchModelDescription
from gateway.site.places import AccessPointDescription, AreaDescription, Description, DoorDescription, Name
from gateway.site.rollout import RolloutDescription
from gateway.site.source import Problem, SiteError, Source, explain, parse_source, read_source
from gateway.site.threats import SHELTER_MINUTES_MAX, ThreatsDescription
from gateway.site.tiers import TierDescription, derive_tier_plan


class ReaderDescription(Description):
    """A card reader, the box it hangs on and the access point it serves."""

    id: Id
    name: Name
    device: Id
    access_point: Id
    driver: Literal["nfc", "pcsc", "osdp", "serial", "wedge", "simulated"]
    path: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    """nfc: an nfcpy path (usb:…, udp:host:port); pcsc: the reader's PC/SC name; osdp: the line and address, line1:3;
    serial: the device and how it speaks, /dev/ttyACM0?holds=decimal; wedge: the same of a keyboard, by its lasting
    name, /dev/input/by-id/usb-Maker_Scanner-event-kbd?holds=code; simulated: a socket file."""
    cards: tuple[CardName, ...] = ()
    """The technologies it knows, strongest first; without them those of the box's equipment file."""
    desk: bool = False
    """It stands at a desk: a visitor's card or a key's tag that is held to it is given back."""


class DeviceDescription(Description):
    """An edge controller box; its id is its certificate's name, its MQTT client id and its topic segment."""

    id: Id
    name: Name
    name_en: Name


class LevelDescription(Description):
    """What one grant gives: a schedule (or ``always``) for each access point that it opens."""

    id: Id
    name: Name
    name_en: Annotated[Name, Field(default_factory=name_of)]
    """英語名 · Without it, the name."""
    points: Annotated[dict[Id, Id], Field(default_factory=dict)]
    """通行口 · Access points, each with its schedule: ``west_in: office_hours``."""
    areas: Annotated[dict[Id, Id], Field(default_factory=dict)]
    """区域 · Areas: every access point that leads into the area, with this schedule; ``points`` may say otherwise."""
    emergency: bool = False
    """Opens where ``on_stale: emergency`` holds, too, when the centre was not heard for too long."""
    during: ThreatLevel | None = None
    """この警戒レベルの間だけ · Gives something only while the site's threat level is this: shelter (避難所開設)."""
    declares: Literal[ThreatLevel.shelter] | None = None
    """開設権限 · Entering by this level opens a shelter (避難所開設) at that controller, also without the centre."""
    minutes: Annotated[int, Field(ge=1, le=SHELTER_MINUTES_MAX)] | None = None
    """開設時間（分） · For so long; at most 72 hours."""
    visitors: bool = False
    """May be given to visitors for the time of their visit."""
    visitor_approval: Approval = Approval.none
    """Whose word a visitor with this level needs: none, head (the host's head of department), facility."""


class Site(Description):
    """One installation. Every id that it names, it defines; each access point has exactly one reader."""

    id: Id = "site"
    """Its name on visitors' codes: a code of one site opens nothing at another."""
    name: Name
    name_en: Name
    areas: Annotated[tuple[AreaDescription, ...], Field(min_length=1)]
    doors: Annotated[tuple[DoorDescription, ...], Field(min_length=1)]
    access_points: Annotated[tuple[AccessPointDescription, ...], Field(min_length=1)]
    devices: Annotated[tuple[DeviceDescription, ...], Field(min_length=1)]
    readers: Annotated[tuple[ReaderDescription, ...], Field(min_length=1)]
    special_days: tuple[SpecialDaysDescription, ...] = ()
    schedules: tuple[ScheduleDescription, ...] = ()
    levels: tuple[LevelDescription, ...] = ()
    threats: ThreatsDescription = ThreatsDescription()
    """How threat levels (警戒レベル) are declared."""
    cabinets: tuple[CabinetDescription, ...] = ()
    """鍵箱 · Key cabinets that controllers hand keys out of."""
    shelter_doors: tuple[Id, ...] = ()
    """避難所の扉 · Doors that stand unlocked while a shelter is open."""
    rollout: RolloutDescription = RolloutDescription()
    """How a changed description goes out to the devices."""
    radius_clients: tuple[RadiusClientDescription, ...] = ()
    """認証を求めるスイッチと無線AP · Switches and access points that ask the RADIUS server."""
    switch_models: tuple[SwitchModelDescription, ...] = ()
    """機種 · What models of switches can do; ``sekisho nas probe`` finds it out."""
    tiers: tuple[TierDescription, ...] = ()
    """系 · The network tiers, from one to as many as there are."""
    exports: tuple[ExportDescription, ...] = ()
    """書き出し · Of which class each kind of export is, and where it goes; all kinds or none."""

    @model_validator(mode="after")
    def _require_consistency(self) -> Self:
        if found := tuple(list_inconsistencies(self)):
            raise PydanticCustomError(INCONSISTENT, "{count} inconsistencies", {"count": len(found), "found": found})
        return self

    def area(self, area_id: str) -> AreaDescription:
        """Give the area of that id; KeyError when there is none, as for the other look-ups."""
        return self._areas[area_id]

    def door(self, door_id: str) -> DoorDescription:
        """Give the door of that id."""
        return self._doors[door_id]

    def access_point(self, access_point_id: str) -> AccessPointDescription:
        """Give the access point of that id."""
        return self._access_points[access_point_id]

    def reader(self, reader_id: str) -> ReaderDescription:
        """Give the reader of that id."""
        return self._readers[reader_id]

    def device(self, device_id: str) -> DeviceDescription:
        """Give the device of that id."""
        return self._devices[device_id]

    def readers_of(self, device_id: str) -> tuple[ReaderDescription, ...]:
        """Give the readers that hang on a device, in the file's order."""
        return tuple(reader for reader in self.readers if reader.device == device_id)

    def cabinet(self, cabinet_id: str) -> CabinetDescription:
        """Give the key cabinet of that id."""
        return self._cabinets[cabinet_id]

    def cabinets_of(self, device_id: str) -> tuple[CabinetDescription, ...]:
        """Give the key cabinets that hang on a device, in the file's order."""
        return tuple(cabinet for cabinet in self.cabinets if cabinet.device == device_id)

    def points_of(self, level: LevelDescription) -> dict[str, str]:
        """Give the access points that a level opens, each with its schedule; a point's own goes before its area's."""
        into = {point.id: level.areas[point.area_to] for point in self.access_points if point.area_to in level.areas}
        return into | level.points

    def doors_of(self, device_id: str) -> tuple[DoorDescription, ...]:
        """Give the doors whose locks a device moves: those that its readers stand at, each once."""
        points = [self.access_point(reader.access_point) for reader in self.readers_of(device_id)]
        return tuple(self.door(door_id) for door_id in dict.fromkeys(point.door for point in points))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Give a copy, in which nothing is remembered that was derived from what is replaced."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - Site.model_fields.keys():
            del copied.__dict__[name]
        return copied

    @cached_property
    def tier_plan(self) -> TierPlan:
        """The network tiers as each decision knows them; derived once."""
        return derive_tier_plan(self)

    @cached_property
    def export_rules(self) -> tuple[ExportRule, ...]:
        """What each kind of export obeys; derived once."""
        return derive_export_rules(self)

    @cached_property
    def _areas(self) -> dict[str, AreaDescription]:
        return {area.id: area for area in self.areas}

    @cached_property
    def _doors(self) -> dict[str, DoorDescription]:
        return {door.id: door for door in self.doors}

    @cached_property
    def _access_points(self) -> dict[str, AccessPointDescription]:
        return {point.id: point for point in self.access_points}

    @cached_property
    def _readers(self) -> dict[str, ReaderDescription]:
        return {reader.id: reader for reader in self.readers}

    @cached_property
    def _cabinets(self) -> dict[str, CabinetDescription]:
        return {cabinet.id: cabinet for cabinet in self.cabinets}

    @cached_property
    def _devices(self) -> dict[str, DeviceDescription]:
        return {device.id: device for device in self.devices}


def load_site(path: Path) -> Site:
    """Read and check a site's YAML file.

    Raises:
        SiteError: naming every field that is wrong (``access_points[2].door``), its line, and what was expected.
    """
    return _check(path, read_source(path))


def parse_site(text: str, path: Path) -> Site:
    """Check a site's YAML that has been read already; ``path`` is what errors call it.

    Raises:
        SiteError: as :func:`load_site`.
    """
    return _check(path, parse_source(text, path))


def _check(path: Path, source: Source) -> Site:
    try:
        return Site.model_validate_json(source.as_json(), strict=True)
    except ValidationError as error:
        raise SiteError(path, explain(error, source)) from None


__all__ = [
    "DeviceDescription",
    "LevelDescription",
    "Problem",
    "ReaderDescription",
    "ScheduleDescription",
    "Site",
    "SiteError",
    "SpecialDaysDescription",
    "Weekday",
    "load_site",
    "parse_site",
]
