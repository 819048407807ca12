"""Ask something of doors: one press of a button becomes one command a device, with who asked and why.

A later override of a door takes the place of an earlier one that its device has not answered yet: that one is not sent
again, so that a command can never come after its own revocation. What it asked of other doors is asked anew.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Literal

from contract.commands import DoorAction
from gateway.site.description import Site
from store.commands import (
    AskedCommand,
    insert_commands,
    list_request,
    list_waiting_commands,
    lock_commands,
    save_superseded,
)
from store.outbox import Notice, insert_notices
from store.tx import Tx

COMMAND_AGE_MAX = timedelta(seconds=30)
"""For so long a command is sent again and obeyed; after that the device is told nothing any more."""

REASONED: frozenset[DoorAction] = frozenset(("unlock", "lock_open", "lock_down"))
"""What nobody asks for without saying why."""

TIMED: frozenset[DoorAction] = frozenset(("unlock",))
"""What may end by itself."""

DOORS_MAX = 256
"""Doors of one command (``contract.commands.DoorCommand``)."""

UNLOCK_SECONDS_MAX = 24 * 3600
REASON_LENGTH_MAX = 200
NAME_LENGTH_MAX = 80

Scope = Literal["door", "area", "site"]


class CommandFault(StrEnum):
    """Why something cannot be asked of doors."""

    no_reason = "no_reason"
    no_name = "no_name"
    too_long = "too_long"
    no_doors = "no_doors"
    bad_time = "bad_time"


class CommandFaultError(Exception):
    """Nothing was asked of any door."""

    def __init__(self, fault: CommandFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class DoorRequest:
    """What a person asks. ``id`` is made by the form, so that sending it twice is harmless.

    ``by`` is the account, ``name`` the person behind it. ``seconds`` ends an opening by itself; None lasts.
    """

    id: str
    scope: Scope
    scope_id: str
    action: DoorAction
    by: str
    name: str
    reason: str = ""
    seconds: int | None = None


def command_doors(tx: Tx, site: Site, asked: DoorRequest, *, draw_id: Callable[[], str]) -> list[AskedCommand]:
    """Write the commands down and into the outbox; gives the request's commands, also when it is sent again.

    Raises:
        CommandFaultError: a reason or the person's name is missing or too long, the time is out of bounds, or no
            door is meant; nothing is changed.
    """
    _check(asked)
    lock_commands(tx)
    if known := list_request(tx, asked.id):
        return known
    by_device = _doors_by_device(site, list_doors_meant(site, asked.scope, asked.scope_id))
    if not by_device:
        raise CommandFaultError(CommandFault.no_doors)
    commands = [
        AskedCommand(
            id=draw_id(),
            request_id=asked.id,
            scope=asked.scope,
            scope_id=asked.scope_id,
            device_id=device,
            doors=doors,
            action=asked.action,
            seconds=asked.seconds,
            reason=asked.reason,
            issued_by=asked.by,
            issued_by_name=asked.name,
            issued_at=tx.now,
            expires_at=tx.now + COMMAND_AGE_MAX,
        )
        for device, found in by_device.items()
        for doors in _in_parts(found)
    ]
    remaining = _supersede(tx, commands, draw_id) if asked.action != "open_once" else []
    insert_commands(tx, [*commands, *remaining])
    insert_notices(tx, [Notice("door.commanded", asked.id, json.dumps({"action": asked.action}))])
    return commands


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


def _check(asked: DoorRequest) -> None:
    fault = None
    if asked.action in REASONED and not asked.reason:
        fault = CommandFault.no_reason
    elif not asked.name:
        fault = CommandFault.no_name
    elif len(asked.reason) > REASON_LENGTH_MAX or len(asked.name) > NAME_LENGTH_MAX:
        fault = CommandFault.too_long
    elif asked.seconds is not None and not (asked.action in TIMED and 1 <= asked.seconds <= UNLOCK_SECONDS_MAX):
        fault = CommandFault.bad_time
    if fault is not None:
        raise CommandFaultError(fault)


def _doors_by_device(site: Site, doors: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Give the doors by the device that moves their locks; a door without a reader hangs on none."""
    door_of_point = {point.id: point.door for point in site.access_points}
    device_of = {door_of_point[reader.access_point]: reader.device for reader in site.readers}
    found: dict[str, tuple[str, ...]] = {}
    for door in doors:
        if door in device_of:
            found[device_of[door]] = (*found.get(device_of[door], ()), door)
    return found


def _in_parts(doors: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [doors[start : start + DOORS_MAX] for start in range(0, len(doors), DOORS_MAX)]


def _supersede(tx: Tx, commands: list[AskedCommand], draw_id: Callable[[], str]) -> list[AskedCommand]:
    """Take the doors away from earlier commands; gives what those still ask of other doors."""
    taken: dict[str, set[str]] = {}
    for command in commands:
        taken.setdefault(command.device_id, set()).update(command.doors)
    older = [
        command
        for command in list_waiting_commands(tx)
        if command.action != "open_once" and taken.get(command.device_id, set()) & set(command.doors)
    ]
    save_superseded(tx, [command.id for command in older])
    rests = ((command, [door for door in command.doors if door not in taken[command.device_id]]) for command in older)
    return [replace(command, id=draw_id(), doors=tuple(rest)) for command, rest in rests if rest]
