"""Which messages about the policy a device believes: those that the centre signed for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contract.errors import MalformedMessageError
from contract.policy import PolicyOffer, PolicyPointer, decode_offer, decode_pointer
from contract.signatures import ForgedMessageError
from domain.access.policy import PolicySnapshot
from domain.ids import DeviceId
from readers.policy_files import PolicyRefusedError

_Message = TypeVar("_Message", PolicyPointer, PolicyOffer)


@dataclass(frozen=True, slots=True)
class PolicyTrust:
    """One device and the centre's key. Each call raises PolicyRefusedError for what the centre did not sign for it."""

    device: DeviceId
    centre_key: Ed25519PublicKey

    def read_pointer(self, payload: bytes) -> PolicyPointer:
        """Read a pointer as it came from the wire."""
        return self.check(_decode(decode_pointer, payload), "pointer")

    def read_offer(self, payload: bytes) -> PolicyOffer:
        """Read an offer as it came from the wire or as it was kept."""
        return self.check(_decode(decode_offer, payload), "offer")

    def check(self, message: _Message, what: str) -> _Message:
        """Give a message back that is to be believed."""
        try:
            message.require_signature(self.centre_key)
        except ForgedMessageError as error:
            raise PolicyRefusedError(f"no {what} signed by the centre: {type(error).__name__}") from None
        if message.device != self.device:
            raise PolicyRefusedError(f"the {what} is for device {message.device}")
        return message


def require_same_edition(pointer: PolicyPointer, policy: PolicySnapshot) -> None:
    """Require that a pointer to a policy's number means that edition: a restored database gives numbers again.

    Raises:
        PolicyRefusedError: the centre stands by another one.
    """
    if pointer.policy_version == policy.version and pointer.issued_at not in {None, policy.issued_at}:
        raise PolicyRefusedError(f"the centre stands by another edition of the number {policy.version}")


def _decode(decode: Callable[[bytes], _Message], payload: bytes) -> _Message:
    try:
        return decode(payload)
    except MalformedMessageError as error:
        raise PolicyRefusedError(f"nothing that the centre signs: {error.fault}") from None
