"""The site that the targets read for: keys, settings, commands on an OSDP line; the same at every run."""

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from emulation.osdp_bus import check_value
from readers.cards.desfire import DesfireFile
from readers.drivers.osdp_policy import CAP, CHLNG, ID, OUT, POLL, SCRYPT
from tests.readers.cards import desk, felica_site
from tests.readers.drivers.osdp_rig import KEY

SITE = "hagi"
CENTRE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CENTRE_KEY = CENTRE.public_key()
LITE_S_KEYS, LABEL = felica_site.KEYS, felica_site.LABEL
DESFIRE_KEYS = desk.SiteKeys()
DESFIRE_SETTINGS = (
    desk.SETTINGS,
    desk.SETTINGS.model_copy(update={"protocol": "ev1"}),
    desk.PRIVATE,
    desk.SETTINGS.model_copy(update={"file": DesfireFile(number=1, length=16)}),
)
OSDP_KEY = KEY

_FRAME_OVERHEAD = 7


def fixed_bytes(length: int) -> bytes:
    """The challenge of every reading: what a card once answered to it stays right."""
    return bytes(range(length))


def framed(data: bytes) -> bytes:
    """Give control byte and the rest of a frame of address 1 the start, length and check value that they need."""
    head = b"\x53\x81" + (len(data) + 4 + 2).to_bytes(2, "little")
    body = head + bytes((data[0] & 0x0F | 0x04,)) + data[1:] if data else head
    return body + check_value(body)


def pieces(data: bytes) -> Iterator[bytes]:
    """Cut into pieces as a line brings them: a byte says how long one is, and whether it is made a true frame."""
    at = 0
    while at < len(data):
        size, is_framed = data[at] & 0x7F, data[at] & 0x80
        piece = data[at + 1 : at + 1 + size]
        yield framed(piece) if is_framed else piece
        at += 1 + size


def _command(code: int, sequence: int = 0, block: bytes = b"", body: bytes = b"", mac: bytes = b"") -> bytes:
    payload = block + bytes((code,)) + body + mac
    control = sequence | 0x04 | (0x08 if block else 0)
    frame = b"\x53\x01" + (_FRAME_OVERHEAD + len(payload)).to_bytes(2, "little") + bytes((control,)) + payload
    return frame + check_value(frame)


OSDP_COMMANDS = (
    _command(ID, body=b"\0"),
    _command(CAP, body=b"\0"),
    _command(CHLNG, 1, b"\x03\x11\x01", bytes(8)),
    _command(SCRYPT, 2, b"\x03\x13\x01", bytes(16)),
    _command(POLL, 1, b"\x02\x15", mac=bytes(4)),
    _command(OUT, 1, b"\x02\x17", bytes(16), mac=bytes(4)),
)
