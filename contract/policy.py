"""The signed pointer that names the policy in force.

The pointer is retained on the device's topic and sent again as a heartbeat: ``confirmed_at`` is the instant at which
the centre stood by that version, and the offline age counts from the latest one a device has seen. The snapshot
(``contract.policy_snapshot``) is fetched by version and believed only if its SHA-256 is the pointer's ``digest``.
"""

from typing import Annotated, Literal

from pydantic import Field, ValidationError

from contract.errors import explain_envelope
from contract.fields import HexDigest, Id, Instant, Seq
from contract.signatures import SignedMessage


class PolicyPointer(SignedMessage):
    """The version a device should hold, and that the centre stood by it at ``confirmed_at``."""

    kind: Literal["policy.pointer"] = "policy.pointer"
    version: Literal[1] = 1
    device: Id
    policy_version: Seq
    digest: HexDigest
    size: Annotated[int, Field(ge=1)]
    confirmed_at: Instant


def decode_pointer(payload: bytes) -> PolicyPointer:
    """Read a policy pointer; its signature is still to be checked.

    Raises:
        MalformedMessageError: no pointer, or one of a future version.
    """
    try:
        return PolicyPointer.model_validate_json(payload, strict=True)
    except ValidationError as error:
        raise explain_envelope(error, "policy pointer") from None
