"""What the door board shows: doors, their readers and the controllers, the ones in trouble first. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.meaning.door_book import mode_now
from gateway.pages.doors.alarm_view import AlarmList
from gateway.site.description import DeviceDescription, ReaderDescription, Site
from gateway.site.places import AccessPointDescription, DoorDescription
from store.board import TapLine
from store.devices import DeviceStatus
from store.door_states import DoorFacts, ReaderFacts


class Trouble(StrEnum):
    """What a person must look at, the worst first."""

    forced_open = "forced_open"
    fire_release = "fire_release"
    tampered = "tampered"
    held_open = "held_open"
    device_silent = "device_silent"
    reader_down = "reader_down"
    policy_behind = "policy_behind"


@dataclass(frozen=True, slots=True)
class ReaderView:
    """A reader: ``health`` as it last reported, ``unknown`` before it did, ``silent`` while its controller is away."""

    reader: ReaderDescription
    point: AccessPointDescription
    health: str
    cause: str


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A controller: ``state`` is online, offline or never_seen; ``behind`` means an older policy than the centre's."""

    device: DeviceDescription
    state: str
    status: DeviceStatus | None
    behind: bool


@dataclass(frozen=True, slots=True)
class DoorView:
    """A door. ``mode`` is the one in force, ``unknown`` before its controller reported; ``source`` who wants it.

    ``contact`` is opened, closed, or empty for a door that has none; ``last_tap`` the last card there.
    """

    door: DoorDescription
    mode: str
    source: str
    contact: str
    changed_at: datetime | None
    last_tap: TapLine | None
    readers: tuple[ReaderView, ...]
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The whole board."""

    doors: tuple[DoorView, ...]
    devices: tuple[DeviceView, ...]
    alarms: AlarmList

    @property
    def troubled(self) -> int:
        """How many doors need a look."""
        return sum(1 for door in self.doors if door.troubles)

    def door(self, door_id: str) -> DoorView:
        """Give one door."""
        return next(view for view in self.doors if view.door.id == door_id)


@dataclass(frozen=True, slots=True)
class BoardFacts:
    """What the board is made from: doors, readers and last taps as derived from the log, and the controllers' words."""

    doors: Sequence[DoorFacts] = ()
    readers: Sequence[ReaderFacts] = ()
    taps: Sequence[TapLine] = ()
    statuses: Sequence[DeviceStatus] = ()
    policy_version: int = 0


def derive_board(site: Site, facts: BoardFacts, alarms: AlarmList) -> Board:
    """Put the board together."""
    devices = {view.device.id: view for view in _view_devices(site, facts.statuses, facts.policy_version)}
    doors = {door.door_id: door for door in facts.doors}
    readers = {reader.reader_id: reader for reader in facts.readers}
    taps = {tap.access_point_id: tap for tap in facts.taps}
    views = [
        _view_door(site, door, facts=doors.get(door.id), reported=readers, tapped=taps, devices=devices)
        for door in site.doors
    ]
    views.sort(key=lambda view: min((list(Trouble).index(trouble) for trouble in view.troubles), default=len(Trouble)))
    return Board(tuple(views), tuple(devices.values()), alarms)


def _view_devices(site: Site, statuses: Iterable[DeviceStatus], policy_version: int) -> list[DeviceView]:
    known: Mapping[str, DeviceStatus] = {status.device_id: status for status in statuses}
    views = []
    for device in site.devices:
        status = known.get(device.id)
        state = "never_seen" if status is None else "online" if status.online else "offline"
        behind = status is not None and status.policy_version < policy_version
        views.append(DeviceView(device, state, status, behind))
    return views


def _view_door(
    site: Site,
    door: DoorDescription,
    *,
    facts: DoorFacts | None,
    reported: Mapping[str, ReaderFacts],
    tapped: Mapping[str, TapLine],
    devices: Mapping[str, DeviceView],
) -> DoorView:
    points = {point.id for point in site.access_points if point.door == door.id}
    at_door = [reader for reader in site.readers if reader.access_point in points]
    readers = tuple(
        _view_reader(reader, site.access_point(reader.access_point), reported.get(reader.id), devices[reader.device])
        for reader in at_door
    )
    taps = [tap for point, tap in tapped.items() if point in points]
    found = {
        Trouble.forced_open: facts is not None and facts.alarm == "forced_open",
        Trouble.fire_release: facts is not None and facts.fire,
        Trouble.tampered: facts is not None and facts.tampered,
        Trouble.held_open: facts is not None and facts.alarm == "held_open",
        Trouble.device_silent: any(devices[reader.device].state != "online" for reader in at_door),
        Trouble.reader_down: any(view.health in ("lost", "busy", "failing") for view in readers),
        Trouble.policy_behind: any(devices[reader.device].behind for reader in at_door),
    }
    return DoorView(
        door=door,
        mode=mode_now(facts).value if facts else "unknown",
        source=facts.mode_source if facts else "",
        contact=facts.contact if facts else "",
        changed_at=facts.changed_at if facts else None,
        last_tap=max(taps, key=lambda tap: tap.occurred_at, default=None),
        readers=readers,
        troubles=tuple(trouble for trouble, holds in found.items() if holds),
    )


def _view_reader(
    reader: ReaderDescription, point: AccessPointDescription, report: ReaderFacts | None, device: DeviceView
) -> ReaderView:
    if device.state != "online":
        return ReaderView(reader, point, "silent", "")
    if report is None:
        return ReaderView(reader, point, "unknown", "")
    return ReaderView(reader, point, report.health, report.cause)
