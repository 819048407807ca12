"""Serial readers on a pseudo-terminal: numbers, visitors' codes, and everything else a line can hold."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.visit_codes import VisitCode, encode_visit_code
from emulation.pty_line import PtyLine
from emulation.serial_reader import SerialReader
from readers.cards.qr import VisitCodeReader
from readers.drivers.line_session import LINE_BYTES_MAX, split_lines
from readers.drivers.open import DriverParts, open_driver
from readers.drivers.port import CardSeen, ReadTrouble
from readers.drivers.serial_ascii import serial_reader, split_stx
from tests.readers.drivers import line_habits
from tests.readers.drivers.line_habits import told
from tests.readers.drivers.watching import BRISK, watching

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CODES = VisitCodeReader("hagi", KEY.public_key())
GARBLED = ReadTrouble("r", "garbled")


@pytest.fixture
def line(tmp_path: Path) -> Iterator[PtyLine]:
    found = PtyLine(tmp_path / "line")
    yield found
    found.unplug()


def read_through(line: PtyLine, query: str) -> "watching":
    return watching(serial_reader("r", f"{line.path}?{query}", CODES, pace=BRISK))


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_a_decimal_number(line: PtyLine, end: bytes) -> None:
    with read_through(line, "holds=decimal") as watched:
        watched.wait_for_health("ready")
        SerialReader(line, end=end).tell("0000012345")
        seen = watched.wait_for_card(b"d12345")
    assert (seen.technology, seen.assurance, seen.once) == ("line", 1, None)


def test_a_hexadecimal_number_between_stx_and_etx(line: PtyLine) -> None:
    with read_through(line, "holds=hexadecimal&framing=stx&baud=19200") as watched:
        watched.wait_for_health("ready")
        reader = SerialReader(line, begin=b"\x02", end=b"\r\n\x03")
        reader.tell("04A1B2C3")
        watched.wait_for_card(b"b\x00\x20\x04\xa1\xb2\xc3")
        line.write(b"noise")
        reader.tell("04A1B2C4")
        watched.wait_for(lambda o: o == GARBLED)
        reader.tell("04A1B2C5")
        watched.wait_for_card(b"b\x00\x20\x04\xa1\xb2\xc5")
    assert len(watched.cards) == 2


def test_a_visitors_code(line: PtyLine) -> None:
    begin, end = datetime(2031, 4, 1, 8, 30, tzinfo=UTC), datetime(2031, 4, 1, 17, 0, tzinfo=UTC)
    with read_through(line, "holds=code") as watched:
        watched.wait_for_health("ready")
        scanner = SerialReader(line)
        scanner.tell(encode_visit_code(VisitCode("hagi", bytes(range(16)), begin, end), KEY))
        seen = watched.wait_for_card(bytes(range(16)))
        scanner.tell("https://example.jp/?q=1")
        watched.wait_for(lambda o: o == GARBLED)
        other = Ed25519PrivateKey.from_private_bytes(bytes(32))
        scanner.tell(encode_visit_code(VisitCode("hagi", bytes(range(16)), begin, end), other))
        watched.wait_for(lambda o: o == ReadTrouble("r", "forged_code"))
    assert (seen.technology, seen.once) == ("qr", (begin, end))


def test_a_held_card_that_is_told_again_is_one_presentation(line: PtyLine) -> None:
    line_habits.a_held_card_is_one_presentation(read_through(line, "holds=decimal"), SerialReader(line).tell)


def test_a_line_that_stops_halfway_is_torn_and_the_next_one_is_read(line: PtyLine) -> None:
    line_habits.a_line_that_stops_halfway_is_torn(
        read_through(line, "holds=decimal"), lambda text: line.write(text.encode()), SerialReader(line).tell
    )


def test_what_was_under_way_at_the_opening_is_no_number(line: PtyLine) -> None:
    line_habits.what_was_under_way_at_the_opening_is_no_number(
        read_through(line, "holds=decimal"), SerialReader(line).tell
    )


def test_a_line_in_pieces_is_one_line(line: PtyLine) -> None:
    with read_through(line, "holds=decimal") as watched:
        watched.wait_for_health("ready")
        for piece in (b"12", b"34", b"\r", b"\n"):
            line.write(piece)
            time.sleep(0.02)
        watched.wait_for_card(b"d1234")
        SerialReader(line).tell("5")
        watched.wait_for_card(b"d5")
    assert len(told(watched)) == 2


def test_garbage_is_one_trouble_a_line(line: PtyLine) -> None:
    with read_through(line, "holds=decimal") as watched:
        watched.wait_for_health("ready")
        for text in ("\x00\xff\xfe", "12 34", "12;DROP TABLE taps", "0"):
            SerialReader(line).tell(text)
        line.write(b"9" * LINE_BYTES_MAX * 2)
        time.sleep(0.1)
        line.write(b"9" * LINE_BYTES_MAX)
        SerialReader(line).tell("")
        SerialReader(line).tell("42")
        watched.wait_for_card(b"d42")
    assert told(watched)[:-1] == [GARBLED] * 5


def test_an_overlong_line_that_never_ends_is_forgotten(line: PtyLine) -> None:
    with read_through(line, "holds=decimal") as watched:
        watched.wait_for_health("ready")
        line.write(b"9" * (LINE_BYTES_MAX + 1))
        watched.wait_for(lambda o: o == GARBLED)
        time.sleep(0.8)
        SerialReader(line).tell("42")
        watched.wait_for_card(b"d42")
    assert len(told(watched)) == 2


def test_a_flood_closes_the_device_for_a_while(line: PtyLine) -> None:
    with read_through(line, "holds=decimal") as watched:
        watched.wait_for_health("ready")
        line.write(b"".join(b"%d\n" % number for number in range(1, 400)))
        watched.wait_for_health("failing", "flooded")
        watched.wait_for_health("ready", after=watched.mark - 1)
        SerialReader(line).tell("424242")
        watched.wait_for_card(b"d424242")
    assert len(watched.cards) < 45


def test_a_pulled_cable_and_its_return(line: PtyLine) -> None:
    line_habits.a_pulled_cable_and_its_return(read_through(line, "holds=decimal"), line, SerialReader(line).tell)


def test_a_device_that_another_program_holds_is_busy(line: PtyLine) -> None:
    with read_through(line, "holds=decimal") as first:
        first.wait_for_health("ready")
        with read_through(line, "holds=decimal") as second:
            second.wait_for_health("busy", "other_process")


@pytest.mark.parametrize(
    "path",
    [
        "/dev/ttyACM0",
        "/dev/ttyACM0?holds=number",
        "/dev/ttyACM0?holds=decimal&framing=none",
        "/dev/ttyACM0?holds=decimal&baud=fast",
        "/dev/ttyACM0?holds=decimal&parity=even",
        "ttyACM0?holds=decimal",
        "/dev/ttyACM0?holds=code",
    ],
)
def test_a_path_that_says_something_else_is_explained(path: str) -> None:
    with pytest.raises(ValueError, match="path of reader r"):
        serial_reader("r", path)


MARKS = st.lists(st.sampled_from([b"\r", b"\n", b"\x02", b"\x03", b"1", b" ", b"\x00"])).map(b"".join)


@given(st.lists(MARKS), MARKS)
def test_lines_are_split_alike_however_they_arrive(pieces: list[bytes], last: bytes) -> None:
    for split in (split_lines, split_stx):
        rest, lines = b"", []
        for piece in (*pieces, last):
            found, rest = split(rest + piece)
            lines += found
        whole, end = split(b"".join((*pieces, last)))
        assert (lines, rest) == (whole, end)


def test_drivers_are_opened_by_name(line: PtyLine) -> None:
    class Choice:
        id, driver, path = "r", "serial", f"{line.path}?holds=code"

    with watching(open_driver(Choice(), DriverParts(visit_codes=CODES))) as watched:
        watched.wait_for_health("ready")
    assert not any(isinstance(o, CardSeen) for o in watched.observations)
