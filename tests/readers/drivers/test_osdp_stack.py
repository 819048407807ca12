"""libosdp behind our calls, with a reader in memory: randomness, leaks and what it tells."""

import ctypes
import sys
import time

import pytest

from emulation.osdp_bus import split_frames
from emulation.osdp_stranger import StrangeReader
from readers.drivers.osdp_commands import Lamp, Line, Tone
from readers.drivers.osdp_policy import LineGate
from readers.drivers.osdp_stack import AskDone, CardBits, KeyCodes, OsdpStack, SessionMoved, Told
from tests.readers.drivers.osdp_rig import KEY


class InMemory:
    """A stack whose line leads to a reader by function calls."""

    def __init__(self, reader: StrangeReader) -> None:
        self.gate = LineGate({1: KEY})
        self.stack = OsdpStack({1: KEY}, self.gate, self.send)
        self.reader = reader
        self.sent: list[bytes] = []

    def send(self, data: bytes) -> bool:
        for frame in split_frames(data)[0]:
            self.sent.append(frame)
            for reply in self.reader.answer(frame):
                self.gate.line_brought(reply)
        return True

    def until(self, kind: type[Told]) -> Told:
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            for told in self.stack.refresh():
                if isinstance(told, kind):
                    return told
        raise AssertionError(f"no {kind} came")


@pytest.fixture
def memory() -> InMemory:
    found = InMemory(StrangeReader(1, KEY))
    assert found.until(SessionMoved) == SessionMoved(1, is_up=True)
    return found


def test_a_challenge_is_not_the_one_that_every_process_begins_with() -> None:
    challenges = set()
    for _ in range(3):
        ctypes.CDLL(None).srand(1)
        found = InMemory(StrangeReader(1, KEY))
        found.until(SessionMoved)
        challenges.add(next(frame[9:17] for frame in found.sent if frame[4] & 0x08 and frame[8] == 0x76))
    assert len(challenges) == 3


def test_what_the_binding_forgets_is_given_back(memory: InMemory) -> None:
    def ask(times: int) -> None:
        for _ in range(times):
            assert memory.stack.submit(1, Tone()) == "taken"
            assert memory.until(AskDone) == AskDone(1, ok=True)
            memory.sent.clear()

    ask(100)
    before = sys.getallocatedblocks()
    ask(2000)
    assert sys.getallocatedblocks() - before < 500


def test_a_text_number_is_as_long_as_its_bits_say(memory: InMemory) -> None:
    memory.reader.secret_replies.append(b"\x50\x00\x02\x50\x00" + b"0012345678")
    assert memory.until(CardBits) == CardBits(1, 0, 80, b"0012345678", is_text=True)


def test_keys_are_told_as_they_came(memory: InMemory) -> None:
    memory.reader.secret_replies.append(b"\x53\x00\x03\x31\x7f\x0d")
    assert memory.until(KeyCodes) == KeyCodes(1, 0, b"1\x7f\r")


def test_what_a_reader_does_not_have_is_not_asked(memory: InMemory) -> None:
    assert memory.stack.submit(1, Line("text")) == "incapable"
    assert memory.stack.submit(1, Lamp("green", 10)) == "taken"
    assert memory.until(AskDone) == AskDone(1, ok=True)


def test_without_a_session_nothing_is_taken() -> None:
    found = InMemory(StrangeReader(1, bytes(range(16))))
    assert found.until(SessionMoved) == SessionMoved(1, is_up=False)
    assert found.stack.submit(1, Lamp("green", 10)) == "no_session"
    assert found.gate.take_findings() == [(1, "reader_key_mismatch")]
