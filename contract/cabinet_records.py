"""What a key cabinet's controller journals: who asked, what left and came to which hook, how the box stood.

Each names its cabinet, and of what hangs there the copies; ``target`` is what these are at home as, a key or a ring.
Cards and tags are the device's own names. ``mode`` says whether the centre was heard just before (``online``) or the
box decided by what it held (``cached``).
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from contract.fields import Id, Instant, SeqOrZero, Token, Words
from contract.record_body import RecordBody
from contract.technologies import Technology
from domain.keys.cabinet import Grounds

POSITIONS_MAX = 200
"""Hooks of one cabinet."""

COPIES_MAX = 50
"""Copies on one ring."""

Position = Annotated[int, Field(ge=1, le=POSITIONS_MAX)]
Positions = Annotated[tuple[Position, ...], Field(max_length=POSITIONS_MAX)]
Copies = Annotated[tuple[Id, ...], Field(max_length=COPIES_MAX)]
TargetName = Annotated[str, StringConstraints(pattern=r"^(key|ring)/[a-z0-9][a-z0-9_-]{0,62}$")]
"""What may be taken: ``key/hall``, ``ring/patrol`` (``domain.key_boxes.name_target``)."""

Mode = Literal["online", "cached"]


class CabinetAsked(RecordBody):
    """A card was held to a cabinet, and it answered: ``reason`` is ``granted``, ``bring_back`` or the refusal.

    It is written before anything is freed. ``second`` is the card of the second person where two were needed.
    """

    kind: Literal["cabinet.asked"] = "cabinet.asked"
    cabinet: Id
    reader: Id
    credential: Token
    technology: Technology
    assurance: Annotated[int, Field(ge=0, le=3)]
    granted: bool
    reason: Words
    entitlements: Annotated[tuple[Id, ...], Field(max_length=POSITIONS_MAX)] = ()
    second: Token | None = None
    mode: Mode
    policy_version: SeqOrZero
    policy_confirmed_at: Instant
    evidence: Words = ""


class _KeyMoved(RecordBody):
    """Something at a hook: ``target`` None is a stranger; ``tag`` None where the hook alone told what it is.

    ``credential`` is who was at the box: who took it under an entitlement, else only who was there.
    """

    cabinet: Id
    position: Position
    target: TargetName | None
    copies: Copies
    tag: Token | None = None
    credential: Token | None = None
    mode: Mode
    policy_version: SeqOrZero


class KeyRemoved(_KeyMoved):
    """Something was taken by right: under an ``entitlement``, or because a shelter is open."""

    kind: Literal["key.removed"] = "key.removed"
    grounds: Literal["right", "shelter"]
    entitlement: Id | None = None
    second: Token | None = None


class KeyReturned(_KeyMoved):
    """Something was hung where it is at home."""

    kind: Literal["key.returned"] = "key.returned"


class KeyMisplaced(_KeyMoved):
    """Something was hung elsewhere than at its ``home``; a stranger has none."""

    kind: Literal["key.misplaced"] = "key.misplaced"
    home: Position | None = None


class KeyRemovedUnauthorised(_KeyMoved):
    """Something was taken that nobody at the box was offered."""

    kind: Literal["key.removed_unauthorised"] = "key.removed_unauthorised"


class CabinetOpened(RecordBody):
    """The box's door was opened: by whom was let in (``cause_seq``), in a shelter, by force; or was found open."""

    kind: Literal["cabinet.opened"] = "cabinet.opened"
    cabinet: Id
    grounds: Grounds
    credential: Token | None = None
    cause_seq: SeqOrZero = 0


class CabinetClosed(RecordBody):
    """The box's door was closed."""

    kind: Literal["cabinet.closed"] = "cabinet.closed"
    cabinet: Id
    credential: Token | None = None


class CabinetOverstayed(RecordBody):
    """The box's door stands open for longer than it may; CabinetClosed ends it."""

    kind: Literal["cabinet.overstayed"] = "cabinet.overstayed"
    cabinet: Id
    credential: Token | None = None


class HangingKey(BaseModel):
    """What hangs on one hook."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    position: Position
    target: TargetName
    copies: Copies


class CabinetCounted(RecordBody):
    """What was found hanging when the controller began to look, or looked again at a hook that had been silent.

    What happened before nobody saw. ``strange``: something hangs there that nobody knows; ``silent``: no word yet.
    """

    kind: Literal["cabinet.counted"] = "cabinet.counted"
    cabinet: Id
    hanging: Annotated[tuple[HangingKey, ...], Field(max_length=POSITIONS_MAX)]
    empty: Positions = ()
    strange: Positions = ()
    silent: Positions = ()
    mode: Mode
    policy_version: SeqOrZero


CABINET_BODIES = (
    CabinetAsked,
    KeyRemoved,
    KeyReturned,
    KeyMisplaced,
    KeyRemovedUnauthorised,
    CabinetOpened,
    CabinetClosed,
    CabinetOverstayed,
    CabinetCounted,
)
CabinetBody = (
    CabinetAsked
    | KeyRemoved
    | KeyReturned
    | KeyMisplaced
    | KeyRemovedUnauthorised
    | CabinetOpened
    | CabinetClosed
    | CabinetOverstayed
    | CabinetCounted
)
