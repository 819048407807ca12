"""What the door board shows: doors, their readers and the controllers, the ones in trouble first. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contract.errors import MalformedMessageError
from contract.records import DoorMoved, ReaderReported, decode_record
from gateway.site.description import DeviceDescription, ReaderDescription, Site
from gateway.site.places import AccessPointDescription, DoorDescription
from store.alarms import RaisedAlarm
from store.board import BoardRecord
from store.devices import DeviceStatus

BOARD_KINDS = ("door.moved", "reader.reported", "tap.observed")
ALARMS_MAX = 8
"""Open alarms the board names; of more it tells the number."""


class Trouble(StrEnum):
    """What a person must look at, the worst first."""

    forced_open = "forced_open"
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
    """A door: ``state`` is the last thing it reported, ``unknown`` before it did; ``last_tap`` the last card there."""

    door: DoorDescription
    state: str
    changed_at: datetime | None
    last_tap: BoardRecord | None
    readers: tuple[ReaderView, ...]
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The whole board."""

    doors: tuple[DoorView, ...]
    devices: tuple[DeviceView, ...]
    alarms: tuple[RaisedAlarm, ...]
    more_alarms: int

    @property
    def troubled(self) -> int:
        """How many doors need a look."""
        return sum(1 for door in self.doors if door.troubles)


def derive_board(
    site: Site,
    records: Iterable[BoardRecord],
    statuses: Iterable[DeviceStatus],
    alarms: Sequence[RaisedAlarm],
    *,
    policy_version: int,
) -> Board:
    """Put the board together from the newest records (newest first) and what the controllers say of themselves."""
    moved: dict[str, tuple[DoorMoved, datetime]] = {}
    reported: dict[str, ReaderReported] = {}
    tapped: dict[str, BoardRecord] = {}
    for item in records:
        if item.kind == "tap.observed":
            tapped.setdefault(item.access_point_id, item)
            continue
        body = _read(item.body)
        if isinstance(body, DoorMoved):
            moved.setdefault(body.door, (body, item.occurred_at))
        elif isinstance(body, ReaderReported):
            reported.setdefault(body.reader, body)
    devices = {view.device.id: view for view in _view_devices(site, statuses, policy_version)}
    doors = [
        _view_door(site, door, moved=moved.get(door.id), reported=reported, tapped=tapped, devices=devices)
        for door in site.doors
    ]
    doors.sort(key=lambda view: min((list(Trouble).index(trouble) for trouble in view.troubles), default=len(Trouble)))
    newest = tuple(reversed(alarms))
    return Board(tuple(doors), tuple(devices.values()), newest[:ALARMS_MAX], max(0, len(newest) - ALARMS_MAX))


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
    moved: tuple[DoorMoved, datetime] | None,
    reported: Mapping[str, ReaderReported],
    tapped: Mapping[str, BoardRecord],
    devices: Mapping[str, DeviceView],
) -> DoorView:
    points = {point.id for point in site.access_points if point.door == door.id}
    at_door = [reader for reader in site.readers if reader.access_point in points]
    readers = tuple(
        _view_reader(reader, site.access_point(reader.access_point), reported.get(reader.id), devices[reader.device])
        for reader in at_door
    )
    taps = [tap for point, tap in tapped.items() if point in points]
    state = moved[0].state if moved else "unknown"
    found = {
        Trouble.forced_open: state == "forced_open",
        Trouble.held_open: state == "held_open",
        Trouble.device_silent: any(devices[reader.device].state != "online" for reader in at_door),
        Trouble.reader_down: any(view.health in ("lost", "busy", "failing") for view in readers),
        Trouble.policy_behind: any(devices[reader.device].behind for reader in at_door),
    }
    return DoorView(
        door=door,
        state=state,
        changed_at=moved[1] if moved else None,
        last_tap=max(taps, key=lambda tap: tap.occurred_at, default=None),
        readers=readers,
        troubles=tuple(trouble for trouble, holds in found.items() if holds),
    )


def _view_reader(
    reader: ReaderDescription, point: AccessPointDescription, report: ReaderReported | None, device: DeviceView
) -> ReaderView:
    if device.state != "online":
        return ReaderView(reader, point, "silent", "")
    if report is None:
        return ReaderView(reader, point, "unknown", "")
    return ReaderView(reader, point, report.health, report.cause)


def _read(body: bytes) -> object:
    try:
        return decode_record(body)
    except MalformedMessageError:
        return None  # a newer controller's word; the board shows what it understands
