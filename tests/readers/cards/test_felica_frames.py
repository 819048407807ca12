"""FeliCa frames: what is built, what is taken, and that nothing a card sends is anything else."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.cards.felica_frames import (
    CommandRefusedError,
    PollAnswer,
    build_polling,
    build_read,
    build_request_system_code,
    build_write,
    parse_polling,
    parse_read,
    parse_system_codes,
    parse_write,
)
from readers.cards.port import GarbledAnswerError

TRANSCRIPT = json.loads((Path(__file__).parent / "vectors" / "felica_lite_s.json").read_text())["mutual_authentication"]
IDM = bytes.fromhex(TRANSCRIPT["idm"])
PMM = bytes.fromhex("00f1000000014300")


def frame(code: int, body: bytes) -> bytes:
    return bytes((len(body) + 2, code)) + body


def test_commands_are_those_of_the_published_transcript() -> None:
    block = bytes.fromhex(TRANSCRIPT["challenge_block"])
    assert build_write(IDM, 0x0009, [(0x80, block)]).hex() == TRANSCRIPT["write_challenge_frame"]
    assert build_read(IDM, 0x000B, (0x82, 0x81)).hex() == TRANSCRIPT["read_id_and_mac_frame"]
    assert build_polling(0x88B4).hex() == "060088b40100"
    assert build_request_system_code(IDM).hex() == "0a0c0102030405060708"


def test_answers_give_what_stands_in_them() -> None:
    assert parse_polling(frame(1, IDM + PMM + b"\x88\xb4")) == PollAnswer(IDM, PMM, 0x88B4)
    assert parse_polling(frame(1, IDM + PMM)) == PollAnswer(IDM, PMM, None)
    assert parse_read(frame(7, IDM + b"\x00\x00\x02" + bytes(16) + b"\x01" * 16), IDM, 2) == (bytes(16), b"\x01" * 16)
    assert parse_write(frame(9, IDM + b"\x00\x00"), IDM) == "written"
    assert parse_write(frame(9, IDM + b"\xff\x71"), IDM) == "worn"
    assert parse_system_codes(frame(13, IDM + b"\x02\x00\x03\xfe\x00"), IDM) == (0x0003, 0xFE00)


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        ("ffa6", "no_such_service"),
        ("01a8", "no_such_block"),
        ("01b1", "needs_authentication"),
        ("02b2", "mac_refused"),
        ("ff70", "memory_error"),
        ("ffa1", "other"),
        ("0100", "other"),
    ],
)
def test_a_refusal_says_why(flags: str, why: str) -> None:
    with pytest.raises(CommandRefusedError, match=f"{flags[:2]} {flags[2:]}") as write:
        parse_write(frame(9, IDM + bytes.fromhex(flags)), IDM)
    with pytest.raises(CommandRefusedError) as read:
        parse_read(frame(7, IDM + bytes.fromhex(flags)), IDM, 1)
    assert (write.value.why, read.value.why) == (why, why)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x01",
        frame(7, b""),
        frame(7, IDM),
        frame(7, IDM + b"\x00"),
        frame(7, IDM[::-1] + b"\x00\x00\x01" + bytes(16)),  # another card's
        frame(9, IDM + b"\x00\x00\x01" + bytes(16)),  # another command's
        frame(7, IDM + b"\x00\x00\x01" + bytes(15)),
        frame(7, IDM + b"\x00\x00\x02" + bytes(16)),
        frame(7, IDM + b"\x00\x00\x02" + bytes(32)),  # more than was asked for
        frame(7, IDM + b"\x00\x00\x01" + bytes(16))[:-1],  # cut short
    ],
)
def test_what_is_not_the_answer_is_garbled(answer: bytes) -> None:
    with pytest.raises(GarbledAnswerError):
        parse_read(answer, IDM, 1)


@pytest.mark.parametrize("blocks", [[], [0] * 5, [256], [-1]])
def test_no_command_is_built_that_a_card_could_not_mean(blocks: list[int]) -> None:
    with pytest.raises(ValueError, match="expected 1 to 4 blocks"):
        build_read(IDM, 0x000B, blocks)
    with pytest.raises(ValueError, match="an IDm has 8 bytes"):
        build_read(IDM[1:], 0x000B, [0])
    with pytest.raises(ValueError, match="a block has 16 bytes"):
        build_write(IDM, 0x0009, [(0, bytes(15))])


HOSTILE = st.binary(max_size=120) | st.builds(
    lambda code, head, body: frame(code, head + body),
    st.sampled_from([1, 7, 9, 13]),
    st.sampled_from([b"", IDM, IDM + b"\x00\x00", IDM + b"\x00\x00\x01"]),
    st.binary(max_size=80),
)


@given(HOSTILE, st.integers(1, 4))
def test_whatever_comes_is_taken_or_refused_by_name(answer: bytes, count: int) -> None:
    for parse in (
        lambda: parse_polling(answer),
        lambda: parse_system_codes(answer, IDM),
        lambda: parse_write(answer, IDM),
        lambda: parse_read(answer, IDM, count),
    ):
        try:
            parse()
        except (GarbledAnswerError, CommandRefusedError):
            continue
        assert answer[0] == len(answer)
    if answer[:2] == bytes((12 + 16 * count + 1, 7)):
        assert all(len(block) == 16 for block in _blocks(answer, count))


def _blocks(answer: bytes, count: int) -> tuple[bytes, ...]:
    try:
        return parse_read(answer, IDM, count)
    except (GarbledAnswerError, CommandRefusedError):
        return ()
