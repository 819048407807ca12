"""The gate of an OSDP line and its frames: what passes, whatever the bytes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulation.osdp_bus import make_frame
from emulation.osdp_stranger import with_true_check
from readers.drivers.osdp_frame import FRAME_BYTES_MAX, SEARCH_BYTES_MAX, ReplySearch, read_frame
from readers.drivers.osdp_policy import BUSY, CAP, NAK, OUT, PDID, POLL, LineGate
from tests.readers.drivers.osdp_rig import KEY

IDENTITY = bytes((PDID,)) + bytes(12)
SECURED = b"\x02\x15"
ENCRYPTED = b"\x02\x17"


def command(code: int, sequence: int = 0, block: bytes = b"", data: bytes = b"", address: int = 1) -> bytes:
    mac = bytes(4) if block[1:] >= b"\x15" else b""
    frame = bytearray(make_frame(address, sequence, bytes((code,)) + data, block, mac=mac))
    frame[1] &= 0x7F
    return with_true_check(bytes(frame))


ID_COMMAND, POLL_COMMAND = command(0x61, data=b"\0"), command(POLL, 1, SECURED)
OUT_COMMAND = command(OUT, 1, ENCRYPTED, bytes(16))


@pytest.fixture
def gate() -> LineGate:
    return LineGate({1: KEY, 2: KEY})


@given(st.binary(max_size=300))
def test_any_bytes_are_a_frame_of_exact_form_or_none(data: bytes) -> None:
    frame = read_frame(data)
    if frame is not None:
        assert read_frame(frame.raw) == frame
        assert len(frame.raw) <= FRAME_BYTES_MAX


@given(
    st.binary(max_size=40),
    st.integers(0, 3),
    st.sampled_from([b"", b"\x03\x12\x01", b"\x02\x16", b"\x02\x18"]),
    st.booleans(),
    st.data(),
)
def test_a_frame_is_read_back_and_no_changed_bit_of_it_is(
    body: bytes, sequence: int, block: bytes, crc: bool, data: st.DataObject
) -> None:
    body = body[: len(body) // 16 * 16] or bytes(16) if block == b"\x02\x18" else body
    mac = bytes(4) if block[1:] >= b"\x15" else b""
    raw = make_frame(1, sequence, b"\x40" + body, block, mac=mac, crc=crc)
    frame = read_frame(raw)
    assert frame is not None
    assert (frame.address, frame.is_reply, frame.sequence, frame.code, frame.body) == (1, True, sequence, 0x40, body)
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    assert read_frame(bytes(changed)) is None


@given(st.binary(max_size=200), st.lists(st.integers(0, 240), max_size=6))
def test_a_reply_is_found_whatever_lies_before_it_and_however_it_arrives(noise: bytes, cuts: list[int]) -> None:
    reply = make_frame(1, 0, IDENTITY)
    stream = noise + reply
    search, found = ReplySearch(1), []
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    for begin, end in pairwise(edges):
        found += search.feed(stream[begin:end])
    assert [frame.raw for frame in found] == [reply]


def test_a_search_forgets_and_says_so_when_it_is_flooded() -> None:
    search = ReplySearch(1)
    assert search.feed(bytes(SEARCH_BYTES_MAX + 1)) == []
    assert search.is_flooded
    assert search.feed(make_frame(1, 0, IDENTITY)) == []


@given(st.lists(st.binary(max_size=80), max_size=5), st.binary(max_size=60), st.integers(0, 3))
def test_before_the_session_nothing_but_the_answer_passes(pieces: list[bytes], payload: bytes, sequence: int) -> None:
    gate = LineGate({1: KEY})
    assert gate.passes(ID_COMMAND)
    for piece in (*pieces, make_frame(1, sequence, payload or b"\0")):
        gate.line_brought(piece)
    handed = gate.take(1000)
    if handed:
        frame = read_frame(handed)
        assert frame is not None
        assert frame.code in (PDID, NAK)
        assert frame.block == 0


@given(st.sampled_from([b"", b"\x03\x12\x01", b"\x03\x14\x01", b"\x02\x16"]), st.binary(min_size=1, max_size=60))
def test_in_a_session_nothing_passes_without_its_block(block: bytes, payload: bytes) -> None:
    gate = LineGate({1: KEY})
    assert gate.passes(POLL_COMMAND)
    gate.line_brought(make_frame(1, 1, payload, block, mac=bytes(4) if block == b"\x02\x16" else b""))
    handed = gate.take(1000)
    if handed:
        frame = read_frame(handed)
        assert frame is not None
        assert frame.code == NAK or (frame.block == 0x16 and not frame.body)
    elif payload[0] != BUSY or block:
        assert [finding for _, finding in gate.take_findings()] == ["insecure_line"]


@pytest.mark.parametrize(
    "frame",
    [
        command(0x75, 1, ENCRYPTED, bytes(32)),  # KEYSET
        command(0x6E, 1, ENCRYPTED, bytes(16)),  # COMSET
        command(POLL, 0),  # in clear
        command(0x76, 0, b"\x03\x11\x00", bytes(8)),  # a challenge under the default key
        command(0x77, 0, b"\x03\x13\x00", bytes(16)),
        command(0x61, 0, data=b"\0", address=3),  # nobody's address
        make_frame(1, 0, b"\x61\0"),  # a reply
        b"",
        b"\xff\x53",
    ],
)
def test_what_is_never_said(gate: LineGate, frame: bytes) -> None:
    assert not gate.passes(frame)
    gate.line_brought(make_frame(1, 0, IDENTITY))
    assert gate.take(100) == b""


def test_a_reply_is_handed_up_once_and_only_when_it_is_asked_for(gate: LineGate) -> None:
    reply = make_frame(1, 0, IDENTITY)
    gate.line_brought(reply)
    assert gate.take(100) == b""
    assert gate.passes(ID_COMMAND)
    assert gate.is_waiting
    assert gate.is_asking(0x61)
    gate.line_brought(make_frame(2, 0, IDENTITY))
    assert gate.take(100) == b""
    gate.line_brought(reply[:7])
    assert gate.take(100) == b""
    gate.line_brought(reply[7:])
    assert not gate.is_waiting
    assert gate.take(4) + gate.take(100) == reply
    gate.line_brought(reply)
    assert gate.take(100) == b""
    assert gate.take_findings() == [(1, "line_tampered")]


def test_a_command_that_moves_something_is_sent_twice_and_a_poll_three_times(gate: LineGate) -> None:
    assert [gate.passes(OUT_COMMAND) for _ in range(4)] == [True, True, False, False]
    gate.unblock(1)
    assert [gate.passes(POLL_COMMAND) for _ in range(4)] == [True, True, True, False]
    assert [gate.passes(ID_COMMAND) for _ in range(2)] == [True, False]
    assert gate.loss_of(1) == ("not_answering", 0x61)


def test_busy_is_silence(gate: LineGate) -> None:
    assert gate.passes(OUT_COMMAND)
    gate.line_brought(make_frame(1, 0, bytes((BUSY,))))
    assert gate.take(100) == b""
    assert gate.passes(OUT_COMMAND)
    gate.line_brought(make_frame(1, 0, bytes((BUSY,))))
    assert gate.loss_of(1) == ("reader_busy", OUT)


def test_a_blocked_address_is_not_spoken_to(gate: LineGate) -> None:
    gate.block(1)
    assert not gate.passes(ID_COMMAND)
    assert gate.passes(command(0x61, data=b"\0", address=2))
    gate.unblock(1)
    assert gate.passes(ID_COMMAND)


@pytest.mark.parametrize(
    ("asked", "reply", "loss"),
    [
        (POLL_COMMAND, make_frame(1, 1, bytes((NAK, 6))), ("session_lost", POLL)),
        (POLL_COMMAND, make_frame(1, 0, bytes((NAK, 4))), ("session_lost", POLL)),
        (OUT_COMMAND, make_frame(1, 1, bytes((NAK, 3)), b"\x02\x16", mac=bytes(4)), ("command_refused", OUT)),
        (POLL_COMMAND, make_frame(1, 1, b"\x40", b"\x02\x16", mac=bytes(4)), ("line_tampered", POLL)),
        (POLL_COMMAND, b"noise", ("garbled_line", POLL)),
        (POLL_COMMAND, b"", ("not_answering", POLL)),
        (ID_COMMAND, make_frame(1, 0, bytes((NAK, 3))), ("command_refused", 0x61)),
    ],
)
def test_why_a_session_was_lost(gate: LineGate, asked: bytes, reply: bytes, loss: tuple[str, int]) -> None:
    assert gate.passes(asked)
    gate.line_brought(reply)
    gate.take(1000)
    assert gate.loss_of(1) == loss
    assert gate.loss_of(2) == ("not_answering", 0)


def test_capabilities_without_cipher_are_a_finding(gate: LineGate) -> None:
    assert gate.passes(command(CAP, data=b"\0"))
    gate.line_brought(make_frame(1, 0, bytes((0x46, 9, 0, 0, 8, 1, 0))))
    assert gate.take_findings() == [(1, "insecure_line")]
    assert gate.take(100) == b""
