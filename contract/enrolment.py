"""How a new controller introduces itself, and what it is given. Plain JSON over TLS, once in a box's life.

=====================  ======================  =======================================================================
request                body                    answer
=====================  ======================  =======================================================================
GET /enrol/authority   -                       the authority's certificate in PEM; the invitation says its SHA-256
POST /enrol            EnrolRequest            202 Waiting · 200 Admitted · 403 EnrolRefused · 429 come again later
=====================  ======================  =======================================================================

The same request again is how the box asks whether it was admitted; another box cannot use an invitation that one used.
"""

from hashlib import sha256
from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from contract.fields import HexDigest, Id, Words
from contract.signatures import ForgedMessageError, public_key_text, read_public_key, sign, verify

REQUEST_BYTES_MAX = 8192
FILE_NAME = "sekisho-enrol.json"
PURPOSE = "device-enrolment"
_CODE_DIGITS = 16

Secret = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Pem = Annotated[str, StringConstraints(pattern=r"^-----BEGIN [A-Z ]+-----\n[A-Za-z0-9+/=\n]+-----END [A-Z ]+-----\n$")]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Invitation(_Message):
    """What the operator's QR code or USB file says: where to go, whom to trust there, and the one-time secret."""

    version: Literal[1] = 1
    url: Annotated[str, StringConstraints(pattern=r"^https://[^/\s]{1,260}$")]
    authority_sha256: HexDigest
    token: Secret


class EnrolRequest(_Message):
    """A box's introduction: two keys that it made itself, the second proven by ``proof``."""

    token: Secret
    request: Annotated[Pem, Field(max_length=2048)]
    """The certificate request (PKCS#10, EC P-256); it proves its own key."""
    device_key: Annotated[str, Field(max_length=64)]
    proof: Annotated[str, Field(max_length=128)]
    software: Words = ""


class Waiting(_Message):
    """The centre knows of the box; a person compares ``code`` and decides."""

    code: str


class Admitted(_Message):
    """Everything the box needs; secrets are safe on their way by TLS alone, and are told to the invited box only."""

    device: Id
    certificate: Pem
    authority: Pem
    settings: Annotated[str, Field(max_length=200_000)]
    site_key: Secret
    names_key: Secret


class EnrolRefused(_Message):
    """Why not: an invitation unknown, expired or used by another box; a person's refusal; unfit for an introduction."""

    reason: Literal["unknown", "expired", "used", "refused", "unfit"]


def introduce(token: str, request: str, key: Ed25519PrivateKey, *, software: str) -> EnrolRequest:
    """Put together a box's introduction.

    Args:
        token: the invitation's.
        request: the certificate request in PEM.
        key: what the device is to sign with.
        software: the name and version of its program.
    """
    device_key = public_key_text(key.public_key())
    proof = sign(key, PURPOSE, _proven(token, request, device_key))
    return EnrolRequest(token=token, request=request, device_key=device_key, proof=proof, software=software)


def is_proven(message: EnrolRequest) -> bool:
    """Tell whether who introduces itself holds the device key that it names."""
    try:
        key = read_public_key(message.device_key)
        verify(key, PURPOSE, _proven(message.token, message.request, message.device_key), message.proof)
    except (ValueError, ForgedMessageError):
        return False
    return True


def comparing_code(request: str, device_key: str) -> str:
    """Give 16 digits that the box and the page show alike, so that a person sees that it is this box."""
    digest = sha256(f"{request}\n{device_key}".encode()).digest()
    digits = str(int.from_bytes(digest, "big"))[-_CODE_DIGITS:]
    return " ".join(digits[start : start + 4] for start in range(0, _CODE_DIGITS, 4))


def _proven(token: str, request: str, device_key: str) -> bytes:
    return f"{token}\n{request}\n{device_key}".encode()
