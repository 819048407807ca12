"""Ed25519 (RFC 8032) over messages with a stated purpose, so that no signature can serve for another kind."""

import base64
from typing import Annotated, Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

SignatureText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{85}[AQgw]==$")]
"""64 signature bytes in base64; the last letter carries two bits, so one signature has one spelling."""


def appended() -> Any:
    """Give the default of an appended field: absent, and then not written, so that old signatures still fit."""
    return Field(default=None, exclude_if=lambda value: value is None)


class ForgedMessageError(Exception):
    """A signature or a hash does not fit the message and the key it claims."""


def sign(key: Ed25519PrivateKey, purpose: str, message: bytes) -> str:
    """Sign ``message`` for ``purpose`` (the message's kind and version); gives base64."""
    return base64.b64encode(key.sign(_with_purpose(purpose, message))).decode()


def verify(key: Ed25519PublicKey, purpose: str, message: bytes, signature: str) -> None:
    """Check a signature made by :func:`sign`.

    Raises:
        ForgedMessageError: it was not made by this key for this purpose over these bytes.
    """
    try:
        key.verify(base64.b64decode(signature, validate=True), _with_purpose(purpose, message))
    except (InvalidSignature, ValueError) as error:
        raise ForgedMessageError(f"the signature does not fit this {purpose}") from error


def public_key_text(key: Ed25519PublicKey) -> str:
    """Write a public key as base64 of its 32 raw bytes, the form kept in settings and tables."""
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def read_public_key(text: str) -> Ed25519PublicKey:
    """Read what :func:`public_key_text` wrote.

    Raises:
        ValueError: not base64 of 32 bytes.
    """
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))


def _with_purpose(purpose: str, message: bytes) -> bytes:
    return b"sekisho/1 " + purpose.encode() + b"\n" + message


class SignedMessage(BaseModel):
    """A JSON message that carries its signature; what is signed is the message with the signature left empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    signature: SignatureText | None = None

    def _purpose(self) -> str:
        return f"{getattr(self, 'kind')}.{getattr(self, 'version')}"  # noqa: B009 (every subclass has both)

    def _signing_bytes(self) -> bytes:
        return self.model_dump_json(exclude={"signature"}).encode()

    def signed(self, key: Ed25519PrivateKey) -> Self:
        """Give the message with its signature filled in."""
        return self.model_copy(update={"signature": sign(key, self._purpose(), self._signing_bytes())})

    def require_signature(self, key: Ed25519PublicKey) -> None:
        """Check the signature.

        Raises:
            ForgedMessageError: it is missing or was not made by this key for exactly this message.
        """
        if self.signature is None:
            raise ForgedMessageError(f"this {self._purpose()} is not signed")
        verify(key, self._purpose(), self._signing_bytes(), self.signature)

    def encoded(self) -> bytes:
        """Give the bytes that go on the wire."""
        return self.model_dump_json().encode()
