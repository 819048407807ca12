"""A key's label: what is written comes back, everything else is refused with a reason; it fits a small QR."""

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import Fault, MalformedMessageError
from contract.key_labels import PREFIX, TEXT_CHARACTERS_MAX, decode_key_label, encode_key_label
from domain.ids import is_id


@given(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,62}", fullmatch=True))
def test_what_is_written_comes_back(copy_id: str) -> None:
    text = encode_key_label(copy_id)
    assert len(text) <= TEXT_CHARACTERS_MAX
    assert decode_key_label(text) == copy_id


@given(st.text(max_size=120))
def test_nothing_else_is_a_label(text: str) -> None:
    try:
        copy_id = decode_key_label(text)
    except MalformedMessageError:
        return
    assert is_id(copy_id)
    assert encode_key_label(copy_id) == text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.malformed),
        (PREFIX, Fault.malformed),
        (PREFIX + "hall-1", Fault.malformed),
        (PREFIX + "HALL 1", Fault.malformed),
        (PREFIX.lower() + "HALL-1", Fault.malformed),
        ("SEKISHO:KEY:2:HALL-1", Fault.future_version),
        (PREFIX + "X" * 64, Fault.oversize),
    ],
)
def test_a_wrong_text_says_why(text: str, fault: Fault) -> None:
    with pytest.raises(MalformedMessageError) as told:
        decode_key_label(text)
    assert told.value.fault is fault


def test_a_wrong_id_is_not_written() -> None:
    with pytest.raises(ValueError, match="no id"):
        encode_key_label("Ä")


def test_a_label_is_small_enough_for_a_tag() -> None:
    drawn = segno.make_qr(encode_key_label("hall-0001"))
    assert drawn.mode == "alphanumeric"
    assert int(drawn.version) <= 2
