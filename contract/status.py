"""Birth and last will: hints about presence on the network. What was stored is told by receipts alone."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from contract.errors import explain_envelope
from contract.fields import Epoch, Id, Instant, Seq, SeqOrZero, Words
from contract.signatures import SignedMessage, appended


class DeviceBorn(SignedMessage):
    """A device is on the network; sent after each connect and as a heartbeat, retained.

    ``first_seq`` is the oldest record it still holds and ``next_seq`` the one it will write next: a first_seq beyond
    the centre's watermark + 1 means that records are gone. ``policy_issued_at`` is when the policy in force was issued:
    with its version it names one edition, also after the centre's database was restored.
    """

    kind: Literal["device.born"] = "device.born"
    version: Literal[1] = 1
    device: Id
    session: Id
    epoch: Epoch
    first_seq: Seq
    next_seq: Seq
    pending: SeqOrZero
    policy_version: SeqOrZero
    software: Words
    at: Instant
    policy_issued_at: Instant | None = appended()


class DeviceLost(SignedMessage):
    """The will of a session, signed when the session began; ignored when a newer birth is known."""

    kind: Literal["device.lost"] = "device.lost"
    version: Literal[1] = 1
    device: Id
    session: Id


class CentreStatus(SignedMessage):
    """Whether the centre is consuming, so that an edge knows whether receipts can be expected."""

    kind: Literal["centre.status"] = "centre.status"
    version: Literal[1] = 1
    up: bool
    at: Instant


DeviceStatus = DeviceBorn | DeviceLost
_ADAPTER: TypeAdapter[DeviceStatus] = TypeAdapter(Annotated[DeviceStatus, Field(discriminator="kind")])


def decode_device_status(payload: bytes) -> DeviceStatus:
    """Read a birth or a will; its signature is still to be checked.

    Raises:
        MalformedMessageError: neither of the two.
    """
    try:
        return _ADAPTER.validate_json(payload, strict=True)
    except ValidationError as error:
        raise explain_envelope(error, "device status") from None


def decode_centre_status(payload: bytes) -> CentreStatus:
    """Read whether the centre consumes; its signature is still to be checked.

    Raises:
        MalformedMessageError: no centre status, or one of a future version.
    """
    try:
        return CentreStatus.model_validate_json(payload, strict=True)
    except ValidationError as error:
        raise explain_envelope(error, "centre status") from None
