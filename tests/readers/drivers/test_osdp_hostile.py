"""Readers and lines that attack: never a card, and one clear word each (fault catalogue F68)."""

import ctypes
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest

from emulation.osdp_bus import OsdpDevice, address_of, code_of, make_frame, sequence_of
from emulation.osdp_reader import OsdpReader as Peripheral
from emulation.osdp_stranger import (
    ACK,
    CAP,
    CARD,
    CHLNG,
    ID,
    NAK,
    PDCAP,
    PDID,
    POLL,
    RAW,
    SECURE_CAPABILITIES,
    StrangeReader,
    Tampering,
    with_true_check,
)
from readers.drivers.osdp_keys import DEFAULT_KEY
from readers.drivers.osdp_policy import FINDINGS
from readers.drivers.port import KeysEntered
from tests.readers.drivers.osdp_rig import CARD as CARD_IDENTIFIER
from tests.readers.drivers.osdp_rig import KEY, OTHER_KEY, Rig, present, rig

KEYSET = 0x75
GARBAGE = b"".join(sha256(number.to_bytes(2, "big")).digest() for number in range(512))
Change = Callable[[bytes, bytes], Iterable[bytes]]


def assert_refused(line: Rig, health: str, cause: str, *, after: int = 0) -> None:
    line.seen.wait_for_health(health, cause, after=after)
    assert line.cards == []
    told = line.healths[after:]
    assert [each for each in told if each[1] in FINDINGS] == ([(health, cause)] if cause in FINDINGS else [])
    assert KEYSET not in line.bus.codes


@dataclass
class Plain:
    """Offers no secure channel and hands in cards all the same."""

    capabilities: bytes = SECURE_CAPABILITIES[:-3]
    codes: list[int] = field(default_factory=list)

    def answer(self, frame: bytes) -> Iterable[bytes]:
        code, sequence = code_of(frame), sequence_of(frame)
        self.codes.append(code)
        match code:
            case 0x61:
                return [make_frame(1, sequence, bytes((PDID,)) + bytes(12))]
            case 0x62:
                return [make_frame(1, sequence, bytes((PDCAP,)) + self.capabilities)]
            case _:
                return [make_frame(1, sequence, CARD)]


def test_a_reader_without_secure_channel(tmp_path: Path) -> None:
    plain = Plain()
    with rig(tmp_path, plain) as line:
        assert_refused(line, "failing", "insecure_line")
    assert set(plain.codes) == {ID, CAP}


def test_a_reader_that_answers_the_challenge_with_a_card(tmp_path: Path) -> None:
    with rig(tmp_path, Plain(capabilities=SECURE_CAPABILITIES)) as line:
        assert_refused(line, "failing", "insecure_line")
        assert POLL not in line.bus.codes


@pytest.mark.parametrize(("key", "key_kind"), [(DEFAULT_KEY, 0), (DEFAULT_KEY, 1), (bytes(16), 1), (KEY, 0)])
def test_a_reader_with_a_key_that_everybody_knows(tmp_path: Path, key: bytes, key_kind: int) -> None:
    with rig(tmp_path, StrangeReader(1, key, key_kind=key_kind)) as line:
        assert_refused(line, "failing", "default_key")


def test_a_reader_in_install_mode(tmp_path: Path) -> None:
    with rig(tmp_path, Peripheral(1, None)) as line:
        assert_refused(line, "failing", "default_key")


def test_a_reader_that_asks_for_the_default_key(tmp_path: Path) -> None:
    asking = StrangeReader(1, DEFAULT_KEY)
    asking.answers[CHLNG] = bytes((NAK, 5))
    with rig(tmp_path, asking) as line:
        assert_refused(line, "failing", "insecure_line")


def test_a_reader_that_reappears_with_another_key_stays_a_stranger(tmp_path: Path) -> None:
    with rig(tmp_path, Peripheral(1, KEY)) as line:
        line.seen.wait_for_health("ready")
        stranger = Peripheral(1, OTHER_KEY)
        mark = line.seen.mark
        line.bus.devices[:] = [stranger]
        assert_refused(line, "failing", "reader_key_mismatch", after=mark)
        present(stranger)


def tampering(change: Change) -> tuple[Peripheral, Tampering]:
    peripheral = Peripheral(1, KEY)
    return peripheral, Tampering(peripheral, change)


def test_capabilities_edited_on_the_way(tmp_path: Path) -> None:
    def edit(command: bytes, reply: bytes) -> Iterable[bytes]:
        if code_of(command) != CAP:
            return [reply]
        return [with_true_check(reply.replace(bytes((9, 1, 0)), bytes((9, 0, 0))))]

    with rig(tmp_path, tampering(edit)[1]) as line:
        assert_refused(line, "failing", "insecure_line")


def test_a_card_in_clear_before_the_session_is_not_kept_for_it(tmp_path: Path) -> None:
    smuggled = [CARD]

    def smuggle(command: bytes, reply: bytes) -> Iterable[bytes]:
        if code_of(command) == ID and smuggled:
            return [make_frame(1, sequence_of(command), smuggled.pop())]
        return [reply]

    peripheral, between = tampering(smuggle)
    with rig(tmp_path, between) as line:
        assert_refused(line, "failing", "insecure_line")
        line.seen.wait_for_health("ready")
        peripheral.press(b"1")
        line.seen.wait_for(lambda o: isinstance(o, KeysEntered))
        assert line.cards == []


