"""Where the fuzzer begins: a few honest messages a target, and what its parser must bear that no mutation reaches."""

import zlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from contract.policy import PART_BYTES, encode_part
from contract.visit_codes import VisitCode, encode_visit_code
from domain.ids import DoorId
from emulation.desfire_card import DesfireCard
from emulation.keyboard_wedge import DROPPED, REPORT, events_of, key
from emulation.my_number_card import MyNumberCard
from emulation.osdp_bus import make_frame
from readers.cards.desfire import Desfire, DesfireSettings
from readers.cards.desfire_issue import DesfireDesk
from readers.cards.felica_lite_s import Authentication, FelicaLiteS
from readers.cards.jpki import Jpki, JpkiSettings
from readers.cards.port import CardChannel, CardTechnology
from readers.drivers.osdp_policy import BUSY, CCRYPT, NAK, PDCAP, PDID, RMAC_I
from readers.outputs.keeper_frames import BEAT, encode_frame, encode_order
from readers.outputs.keeping import Order
from tests.fuzz import sites
from tests.fuzz.channel import FELICA, RANDOM_TYPE_A, TYPE_A, TYPE_B, Witness, card_bytes
from tests.fuzz.workbooks import workbook_seeds
from tests.readers.cards import desk, felica_site

GOLDEN = Path(__file__).parents[1] / "golden"
DEEP = b"[" * 5_000
"""JSON that nests deeper than any stack."""


def seeds_of(target: str) -> list[bytes]:
    """Give a target's seeds; an empty message is always among them."""
    return [b"", *_SEEDS[target]()]


def _golden(*patterns: str) -> list[bytes]:
    return [path.read_bytes() for pattern in patterns for path in sorted(GOLDEN.glob(pattern))]


def _heard(technology: CardTechnology, channel: CardChannel) -> list[bytes]:
    """Give what a genuine card answers to a reading, which must succeed."""
    witness = Witness(channel)
    assert technology.read(witness) is not None
    return witness.answers


def _lite_s_answers(authentication: Authentication = "mutual") -> list[bytes]:
    reader = FelicaLiteS(sites.LITE_S_KEYS, sites.LABEL, (1,), authentication, sites.fixed_bytes)
    return _heard(reader, felica_site.FelicaDirect(felica_site.issued()))


def _lite_s() -> list[bytes]:
    return [card_bytes(FELICA, _lite_s_answers("internal")), card_bytes(FELICA, _lite_s_answers())]


def _felica_answers() -> list[bytes]:
    codes = b"\x0d" + felica_site.IDM + b"\x02\x88\xb4\xfe\x00"
    refused = b"\x07" + felica_site.IDM + b"\x01\xa6"
    return [*_lite_s_answers(), *(bytes((len(body) + 1,)) + body for body in (codes, refused))]


def _fcf() -> list[bytes]:
    polled = b"\x14\x01" + felica_site.IDM + bytes(8) + b"\xfe\x00"
    read = b"\x1d\x07" + felica_site.IDM + b"\x00\x00\x01" + b"011234567890120\x31"
    return [card_bytes(FELICA, (polled, read))]


def _desfire_reading(settings: DesfireSettings, *, random_id: bool) -> list[bytes]:
    card = DesfireCard(desk.UID, random_id=random_id, random_bytes=desk.counted_bytes())
    content = bytes(settings.file.length) if settings.file else b""
    DesfireDesk(settings, sites.DESFIRE_KEYS).issue(desk.laid_down(card), content)
    return _heard(Desfire(settings, sites.DESFIRE_KEYS, sites.fixed_bytes), desk.laid_down(card))


def _desfire() -> list[bytes]:
    seeds = []
    for number, settings in enumerate(sites.DESFIRE_SETTINGS):
        random_id = settings.privacy is not None
        found = RANDOM_TYPE_A if random_id else TYPE_A
        answers = _desfire_reading(settings, random_id=random_id)
        seeds.append(card_bytes(found, answers) + bytes((number,)))
    return seeds


def _certificates() -> list[bytes]:
    """Certificates in DER, of keys of three kinds and the same at every run."""
    rsa_key = rsa.RSAPublicNumbers(65537, (1 << 2047) + 1).public_key()
    ec_key = ec.derive_private_key(7, ec.SECP384R1()).public_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a" * 64)])
    begin = datetime(2026, 4, 1, tzinfo=UTC)
    return [
        x509.CertificateBuilder(name, name, key, 1, begin, begin + timedelta(days=1825))
        .sign(sites.CENTRE, None)
        .public_bytes(Encoding.DER)
        for key in (rsa_key, ec_key, sites.CENTRE_KEY)
    ]


def _jpki() -> list[bytes]:
    return [
        card_bytes(TYPE_B, _heard(Jpki(JpkiSettings()), desk.laid_down(MyNumberCard(certificate))))
        for certificate in _certificates()
    ]


