"""Ask something of doors: one press of a button becomes one command a device, with who asked and why.

A later override of a door takes the place of an earlier one that its device has not answered yet: that one is not sent
again, so that a command can never come after its own revocation. What it asked of other doors is asked anew.
What takes two persons (``gateway.orders.doors_meant``) waits for a second account's word, and only then becomes
commands.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import cast

from contract.commands import DoorAction
from domain.access.second_person import CONFIRM_WITHIN, NAME_LENGTH_MAX, find_second_person_fault
from gateway.orders.doors_meant import Scope, group_by_device, list_doors_meant, takes_two_persons
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
from store.proposals import DoorProposal, insert_proposal, load_proposal, save_confirmed
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

PROPOSED = "proposal.changed"
"""The outbox kind that tells the pages: something waits for a second person, or does no longer."""


class CommandFault(StrEnum):
    """Why something cannot be asked of doors."""

    no_reason = "no_reason"
    no_name = "no_name"
    too_long = "too_long"
    no_doors = "no_doors"
    bad_time = "bad_time"
    own_word = "own_word"
    too_late = "too_late"


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

    What takes two persons is written down as a proposal: no command goes out, none is given, until ``confirm_doors``.

    Raises:
        CommandFaultError: a reason or the person's name is missing or too long, the time is out of bounds, or no
            door is meant; nothing is changed.
    """
    _check(asked)
    lock_commands(tx)
    known = list_request(tx, asked.id)
    if known or load_proposal(tx, asked.id):
        return known
    _demand_doors(site, asked.scope, asked.scope_id)
    if not takes_two_persons(site, asked.action, asked.scope, asked.scope_id):
        return _issue(tx, site, asked, draw_id)
    if not asked.reason:
        raise CommandFaultError(CommandFault.no_reason)
    proposal = DoorProposal(
        asked.id,
        asked.scope,
        asked.scope_id,
        asked.action,
        asked.seconds,
        asked.reason,
        asked.by,
        asked.name,
        tx.now,
        tx.now + CONFIRM_WITHIN,
    )
    insert_proposal(tx, proposal)
    insert_notices(tx, [Notice(PROPOSED, asked.id, "{}")])
    return []


def confirm_doors(
    tx: Tx, site: Site, request_id: str, *, by: str, name: str, draw_id: Callable[[], str]
) -> list[AskedCommand] | None:
    """Let a second account confirm what a colleague asked: now the commands go out; gives them, twice the same.

    Args:
        tx: the transaction.
        site: the site's description.
        request_id: the request that waits.
        by: the account that confirms.
        name: the person behind it.
        draw_id: gives a new command's id.

    Raises:
        CommandFaultError: the same account, no name, the two minutes are over, or the doors are no longer described;
            nothing is changed.

    Returns:
        None when nothing of that id was ever proposed.
    """
    lock_commands(tx)
    proposal = load_proposal(tx, request_id)
    if proposal is None:
        return None
    if proposal.confirmed_at is not None:
        return list_request(tx, request_id)
    until = proposal.confirm_by_at
    fault = find_second_person_fault(asked_by=proposal.asked_by, confirm_by_at=until, by=by, name=name, now=tx.now)
    if fault is not None:
        raise CommandFaultError(CommandFault(fault.value))
    asked = DoorRequest(
        proposal.id,
        cast("Scope", proposal.scope),
        proposal.scope_id,
        cast("DoorAction", proposal.action),
        proposal.asked_by,
        proposal.asked_by_name,
        proposal.reason,
        proposal.seconds,
    )
    _demand_doors(site, asked.scope, asked.scope_id)
    save_confirmed(tx, request_id, by=by, name=name)
    insert_notices(tx, [Notice(PROPOSED, request_id, "{}")])
    return _issue(tx, site, asked, draw_id, confirmed=(by, name))


def _issue(
    tx: Tx,
    site: Site,
    asked: DoorRequest,
    draw_id: Callable[[], str],
    *,
    confirmed: tuple[str, str] | tuple[None, None] = (None, None),
) -> list[AskedCommand]:
    by_device = group_by_device(site, list_doors_meant(site, asked.scope, asked.scope_id))
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
            confirmed_by=confirmed[0],
            confirmed_by_name=confirmed[1],
        )
        for device, found in by_device.items()
        for doors in _in_parts(found)
    ]
    remaining = _supersede(tx, commands, draw_id) if asked.action != "open_once" else []
    insert_commands(tx, [*commands, *remaining])
    insert_notices(tx, [Notice("door.commanded", asked.id, json.dumps({"action": asked.action}))])
    return commands


def _demand_doors(site: Site, scope: Scope, scope_id: str) -> None:
    if not group_by_device(site, list_doors_meant(site, scope, scope_id)):
        raise CommandFaultError(CommandFault.no_doors)


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
