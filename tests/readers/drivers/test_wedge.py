"""Readers that type: the kernel's events, cut anywhere, through the real driver; and a grab that is refused."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.visit_codes import VisitCode, encode_visit_code
from emulation.keyboard_wedge import DROPPED, LEFT_SHIFT, REPORT, KeyboardWedge, event, events_of, key
from emulation.pty_line import PtyLine
from readers.cards.qr import VisitCodeReader
from readers.drivers.input_events import NO_CHARACTER, TypedText
from readers.drivers.line_session import LINE_BYTES_MAX
from readers.drivers.open import DriverParts, open_driver
from readers.drivers.port import ReadTrouble
from readers.drivers.wedge import split_tabs, wedge_reader
from tests.readers.drivers import line_habits
from tests.readers.drivers.line_habits import told
from tests.readers.drivers.watching import BRISK, watching

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CODES = VisitCodeReader("hagi", KEY.public_key())
GARBLED = ReadTrouble("r", "garbled")
TORN = ReadTrouble("r", "torn")
CAPS_LOCK, LEFT_CTRL, F1, KEYPAD_7 = 58, 29, 59, 71


@pytest.fixture
def wedge(tmp_path: Path) -> Iterator[KeyboardWedge]:
    found = KeyboardWedge(tmp_path / "event-kbd")
    yield found
    found.unplug()


def open_without_grab(path: str) -> int:
    """A pipe carries a keyboard's events and cannot be grabbed."""
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)


def read_through(
    path: Path, query: str = "holds=decimal", open_device: Callable[[str], int] = open_without_grab
) -> "watching":
    return watching(wedge_reader("r", f"{path}?{query}", CODES, pace=BRISK, open_device=open_device))


def test_a_decimal_number(wedge: KeyboardWedge) -> None:
    with read_through(wedge.path) as watched:
        watched.wait_for_health("ready")
        wedge.tell("0000012345")
        seen = watched.wait_for_card(b"d12345")
    assert (seen.technology, seen.assurance, seen.once) == ("line", 1, None)


def test_a_hexadecimal_number_that_ends_with_a_tab(tmp_path: Path) -> None:
    wedge = KeyboardWedge(tmp_path / "tabbing", end="\t")
    with read_through(wedge.path, "holds=hexadecimal&ends=tab") as watched:
        watched.wait_for_health("ready")
        wedge.tell("04A1b2C3")
        watched.wait_for_card(b"b\x00\x20\x04\xa1\xb2\xc3")
    wedge.unplug()


def test_a_visitors_code(wedge: KeyboardWedge) -> None:
    begin, end = datetime(2031, 4, 1, 8, 30, tzinfo=UTC), datetime(2031, 4, 1, 17, 0, tzinfo=UTC)
    code = encode_visit_code(VisitCode("hagi", bytes(range(16)), begin, end), KEY)
    with read_through(wedge.path, "holds=code") as watched:
        watched.wait_for_health("ready")
        wedge.tell(code)
        seen = watched.wait_for_card(bytes(range(16)))
        wedge.tell("https://example.jp/?q=1")
        watched.wait_for(lambda o: o == GARBLED)
        mark = watched.mark
        wedge.tell(code.lower())
        watched.wait_for(lambda o: o == GARBLED, after=mark)
    assert (seen.technology, seen.once) == ("qr", (begin, end))


def test_events_in_pieces_are_one_line(tmp_path: Path) -> None:
    line = PtyLine(tmp_path / "line")  # a terminal cuts the events; no kernel does
    with read_through(line.path) as watched:
        watched.wait_for_health("ready")
        data = events_of("42\n")
        for begin in range(0, len(data), 50):
            line.write(data[begin : begin + 50])
            time.sleep(0.01)
        watched.wait_for_card(b"d42")
    line.unplug()
    assert len(told(watched)) == 1


def test_a_held_card_that_is_typed_again_is_one_presentation(wedge: KeyboardWedge) -> None:
    line_habits.a_held_card_is_one_presentation(read_through(wedge.path), wedge.tell)


def test_a_line_that_stops_halfway_is_torn_and_the_next_one_is_read(wedge: KeyboardWedge) -> None:
    line_habits.a_line_that_stops_halfway_is_torn(
        read_through(wedge.path), lambda text: wedge.write(events_of(text)), wedge.tell
    )


def test_a_line_from_which_events_were_dropped_is_garbled(wedge: KeyboardWedge) -> None:
    with read_through(wedge.path) as watched:
        watched.wait_for_health("ready")
        wedge.write(events_of("12") + DROPPED + key(4, 1) + REPORT)
        wedge.tell("34")
        watched.wait_for(lambda o: o == GARBLED)
        wedge.tell("56")
        watched.wait_for_card(b"d56")
        wedge.write(DROPPED + REPORT)  # a whole line may have been lost
        watched.wait_for(lambda o: o == TORN)
    assert len(told(watched)) == 3


def test_a_key_without_a_character_garbles_its_line(wedge: KeyboardWedge) -> None:
    with read_through(wedge.path) as watched:
        watched.wait_for_health("ready")
        for strange in (key(F1, 1, 0), key(LEFT_CTRL, 1) + events_of("7") + key(LEFT_CTRL, 0)):
            mark = watched.mark
            wedge.write(events_of("12") + strange)
            wedge.tell("3")
            watched.wait_for(lambda o: o == GARBLED, after=mark)
            wedge.tell("9")
        watched.wait_for_card(b"d9")
    assert not any(number.startswith(b"d12") for number in watched.cards)