def _osdp_replies() -> list[bytes]:
    return [
        make_frame(1, 0, bytes((PDID,)) + bytes(12)),
        make_frame(1, 0, bytes((PDCAP, 9, 1, 1))),
        make_frame(1, 1, bytes((CCRYPT,)) + bytes(32), b"\x03\x12\x01"),
        make_frame(1, 2, bytes((RMAC_I,)) + bytes(16), b"\x03\x14\x01"),
        make_frame(1, 1, b"\x40", b"\x02\x16", mac=bytes(4)),
        make_frame(1, 1, b"\x50" + bytes(16), b"\x02\x18", mac=bytes(4)),
        make_frame(1, 0, bytes((NAK, 6))),
        make_frame(1, 0, bytes((BUSY,)), crc=False),
    ]


def _osdp_pieces() -> list[bytes]:
    replies = [bytes((len(reply),)) + reply for reply in _osdp_replies()]
    bare = [bytes((0x80 | len(reply) - 6,)) + reply[4:-2] for reply in _osdp_replies()[:-1]]
    return [*replies, *bare, b"".join(replies), b"\x7f" + b"\x53\x81" * 63 + b"\x53"]


def _osdp_gate() -> list[bytes]:
    return [bytes((number,)) + piece for number in range(len(sites.OSDP_COMMANDS)) for piece in _osdp_pieces()]


def _visit_code() -> str:
    begin = datetime(2031, 4, 1, 8, 30, tzinfo=UTC)
    return encode_visit_code(VisitCode(sites.SITE, bytes(range(16)), begin, begin + timedelta(hours=8)), sites.CENTRE)


def _visit_codes() -> list[bytes]:
    return [_visit_code().encode(), *_golden("codes/*")]


def _keeper_frames() -> list[bytes]:
    orders = (Order(DoorId("main"), "release", 12.5), Order(DoorId("main"), "hold"))
    return [encode_frame(BEAT), *map(encode_order, orders), b'{"say":"order","door":"m","until":NaN}', DEEP]


def _standing() -> list[bytes]:
    kept = b'{"door":"main","source":"command","mode":"locked_down","priority":5,"until_at":"9999-12-31T23:59:59Z"}'
    at = b'{"version":1,"kept_at":"2031-03-31T00:00:00Z","overrides":['
    return [at + b"]}", at + kept + b"]}", at + kept.replace(b"command", b"fire") + b"]}", DEEP]


def _these(*seeds: bytes) -> Iterable[bytes]:
    return seeds


_SEEDS: dict[str, Callable[[], Iterable[bytes]]] = {
    "felica_answers": _felica_answers,
    "felica_lite_s": _lite_s,
    "felica_fcf": _fcf,
    "desfire": _desfire,
    "jpki": _jpki,
    "certificate": _certificates,
    "apdu_answer": partial(_these, b"\x90\x00", b"\x63\x00", b"\x01" * 16 + b"\x91\xaf", bytes(258)),
    "answer_to_reset": partial(
        _these,
        bytes.fromhex("3b8f8001804f0ca0000003061100030000000000"),
        bytes.fromhex("3b888001000005e0b381a10055"),
        bytes.fromhex("3b8180018080"),
    ),
    "osdp_frame": _osdp_replies,
    "osdp_search": _osdp_pieces,
    "osdp_gate": _osdp_gate,
    "line_number": partial(_these, b"0012345678", b"04A1b2C3", b"\x00\x1a\xde\xad\xbe\xef", b"0" * 129),
    "visit_code": _visit_codes,
    "visit_code_reader": _visit_codes,
    "serial_lines": partial(_these, b"0012345678\r\n0012\n\r12", b"\x02123\x03\x02\x02456\r\n\x03\r7"),
    "typed_events": lambda: [events_of("Ab7{\n"), key(58, 1, 0) + key(29, 1) + events_of("m"), DROPPED + REPORT],
    "simulated_tap": partial(_these, b'{"identifier": "01020304"}', b'{"identifier": "' + b"0f" * 33 + b'"}', DEEP),
    "simulated_input": partial(_these, b'{"active": true}', b'{"active":false}', b'{"active":1}', DEEP),
    "command": lambda: [*_golden("door.command.*", "places.told.*"), DEEP],
    "policy_message": lambda: [
        *_golden("policy.pointer.*", "policy.offer.*", "policy.wanted.*"),
        encode_part("5e" * 32, 3, bytes(4 * PART_BYTES)),
        DEEP,
    ],
    "policy_packed": lambda: [zlib.compress(each, 1) for each in _golden("policy.*.ndjson")],
    "policy_taken": partial(_golden, "policy.snapshot.*", "policy.change.*", "earlier/policy.snapshot.*"),
    "policy_snapshot": partial(_golden, "policy.snapshot.*", "earlier/policy.snapshot.*"),
    "record": partial(_golden, "*.*.1.json", "earlier/tap.*", "malformed/record/*"),
    "batch": partial(_golden, "journal.batch.*", "malformed/batch/*"),
    "standing": _standing,
    "keeper_frame": _keeper_frames,
    "excel": workbook_seeds,
}
