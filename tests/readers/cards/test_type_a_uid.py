"""Numbers of ISO/IEC 14443 cards, the ATRs that tell their families, and APDUs taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulation.virtual_card import PcscCard, contactless_atr, felica_pcsc_card, type_a_pcsc_card
from readers.cards.answer_to_reset import family_of, is_storage_card
from readers.cards.felica_over_pcsc import exchange_frame
from readers.cards.iso_apdu import (
    ANSWER_BYTES_MAX,
    CHAINED_BYTES_MAX,
    FRAMES_MAX,
    Answer,
    build_apdu,
    exchange_native,
    parse_answer,
)
from readers.cards.port import CardLeftError, Family, GarbledAnswerError, RefusedCardError
from readers.cards.reading import read_card
from readers.cards.type_a_uid import Iso14443Uid
from readers.drivers.presentation import Reading
from tests.readers.cards.desk import DirectChannel

UID = bytes.fromhex("04112233445566")
PUPI = bytes.fromhex("a1b2c3d4")


@pytest.mark.parametrize(
    ("atr", "number", "family", "storage"),
    [
        ("3b8f8001804f0ca0000003061100 3b0000000042", bytes(8), "felica", True),
        ("3b8f8001804f0ca00000030603000100000000 6a", UID[:4], "type_a", True),
        ("3b8f8001804f0ca00000030607000000000000 00", PUPI, "type_b", True),
        ("3b8180018080", UID, "type_a", False),
        ("3b888001000005e0b381a1007f", PUPI, "type_b", False),
        ("3b888001000041e0b381a1003b", PUPI, "type_b", False),
        ("3b8880010000000091 81c100d8", PUPI, "type_b", False),
        ("3b888001000005e0b381a1007f", b"", "type_b", False),
        ("3b888001000005e0b381a1007f", UID, "type_a", False),
        ("3bda13ff8131fb468012392f31c173c601c03b", b"", "contact", False),
        ("3b00", b"", "contact", False),
        ("", b"", "contact", False),
    ],
)
def test_the_atr_tells_the_family(atr: str, number: bytes, family: Family, storage: bool) -> None:
    assert family_of(bytes.fromhex(atr), number) == family
    assert is_storage_card(bytes.fromhex(atr)) == storage


@given(st.binary(max_size=33), st.binary(max_size=12))
def test_any_atr_has_a_family(atr: bytes, number: bytes) -> None:
    assert family_of(atr, number) in {"felica", "type_a", "type_b", "contact"}


@pytest.mark.parametrize(
    ("number", "sight"),
    [
        (UID, Reading("iso14443_uid", UID)),
        (UID[:4], Reading("iso14443_uid", UID[:4])),
        (UID + bytes(3), Reading("iso14443_uid", UID + bytes(3))),
        (bytes.fromhex("08a1b2c3"), "random_id"),
        (bytes.fromhex("08a1b2c3d4e5f6"), Reading("iso14443_uid", bytes.fromhex("08a1b2c3d4e5f6"))),
        (UID[:5], "garbled"),
        (bytes(200), "garbled"),
        (b"", "unsupported"),
    ],
)
def test_a_uid_has_a_length_and_is_not_random(number: bytes, sight: object) -> None:
    channel = DirectChannel(type_a_pcsc_card(number))
    assert read_card(channel, [Iso14443Uid()]) == sight
    assert channel.exchanges == []


def test_a_type_b_number_is_never_a_uid() -> None:
    my_number = contactless_atr(bytes.fromhex("000005e0b381a100"))
    assert read_card(DirectChannel(PcscCard(my_number, PUPI)), [Iso14443Uid()]) == "random_id"
    assert read_card(DirectChannel(felica_pcsc_card(bytes(8))), [Iso14443Uid()]) == "unsupported"


@pytest.mark.parametrize(
    ("apdu", "expected"),
    [
        (build_apdu(0x90, 0x60, 0, 0, expected=256), "9060000000"),
        (build_apdu(0x90, 0x5A, 0, 0, b"\1\2\3", expected=256), "905a00000301020300"),
        (build_apdu(0x00, 0xA4, 4, 0x0C, b"\xd3"), "00a4040c01d3"),
        (build_apdu(0x00, 0xB0, 1, 2, expected=16), "00b0010210"),
    ],
)
def test_an_apdu_is_built_as_the_standard_has_it(apdu: bytes, expected: str) -> None:
    assert apdu.hex() == expected


@pytest.mark.parametrize("wrong", [{"data": bytes(256)}, {"expected": 0}, {"expected": 257}])
def test_an_apdu_that_is_not_short_is_refused(wrong: dict[str, bytes | int]) -> None:
    with pytest.raises(ValueError, match="short APDU"):
        build_apdu(0, 0, 0, 0, **wrong)  # type: ignore[arg-type]


def test_answers_are_split_and_bounded() -> None:
    assert parse_answer(b"\x01\x90\x00") == Answer(b"\x01", 0x9000)
    assert parse_answer(bytes(ANSWER_BYTES_MAX + 2)).data == bytes(ANSWER_BYTES_MAX)
    for silent in (b"", b"\x63\x00"):
        with pytest.raises(CardLeftError):
            parse_answer(silent)
    for wrong in (b"\x90", bytes(ANSWER_BYTES_MAX + 3)):
        with pytest.raises(GarbledAnswerError):
            parse_answer(wrong)


class Listed:
    """A channel whose answers are a list."""

    family: Family = "type_a"
    identifier = b""
    answer_to_reset = b""

    def __init__(self, *answers: bytes) -> None:
        self._answers = iter(answers)
        self.commands: list[bytes] = []

    def exchange(self, command: bytes) -> bytes:
        self.commands.append(command)
        return next(self._answers)


def test_frames_of_a_native_answer_are_joined() -> None:
    channel = Listed(b"ab\x91\xaf", b"cd\x91\xaf", b"e\x91\x00")
    assert exchange_native(channel, 0x60) == Answer(b"abcde", 0x9100)
    assert [command.hex() for command in channel.commands] == ["9060000000", "90af000000", "90af000000"]


def test_an_authentications_further_frame_is_left_to_it() -> None:
    assert exchange_native(Listed(b"ab\x91\xaf"), 0xAA, b"\0", chained=False) == Answer(b"ab", 0x91AF)


@pytest.mark.parametrize(
    "answers",
    [
        [b"\x91\xaf"] * (FRAMES_MAX + 1),
        [bytes(256) + b"\x91\xaf"] * (CHAINED_BYTES_MAX // 256 + 1),
        [b"a\x91\xaf", b"b\x90\x00"],
    ],
)
def test_an_answer_without_end_is_garbled(answers: list[bytes]) -> None:
    with pytest.raises(GarbledAnswerError):
        exchange_native(Listed(*answers), 0x60)


def test_frames_travel_in_the_makers_command() -> None:
    sent: list[bytes] = []

    def reader(command: bytes) -> bytes:
        sent.append(command)
        return b"\x03\x01\x02\x90\x00"

    assert exchange_frame(reader, "acs", b"\x06\x00\xfe\x00\x01\x00") == b"\x03\x01\x02"
    assert sent[0].hex() == "ff00000006" + "0600fe000100"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"\x63\x00", CardLeftError),
        (b"", CardLeftError),
        (b"\x90\x00", GarbledAnswerError),
        (b"\x6a\x81", GarbledAnswerError),
        (b"\x90", GarbledAnswerError),
    ],
)
def test_a_reader_that_gives_no_frame_says_why(answer: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        exchange_frame(lambda _: answer, "acs", b"\x06")


def test_a_reader_without_a_way_for_frames_reads_numbers_alone() -> None:
    with pytest.raises(RefusedCardError) as refused:
        exchange_frame(lambda _: b"", "none", b"\x06")
    assert refused.value.cause == "unsupported"
