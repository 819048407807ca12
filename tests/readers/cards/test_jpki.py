"""My Number cards: known by their certificate, without a PIN, and nothing else of them touched."""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from emulation.desfire_card import DesfireCard
from emulation.my_number_card import FACE, JPKI, MyNumberCard
from emulation.virtual_card import GET_DATA, LiftedCard, felica_pcsc_card
from readers.cards.jpki import CERTIFICATE_BYTES_MAX, Jpki, JpkiSettings
from readers.cards.reading import read_card
from readers.cards.type_a_uid import Iso14443Uid
from readers.drivers.presentation import Reading
from tests.readers.cards.desk import UID, DirectChannel, laid_down

DOOR = (Jpki(JpkiSettings()), Iso14443Uid())


@cache
def certified(kind: str = "rsa") -> tuple[bytes, bytes]:
    """A certificate in DER as long as a real one, and the digest of its key."""
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP384R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a" * 64)])
    now = datetime(2026, 4, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1825))
    alternative = x509.SubjectAlternativeName([x509.DNSName("b" * 60 + ".example")] * 8)
    certificate = builder.add_extension(alternative, critical=False).sign(key, hashes.SHA256())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return certificate.public_bytes(Encoding.DER), hashlib.sha256(public).digest()


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_a_card_is_known_by_the_digest_of_its_public_key(kind: str) -> None:
    certificate, digest = certified(kind)
    card = MyNumberCard(certificate)
    channel = laid_down(card)
    assert channel.family == "type_b"
    assert read_card(channel, DOOR) == Reading("jpki", digest, 1, "jpki certificate")
    assert len(channel.exchanges) == 3 + -(-(len(certificate) - 4) // 256)
    assert laid_down(card).identifier != channel.identifier
    assert read_card(laid_down(card), DOOR) == Reading("jpki", digest, 1, "jpki certificate")


def test_no_pin_is_tried_and_no_other_application_touched() -> None:
    card = MyNumberCard(certified()[0])
    channel = laid_down(card)
    read_card(channel, DOOR)
    assert card.verify_commands == 0
    assert card.asked_applications == [JPKI]
    assert {command[1] for command in channel.exchanges} == {0xA4, 0xB0}


def test_without_the_technology_a_my_number_card_is_asked_nothing() -> None:
    card = MyNumberCard(certified()[0])
    channel = laid_down(card)
    assert read_card(channel, [Iso14443Uid()]) == "random_id"
    assert channel.exchanges == []


def test_a_card_without_the_certificate_has_no_readable_number() -> None:
    assert read_card(laid_down(MyNumberCard(None)), DOOR) == "unsupported"
    signing = Jpki(JpkiSettings(certificate="0001"))
    card = MyNumberCard(certified()[0])
    assert read_card(laid_down(card), [signing]) == "unsupported"
    assert card.verify_commands == 0


def test_other_cards_are_left_to_other_technologies() -> None:
    assert read_card(laid_down(DesfireCard(UID)), DOOR) == Reading("iso14443_uid", UID, 1)
    channel = laid_down(felica_pcsc_card(bytes(8)))
    assert Jpki(JpkiSettings()).read(channel) is None
    assert channel.exchanges == []


@pytest.mark.parametrize("answers", range(5))
def test_a_card_torn_at_any_exchange_is_torn(answers: int) -> None:
    assert read_card(laid_down(LiftedCard(MyNumberCard(certified()[0]), answers)), DOOR) == "torn"


@pytest.mark.parametrize(
    "content",
    [
        b"\x30\x82\xff\xff" + bytes(300),
        b"\x30\x82\x10\x01" + bytes(CERTIFICATE_BYTES_MAX),
        b"\x30\x82\x00\x04AUTH",
        b"\x30\x81\x80" + bytes(128),
        b"\x31\x82\x00\x10" + bytes(16),
        b"\x30",
    ],
)
def test_a_file_that_is_no_certificate_is_garbled_after_few_exchanges(content: bytes) -> None:
    channel = laid_down(MyNumberCard(content))
    assert read_card(channel, DOOR) in {"garbled", "unsupported"}
    assert len(channel.exchanges) <= 3 + CERTIFICATE_BYTES_MAX // 256


@given(st.integers(0, 1200), st.integers(1, 255))
def test_a_changed_certificate_is_another_key_or_none(at: int, bits: int) -> None:
    certificate = bytearray(certified()[0])
    certificate[at % len(certificate)] ^= bits
    sight = read_card(laid_down(MyNumberCard(bytes(certificate))), DOOR)
    assert sight in {"garbled", "unsupported"} or (isinstance(sight, Reading) and len(sight.identifier) == 32)


class Answering(MyNumberCard):
    """A card that answers from a list."""

    def __init__(self, answers: list[bytes]) -> None:
        super().__init__(None)
        self._answers = answers
        self._count = 0

    def answer(self, command: bytes) -> bytes:
        if command == GET_DATA:
            return super().answer(command)
        self._count += 1
        return self._answers[self._count % len(self._answers)]


@given(
    st.lists(
        st.one_of(
            st.just(b"\x90\x00"),
            st.binary(max_size=300),
            st.binary(min_size=4, max_size=4).map(lambda data: data + b"\x90\x00"),
            st.binary(min_size=2, max_size=2).map(lambda length: b"\x30\x82" + length + b"\x90\x00"),
            st.binary(min_size=256, max_size=256).map(lambda data: data + b"\x90\x00"),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_a_card_that_answers_anything_is_a_named_cause_after_few_exchanges(answers: list[bytes]) -> None:
    channel = DirectChannel(Answering(answers))
    assert read_card(channel, DOOR) in {"torn", "garbled", "unsupported", "random_id"}
    assert len(channel.exchanges) <= 3 + CERTIFICATE_BYTES_MAX // 256


@pytest.mark.parametrize("application", [FACE.hex(), "d3921000310001010408", "d392f0", "xyz"])
def test_the_face_and_the_register_cannot_be_set(application: str) -> None:
    with pytest.raises(ValidationError):
        JpkiSettings(application=application)