@pytest.mark.parametrize("block", [b"", b"\x03\x12\x01", b"\x03\x14\x01", b"\x02\x16"], ids=["clear", "12", "14", "16"])
def test_a_card_slipped_into_a_session(tmp_path: Path, block: bytes) -> None:
    def slip(command: bytes, reply: bytes) -> Iterable[bytes]:
        if code_of(command) != POLL:
            return [reply]
        return [make_frame(1, sequence_of(command), CARD, block, mac=bytes(4) if block == b"\x02\x16" else b"")]

    with rig(tmp_path, tampering(slip)[1]) as line:
        assert_refused(line, "failing", "insecure_line")


def spoil_mac(_command: bytes, reply: bytes) -> Iterable[bytes]:
    spoiled = bytearray(reply)
    if code_of(reply) == ACK:
        spoiled[-4] ^= 1
    return [with_true_check(bytes(spoiled))]


def say_twice(_command: bytes, reply: bytes) -> Iterable[bytes]:
    return [reply, reply] if code_of(reply) == ACK else [reply]


def count_wrongly(_command: bytes, reply: bytes) -> Iterable[bytes]:
    changed = bytearray(reply)
    if code_of(reply) == ACK:
        changed[4] ^= 1
    return [with_true_check(bytes(changed))]


@pytest.mark.parametrize("change", [spoil_mac, say_twice, count_wrongly])
def test_messages_changed_repeated_or_out_of_order(tmp_path: Path, change: Change) -> None:
    with rig(tmp_path, tampering(change)[1]) as line:
        assert_refused(line, "failing", "line_tampered")


def test_a_card_played_back_opens_once_only(tmp_path: Path) -> None:
    kept: list[bytes] = []

    def play_back(command: bytes, reply: bytes) -> Iterable[bytes]:
        if code_of(reply) == RAW:
            kept.append(reply)
        elif kept and code_of(command) == POLL and sequence_of(command) == sequence_of(kept[0]):
            return [kept[0]]
        return [reply]

    peripheral, between = tampering(play_back)
    with rig(tmp_path, between) as line:
        line.seen.wait_for_health("ready")
        mark = line.seen.mark
        present(peripheral)
        line.seen.wait_for_card(CARD_IDENTIFIER)
        line.seen.wait_for_health("failing", "line_tampered", after=mark)
        assert len(line.cards) == 1


class PlayedBack:
    """Says again what a whole session's recording said, command by command."""

    def __init__(self, replies: list[bytes]) -> None:
        self._replies = list(replies)

    def answer(self, frame: bytes) -> Iterable[bytes]:
        if not self._replies:
            return []
        reply = self._replies.pop(0)
        return [reply] if address_of(reply) == address_of(frame) else []


def test_a_recorded_session_is_worth_nothing_after_a_restart(tmp_path: Path) -> None:
    restart = ctypes.CDLL(None).srand  # how the C library begins every process
    peripheral = Peripheral(1, KEY)
    restart(1)
    with rig(tmp_path, peripheral) as line:
        line.seen.wait_for_health("ready")
        present(peripheral)
        line.seen.wait_for_card(CARD_IDENTIFIER)
        recording = line.bus.replies
    restart(1)
    with rig(tmp_path, PlayedBack(recording)) as line:
        assert_refused(line, "failing", "reader_key_mismatch")


@dataclass
class Noise:
    """Answers everything with the same bytes."""

    said: bytes

    def answer(self, _frame: bytes) -> Iterable[bytes]:
        return [self.said] if self.said else []


@pytest.mark.parametrize(
    ("said", "health", "cause"),
    [
        (b"", "lost", "not_answering"),
        (GARBAGE[:60], "failing", "garbled_line"),
        (b"\x53\x81\xff\x00\x0c" * 20, "failing", "garbled_line"),
        (b"\x53\x81" * 3000, "failing", "line_flooded"),
        (make_frame(2, 0, bytes((PDID,)) + bytes(12)), "failing", "garbled_line"),
        (b"\xff\x53\x01\x09\x00\x04\x61\x00\x60\x23", "failing", "garbled_line"),
    ],
    ids=["silence", "garbage", "false starts", "flood", "another's reply", "echo"],
)
def test_noise(tmp_path: Path, said: bytes, health: str, cause: str) -> None:
    device: OsdpDevice = Noise(said)
    with rig(tmp_path, device) as line:
        assert_refused(line, health, cause)


def test_a_flood_into_a_session_ends_it_and_an_honest_line_comes_back(tmp_path: Path) -> None:
    peripheral, between = tampering(lambda _command, reply: [reply])
    with rig(tmp_path, between) as line:
        line.seen.wait_for_health("ready")
        mark = line.seen.mark
        between.change = lambda _command, _reply: [GARBAGE]
        line.seen.wait_for_health("failing", "line_flooded", after=mark)
        between.change = lambda _command, reply: [reply]
        line.seen.wait_for_health("ready", after=mark)
        present(peripheral)
        line.seen.wait_for_card(CARD_IDENTIFIER)
