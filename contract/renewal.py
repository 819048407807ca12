"""How a device gets its next certificate before the present one runs out: a question over HTTPS, answered when signed.

====================  ========================  =================================================================
request               body                      answer
====================  ========================  =================================================================
POST /v1/certificate  CertificateWanted         200 CertificateIssued · 202 wait, another authority signs · 403
                                                CertificateRefused · 503 come again later
====================  ========================  =================================================================

The connection shows the present certificate and the question is signed by the device's key: neither alone is enough.
The same question gets the same answer, for an answer may be lost.
"""

from hashlib import sha256
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from contract.enrolment import Pem
from contract.errors import explain_envelope
from contract.fields import HexDigest, Id
from contract.signatures import SignedMessage

WANTED_BYTES_MAX = 8192
ISSUED_BYTES_MAX = 64 * 1024

Chain = Annotated[
    str, StringConstraints(pattern=r"^(-----BEGIN [A-Z ]+-----\n[A-Za-z0-9+/=\n]+-----END [A-Z ]+-----\n){1,8}$")
]


class CertificateWanted(SignedMessage):
    """A device asks for a certificate for a new key; ``request`` (PKCS#10, EC P-256) proves that key."""

    kind: Literal["certificate.wanted"] = "certificate.wanted"
    version: Literal[1] = 1
    device: Id
    request: Annotated[Pem, Field(max_length=2048)]


class CertificateIssued(SignedMessage):
    """The device's certificate and then those that lead to the authority; signed by the centre."""

    kind: Literal["certificate.issued"] = "certificate.issued"
    version: Literal[1] = 1
    device: Id
    request_sha256: HexDigest
    certificate: Annotated[Chain, Field(max_length=32_768)]


class CertificateRefused(BaseModel):
    """Why not: the present certificate has more than half of its life left; the question is unfit; revoked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: Literal["early", "unfit", "revoked"]


def digest_request(request: str) -> str:
    """Give the SHA-256 by which a certificate request is known."""
    return sha256(request.encode()).hexdigest()


def decode_wanted_certificate(payload: bytes) -> CertificateWanted:
    """Read a device's question; its signature is still to be checked.

    Raises:
        MalformedMessageError: it is none.
    """
    try:
        return CertificateWanted.model_validate_json(payload, strict=True)
    except ValidationError as error:
        raise explain_envelope(error, "certificate question") from None


def decode_issued_certificate(payload: bytes) -> CertificateIssued:
    """Read the centre's answer; its signature is still to be checked.

    Raises:
        MalformedMessageError: it is none.
    """
    try:
        return CertificateIssued.model_validate_json(payload, strict=True)
    except ValidationError as error:
        raise explain_envelope(error, "certificate") from None