def test_an_overlong_line_is_one_trouble(wedge: KeyboardWedge) -> None:
    with read_through(wedge.path) as watched:
        watched.wait_for_health("ready")
        half = events_of("9" * (LINE_BYTES_MAX * 2 // 3))
        for _ in range(2):
            wedge.write(half)
            time.sleep(0.3)
        wedge.tell("")
        wedge.tell("42")
        watched.wait_for_card(b"d42")
    assert told(watched)[:-1] == [GARBLED]


def test_a_flood_closes_the_device_and_no_number_is_read_from_its_middle(wedge: KeyboardWedge) -> None:
    with read_through(wedge.path) as watched:
        watched.wait_for_health("ready")
        numbers = range(1001, 1081)
        wedge.write(b"".join(key(2, 1) + events_of(f"{number}\n") for number in numbers))
        watched.wait_for_health("failing", "flooded")
        watched.wait_for_health("ready", after=watched.mark - 1)
        wedge.tell("424242")
        watched.wait_for_card(b"d424242")
    assert set(watched.cards) <= {b"d1%d" % number for number in numbers} | {b"d424242"}
    assert len(watched.cards) < 45


def test_what_was_being_typed_at_the_opening_is_no_number(wedge: KeyboardWedge) -> None:
    line_habits.what_was_under_way_at_the_opening_is_no_number(read_through(wedge.path), wedge.tell)


def test_a_pulled_cable_and_its_return(wedge: KeyboardWedge) -> None:
    line_habits.a_pulled_cable_and_its_return(read_through(wedge.path), wedge, wedge.tell)


def test_what_cannot_be_grabbed_is_not_read(wedge: KeyboardWedge, tmp_path: Path) -> None:
    class Choice:
        id, driver, path = "r", "wedge", f"{wedge.path}?holds=code"

    with watching(open_driver(Choice(), DriverParts(visit_codes=CODES))) as watched:
        watched.wait_for_health("failing", "not_an_input_device")
        wedge.tell("7")
    assert told(watched) == []
    with watching(wedge_reader("r", f"{tmp_path / 'none'}?holds=decimal", pace=BRISK)) as watched:
        watched.wait_for_health("lost", "unplugged")


@pytest.mark.parametrize(
    ("call", "answer", "said"),
    [
        ("ioctl", "error=EBUSY", "busy: other_process"),
        ("ioctl", "error=ENODEV", "lost: unplugged"),
        ("openat", "error=EACCES", "failing: permission_denied"),
        ("ioctl", "retval=0", "ready"),
    ],
)
def test_the_kernels_answers_to_a_grab(wedge: KeyboardWedge, tmp_path: Path, call: str, answer: str, said: str) -> None:
    program = (
        "import sys\n"
        "from readers.drivers.faults import ReaderError\n"
        "from readers.drivers.wedge import Wedge\n"
        "try:\n"
        "    Wedge(sys.argv[1])\n"
        "except ReaderError as fault:\n"
        "    print(fault)\n"
        "else:\n"
        "    print('ready')\n"
    )
    trace, path = tmp_path / "trace", str(wedge.path)
    rules = ["-P", path, "-e", "trace=openat,ioctl,close", "-e", f"inject={call}:{answer}"]
    done = subprocess.run(
        ["strace", "-o", trace, *rules, sys.executable, "-c", program, path], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{said}\n"
    if call == "ioctl":
        lines = trace.read_text()
        assert "EVIOCGRAB, 1)" in lines
        assert ("close(" in lines) == ("error" in answer)


@pytest.mark.parametrize(
    "path",
    [
        "/dev/input/event3",
        "/dev/input/event3?holds=number",
        "/dev/input/event3?holds=decimal&ends=line",
        "/dev/input/event3?holds=decimal&baud=9600",
        "event3?holds=decimal",
        "/dev/input/event3?holds=code",
    ],
)
def test_a_path_that_says_something_else_is_explained(path: str) -> None:
    with pytest.raises(ValueError, match="path of reader r"):
        wedge_reader("r", path)


PRINTABLE = st.text(st.sampled_from([*map(chr, range(0x20, 0x7F)), "\n", "\t"]), max_size=20)


@given(PRINTABLE, st.lists(st.integers(1, 60), max_size=40))
def test_text_comes_back_from_its_events_wherever_they_are_cut(text: str, cuts: list[int]) -> None:
    data, typed, found = events_of(text), TypedText(), b""
    for cut in cuts:
        found += typed.feed(data[:cut])
        data = data[cut:]
    assert (found + typed.feed(data)).decode() == text


@given(PRINTABLE)
def test_events_of_a_32_bit_process_type_the_same(text: str) -> None:
    data = events_of(text)
    short = b"".join(data[at + 8 : at + 24] for at in range(0, len(data), 24))
    assert TypedText(8).feed(data) == TypedText(4).feed(short) == text.encode()


def test_only_presses_type() -> None:
    typed = TypedText()
    assert typed.feed(key(2, 1, 2, 2, 0)) == b"1"
    assert typed.feed(key(CAPS_LOCK, 1, 0) + events_of("a")) == b"a"
    assert typed.feed(key(KEYPAD_7, 1, 0)) == b"7"
    assert typed.feed(event(2, 0, 5) + event(1, 2, 7) + event(0xFFFF, 2, 1)) == b""
    assert typed.feed(key(0xFFFF, 1)) == NO_CHARACTER


def test_a_shift_held_when_events_were_dropped_is_forgotten() -> None:
    typed = TypedText()
    assert typed.feed(key(LEFT_SHIFT, 1) + events_of("a")) == b"A"
    assert typed.feed(DROPPED + key(LEFT_SHIFT, 1) + events_of("b")) == NO_CHARACTER + b"b"


def test_lines_end_with_tabs() -> None:
    assert split_tabs(b"1\t\t2\t3") == ([b"1", b"2"], b"3")
