"""What the centre asks of a device now: signed, short-lived, obeyed once, never retained.

A command that comes late, twice, or for another device changes nothing; every answer is a record
(:class:`contract.records.CommandAnswered`).
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from contract.errors import explain_envelope
from contract.fields import Id, Instant
from contract.signatures import SignedMessage
from domain.access.threat import ThreatLevel

DoorAction = Literal["open_once", "unlock", "lock", "block", "lock_down", "lock_open", "resume"]
"""ONVIF's door commands: ``open_once`` releases for one passage (AccessDoor); the next five put an override on the door
(UnlockDoor, LockDoor, BlockDoor, LockDownDoor, LockOpenDoor); ``resume`` takes every override away that a command or a
fire put there (LockDownReleaseDoor, LockOpenReleaseDoor), the latter only while the fire input is quiet."""


class DoorCommand(SignedMessage):
    """Do something with doors. ``seconds`` ends an override by itself; null lasts until ``resume``."""

    kind: Literal["door.command"] = "door.command"
    version: Literal[1] = 1
    device: Id
    id: Id
    doors: Annotated[tuple[Id, ...], Field(min_length=1, max_length=256)]
    action: DoorAction
    seconds: Annotated[int, Field(ge=1, le=7 * 24 * 3600)] | None = None
    by: Id  # the account that asked
    issued_at: Instant
    expires_at: Instant


class PersonPlace(BaseModel):
    """Where a person is since when, as another controller saw it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    person: Id
    area: Id
    at: Instant


class PlacesTold(SignedMessage):
    """Places that other controllers' doors changed, for the areas this device's doors lead to."""

    kind: Literal["places.told"] = "places.told"
    version: Literal[1] = 1
    device: Id
    places: Annotated[tuple[PersonPlace, ...], Field(min_length=1, max_length=1000)]
    issued_at: Instant
    expires_at: Instant


class ThreatTold(SignedMessage):
    """The site's threat level. ``until`` ends it by itself; null lasts until the next declaration.

    Unlike other commands it may be told again, for the latest ``declared_at`` holds, in whatever order they come; it is
    answered once a declaration.
    """

    kind: Literal["threat.told"] = "threat.told"
    version: Literal[1] = 1
    device: Id
    id: Id  # the declaration's, the same for every device
    level: ThreatLevel
    declared_at: Instant
    until: Instant | None = None
    by: Id  # the account that declared it
    issued_at: Instant
    expires_at: Instant


Command = DoorCommand | PlacesTold | ThreatTold
_ADAPTER: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="kind")])


def decode_command(payload: bytes) -> Command:
    """Read what the centre asks; its signature is still to be checked.

    Raises:
        MalformedMessageError: none of the kinds, or one of a future version.
    """
    try:
        return _ADAPTER.validate_json(payload, strict=True)
    except ValidationError as error:
        raise explain_envelope(error, "command") from None
