"""My Number cards by the authentication certificate of the public personal authentication service (JPKI). Assurance 1.

The certificate is readable without a PIN. Anybody can read and copy it: it identifies a card and proves nothing. The
identifier is the SHA-256 of its public key. No PIN is asked for and no VERIFY is ever sent, for a door must not spend
the tries of a citizen's card; no application but this one is selected, so the twelve-digit number and the face of the
card are out of reach.

Collecting other people's certificates is restricted by law to bodies that the state has authorised. A site lists this
technology only after its legal office has said that it may; nothing reads a My Number card otherwise.
"""

import hashlib
from typing import Annotated, Self

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.utils import CryptographyDeprecationWarning  # raised where warnings are errors
from pydantic import BaseModel, ConfigDict, Field, model_validator

from readers.cards.answer_to_reset import is_storage_card
from readers.cards.iso_apdu import ANSWER_BYTES_MAX, SUCCESS, build_apdu, exchange_apdu
from readers.cards.port import CardChannel, CardReading, GarbledAnswerError, RefusedCardError

ASSURANCE = 1
CERTIFICATE_BYTES_MAX = 4096

_SELECT, _READ_BINARY = 0xA4, 0xB0
_BY_NAME, _BY_FILE, _NO_ANSWER_DATA = 0x04, 0x02, 0x0C
_HEADER_BYTES = 4
_SEQUENCE, _TWO_LENGTH_BYTES = 0x30, 0x82
_OTHER_APPLICATIONS = bytes.fromhex("d392100031")  # the card's face and the resident register: personal data


class JpkiSettings(BaseModel):
    """Where the certificate lies: application and file in hexadecimal. The next make of card may have others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    application: Annotated[str, Field(pattern=r"^([0-9a-fA-F]{2}){5,16}$")] = "d392f000260100000001"
    certificate: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{4}$")] = "000a"

    @model_validator(mode="after")
    def _not_personal(self) -> Self:
        if bytes.fromhex(self.application).startswith(_OTHER_APPLICATIONS):
            raise ValueError(
                "application: 券面・住基のアプリケーションは読みません / the card's face and register are never read"
            )
        return self


class Jpki:
    """Knows My Number cards; see :class:`~readers.cards.port.CardTechnology`."""

    def __init__(self, settings: JpkiSettings) -> None:
        """Take where the certificate lies."""
        self._select_application = build_apdu(
            0x00, _SELECT, _BY_NAME, _NO_ANSWER_DATA, bytes.fromhex(settings.application)
        )
        self._select_file = build_apdu(0x00, _SELECT, _BY_FILE, _NO_ANSWER_DATA, bytes.fromhex(settings.certificate))

    def read(self, channel: CardChannel) -> CardReading | None:
        """Give the SHA-256 of the certificate's public key; None for a card without the application.

        Raises:
            RefusedCardError: the application is there and does not give such a certificate (``unsupported``).
            GarbledAnswerError: what it gives is no certificate.
            CardLeftError, ReaderError: nothing is known of it.
        """
        if channel.family == "felica" or is_storage_card(channel.answer_to_reset):
            return None
        if exchange_apdu(channel, self._select_application).status != SUCCESS:
            return None
        if exchange_apdu(channel, self._select_file).status != SUCCESS:
            raise RefusedCardError("unsupported")
        return CardReading("jpki", public_key_digest(_read_certificate(channel)), ASSURANCE, "jpki certificate")


def public_key_digest(certificate: bytes) -> bytes:
    """Give the SHA-256 of the public key (SubjectPublicKeyInfo, DER) of a certificate in DER.

    Raises:
        GarbledAnswerError: it is no certificate.
    """
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
    except (ValueError, x509.InvalidVersion, UnsupportedAlgorithm, CryptographyDeprecationWarning) as error:
        raise GarbledAnswerError("what the card gives is no certificate") from error
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()


def _read_certificate(channel: CardChannel) -> bytes:
    """Read as much as the certificate's own header says, and no more than CERTIFICATE_BYTES_MAX."""
    content = _read_binary(channel, 0, _HEADER_BYTES)
    if content[:2] != bytes((_SEQUENCE, _TWO_LENGTH_BYTES)):
        raise GarbledAnswerError("a file that does not begin as a certificate")
    length = _HEADER_BYTES + int.from_bytes(content[2:], "big")
    if length > CERTIFICATE_BYTES_MAX:
        raise GarbledAnswerError(f"a certificate of {length} bytes")
    while len(content) < length:
        content += _read_binary(channel, len(content), min(length - len(content), ANSWER_BYTES_MAX))
    return content


def _read_binary(channel: CardChannel, offset: int, length: int) -> bytes:
    command = build_apdu(0x00, _READ_BINARY, offset >> 8, offset & 0xFF, expected=length)
    answer = exchange_apdu(channel, command)
    if answer.status != SUCCESS:
        raise RefusedCardError("unsupported")
    if len(answer.data) != length:
        raise GarbledAnswerError(f"{len(answer.data)} bytes where {length} were asked for")
    return answer.data
