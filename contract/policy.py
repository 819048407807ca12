"""How a policy comes to a device: a pointer says which version holds, an offer says what will be sent, parts bring it.

The pointer is retained on the device's topic and sent again as a heartbeat: ``confirmed_at`` is the instant at which
the centre stood by that version, and the offline age counts from the latest one a device has seen. A number alone
names no edition, for a restored database gives numbers again: the instant of issue stands beside it. A device that
holds another version says what it has (``PolicyWanted``) and is made an offer: the whole policy or the change from what
it has, packed with zlib, by its SHA-256. What is small travels inside the offer; the rest in numbered parts, of which
the device asks for a few at a time, so that it alone sets the pace and whatever is lost is asked for again.
The content is written by ``contract.policy_snapshot``.
"""

import struct
import zlib
from base64 import b64decode, b64encode
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, ValidationError

from contract.errors import Fault, MalformedMessageError, explain_envelope
from contract.fields import HexDigest, Id, Instant, Seq, SeqOrZero
from contract.signatures import SignedMessage, appended

PART_BYTES = 128 * 1024
INSIDE_BYTES_MAX = 64 * 1024
"""What is packed smaller than this travels inside its offer."""

POLICY_BYTES_MAX = 256 * 1024 * 1024
"""Unpacked, at most; an offer of more is refused before it fills a disk."""

PARTS_AT_ONCE = 8
"""So many parts answer one :class:`PolicyWanted`."""

_PART_HEAD = struct.Struct(">32sI")
PART_MESSAGE_BYTES = _PART_HEAD.size + PART_BYTES
"""A part with its digest and number; the last one is shorter."""


class PolicyPointer(SignedMessage):
    """The version a device should hold, and that the centre stood by it at ``confirmed_at``.

    ``issued_at`` tells apart two editions of one number; None is said by a centre that knows of no such two.
    """

    kind: Literal["policy.pointer"] = "policy.pointer"
    version: Literal[2] = 2
    device: Id
    policy_version: Seq
    confirmed_at: Instant
    issued_at: Instant | None = appended()


class PolicyOffer(SignedMessage):
    """What leads a device to ``policy_version``: from nothing (``from_version`` 0) or by a change from what it holds.

    ``digest`` is the SHA-256 of the packed bytes, ``size`` counts them, ``unpacked_size`` what they unpack to.
    ``inside`` holds them where they are few, else they come in ``parts`` parts. ``from_issued_at``: a change leads on
    from the edition of that number which was issued then, and from no other.
    """

    kind: Literal["policy.offer"] = "policy.offer"
    version: Literal[1] = 1
    device: Id
    from_version: SeqOrZero
    policy_version: Seq
    digest: HexDigest
    size: Annotated[int, Field(ge=1, le=POLICY_BYTES_MAX)]
    unpacked_size: Annotated[int, Field(ge=1, le=POLICY_BYTES_MAX)]
    inside: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]*={0,2}$", max_length=INSIDE_BYTES_MAX * 2)] | None = None
    from_issued_at: Instant | None = appended()

    @property
    def parts(self) -> int:
        """How many parts bring it; 0 where it is inside."""
        return 0 if self.inside is not None else -(-self.size // PART_BYTES)

    def inside_bytes(self) -> bytes | None:
        """Give the packed bytes where they are inside."""
        return None if self.inside is None else b64decode(self.inside)


class PolicyWanted(SignedMessage):
    """A device says what it holds (0: nothing) and asks: for an offer, or for parts of the offer ``digest``.

    ``from_part`` is the first part it lacks; the next PARTS_AT_ONCE are sent. ``have_issued_at`` is when what it holds
    was issued.
    """

    kind: Literal["policy.wanted"] = "policy.wanted"
    version: Literal[1] = 1
    device: Id
    have_version: SeqOrZero
    digest: HexDigest | None = None
    from_part: Annotated[int, Field(ge=0, le=POLICY_BYTES_MAX // PART_BYTES)] = 0
    at: Instant
    have_issued_at: Instant | None = appended()


class PolicyPart(NamedTuple):
    """A piece of an offer's packed bytes: PART_BYTES of them, less in the last."""

    digest: str
    number: int
    data: bytes


def make_offer(
    device: str, from_version: int, policy_version: int, content: bytes, *, from_issued_at: datetime | None = None
) -> tuple[PolicyOffer, bytes]:
    """Pack a policy or a change for a device; gives the offer, still to be signed, and the packed bytes."""
    packed = zlib.compress(content, 1)
    inside = b64encode(packed).decode() if len(packed) <= INSIDE_BYTES_MAX else None
    offer = PolicyOffer(
        device=device,
        from_version=from_version,
        policy_version=policy_version,
        digest=sha256(packed).hexdigest(),
        size=len(packed),
        unpacked_size=len(content),
        inside=inside,
        from_issued_at=from_issued_at,
    )
    return offer, packed


def encode_part(digest: str, number: int, packed: bytes) -> bytes:
    """Give the message that brings part ``number`` of the packed bytes: digest, number, data."""
    data = packed[number * PART_BYTES : (number + 1) * PART_BYTES]
    return _PART_HEAD.pack(bytes.fromhex(digest), number) + data


def decode_part(payload: bytes) -> PolicyPart:
    """Read a part.

    Raises:
        MalformedMessageError: it is too short or too long to be one.
    """
    if not _PART_HEAD.size < len(payload) <= _PART_HEAD.size + PART_BYTES:
        raise MalformedMessageError(Fault.malformed, f"policy part: {len(payload)} bytes")
    digest, number = _PART_HEAD.unpack_from(payload)
    return PolicyPart(digest.hex(), number, payload[_PART_HEAD.size :])


def decode_pointer(payload: bytes) -> PolicyPointer:
    """Read a policy pointer; its signature is still to be checked.

    Raises:
        MalformedMessageError: no pointer, or one of another version.
    """
    try:
        return PolicyPointer.model_validate_json(payload, strict=True)
    except ValidationError as error:
        raise explain_envelope(error, "policy pointer") from None


def decode_offer(payload: bytes) -> PolicyOffer:
    """Read an offer; its signature is still to be checked.

    Raises:
        MalformedMessageError: no offer, or one of a future version.
    """
    try:
        return PolicyOffer.model_validate_json(payload, strict=True)
    except ValidationError as error:
        raise explain_envelope(error, "policy offer") from None


def decode_wanted(payload: bytes) -> PolicyWanted:
    """Read what a device asks for; its signature is still to be checked.

    Raises:
        MalformedMessageError: no such question, or one of a future version.
    """
    try:
        return PolicyWanted.model_validate_json(payload, strict=True)
    except ValidationError as error:
        raise explain_envelope(error, "policy wanted") from None
