"""Which doors somebody means, which boxes move their locks, and which of it takes two persons. Pure."""

from collections.abc import Iterable
from typing import Literal

from contract.commands import DoorAction
from domain.access.threat import ThreatLevel
from gateway.site.description import Site

Scope = Literal["door", "area", "site"]

OPENING: frozenset[DoorAction] = frozenset(("open_once", "unlock", "lock_open"))
"""What lets people through without a card."""


def list_doors_meant(site: Site, scope: Scope, scope_id: str) -> list[str]:
    """Give the doors of a scope: the door, every door into or out of the area, or all doors of the site."""
    match scope:
        case "site":
            return [door.id for door in site.doors]
        case "area":
            around = {point.door for point in site.access_points if scope_id in {point.area_from, point.area_to}}
            return [door.id for door in site.doors if door.id in around]
        case "door":
            return [door.id for door in site.doors if door.id == scope_id]


def group_by_device(site: Site, doors: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Give the doors by the device that moves their locks; a door without a reader hangs on none."""
    door_of_point = {point.id: point.door for point in site.access_points}
    device_of = {door_of_point[reader.access_point]: reader.device for reader in site.readers}
    found: dict[str, tuple[str, ...]] = {}
    for door in doors:
        if door in device_of:
            found[device_of[door]] = (*found.get(device_of[door], ()), door)
    return found


def takes_two_persons(site: Site, action: DoorAction, scope: Scope, scope_id: str) -> bool:
    """Tell whether a second person must agree.

    To open takes two as soon as one of the doors does. Shutting every door of the site is what the threat level
    lockdown is, and takes two where that level does; one person alone shuts a door or an area, and takes words back.
    """
    if action == "lock_down" and scope == "site":
        return ThreatLevel.lockdown in site.threats.two_person
    meant = set(list_doors_meant(site, scope, scope_id)) if action in OPENING else set()
    return any(door.remote_unlock == "two_person" for door in site.doors if door.id in meant)
