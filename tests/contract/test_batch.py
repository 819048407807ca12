"""The envelope under Hypothesis: what was signed comes back, and nothing else does."""

from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.batch import BYTES_MAX, RECORDS_MAX, Batch, decode_batch, encode_batch, verify_batch
from contract.chain import chain_start
from contract.errors import Fault, MalformedMessageError
from contract.signatures import ForgedMessageError
from domain.ids import ID_PATTERN, DeviceId
from tests.contract.messages import CENTRE_KEY, DEVICE_KEY, golden_batch

lines = st.lists(st.binary(max_size=60).filter(lambda line: b"\n" not in line), min_size=1, max_size=12)
devices = st.from_regex(ID_PATTERN, fullmatch=True).map(DeviceId)
numbers = st.integers(1, 2**53 - 1)


@dataclass(frozen=True)
class Sent:
    device: DeviceId
    epoch: int
    first_seq: int
    lines: list[bytes]
    payload: bytes


@st.composite
def sent_batches(draw: st.DrawFn) -> Sent:
    device, epoch, first_seq, records = draw(devices), draw(numbers), draw(numbers), draw(lines)
    payload = encode_batch(
        DEVICE_KEY,
        device=device,
        epoch=epoch,
        first_seq=first_seq,
        previous=draw(st.binary(min_size=32, max_size=32)),
        lines=records,
        mode=draw(st.sampled_from(["live", "catch_up"])),
    )
    return Sent(device, epoch, first_seq, records, payload)


def accept(payload: bytes) -> Batch | None:
    """Give what a reader of the payload believes, None when it refuses; anything else raised is a bug."""
    try:
        return verify_batch(decode_batch(payload), DEVICE_KEY.public_key())
    except (MalformedMessageError, ForgedMessageError):
        return None


@given(sent_batches())
def test_what_was_sent_comes_back(sent: Sent) -> None:
    batch = accept(sent.payload)
    assert batch is not None
    assert list(batch.lines) == sent.lines
    assert (batch.header.device, batch.header.epoch, batch.header.first_seq) == (
        sent.device,
        sent.epoch,
        sent.first_seq,
    )
    assert batch.last_seq == sent.first_seq + len(sent.lines) - 1
    assert len(batch.hashes) == len(sent.lines)


@given(sent_batches(), st.data())
def test_a_changed_byte_is_noticed(sent: Sent, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(sent.payload) - 1))
    other = data.draw(st.integers(1, 255))
    changed = bytearray(sent.payload)
    changed[index] ^= other
    assert accept(bytes(changed)) is None


def test_every_single_bit_of_a_batch_counts() -> None:
    payload = golden_batch()
    believed = []
    for position in range(len(payload) * 8):
        changed = bytearray(payload)
        changed[position // 8] ^= 1 << position % 8
        if accept(bytes(changed)) is not None:
            believed.append(position)
    assert believed == []


@given(sent_batches(), st.data())
def test_a_cut_is_noticed(sent: Sent, data: st.DataObject) -> None:
    assert accept(sent.payload[: data.draw(st.integers(0, len(sent.payload) - 1))]) is None


@given(sent_batches(), st.binary(min_size=1, max_size=20))
def test_an_addition_is_noticed(sent: Sent, more: bytes) -> None:
    assert accept(sent.payload + more) is None
    assert accept(sent.payload + b"\n" + more) is None


@given(sent_batches(), st.randoms(use_true_random=False))
def test_another_order_is_noticed(sent: Sent, random: Random) -> None:
    header, *records = sent.payload.split(b"\n")
    shuffled = records.copy()
    random.shuffle(shuffled)
    believed = accept(b"\n".join([header, *shuffled]))
    assert (believed is not None) == (shuffled == records)


@given(sent_batches(), sent_batches())
def test_a_header_serves_for_no_other_records(one: Sent, other: Sent) -> None:
    header = one.payload.split(b"\n")[0]
    records = other.payload.split(b"\n")[1:]
    believed = accept(b"\n".join([header, *records]))
    assert believed is None or list(believed.lines) == one.lines


@given(st.binary(max_size=400))
def test_noise_is_refused_in_words(payload: bytes) -> None:
    assert accept(payload) is None


@given(sent_batches())
def test_another_key_is_noticed(sent: Sent) -> None:
    with pytest.raises(ForgedMessageError):
        verify_batch(decode_batch(sent.payload), CENTRE_KEY.public_key())


def batch_of(records: list[bytes]) -> bytes:
    device = DeviceId("west-1")
    return encode_batch(
        DEVICE_KEY,
        device=device,
        epoch=1,
        first_seq=1,
        previous=chain_start(device, 1),
        lines=records,
        mode="live",
    )


def test_the_largest_size_passes_and_one_byte_more_does_not() -> None:
    room = BYTES_MAX - len(batch_of([b""]))
    assert accept(batch_of([b"x" * room])) is not None
    with pytest.raises(MalformedMessageError) as refused:
        decode_batch(batch_of([b"x" * (room + 1)]))
    assert refused.value.fault is Fault.oversize


def test_the_most_records_pass_and_one_more_cannot_be_written() -> None:
    assert accept(batch_of([b"{}"] * RECORDS_MAX)) is not None
    with pytest.raises(ValueError, match="count"):
        batch_of([b"{}"] * (RECORDS_MAX + 1))
    header, *records = batch_of([b"{}"] * RECORDS_MAX).split(b"\n")
    more = header.replace(b'"count":500', b'"count":501')
    with pytest.raises(MalformedMessageError, match="count"):
        decode_batch(b"\n".join([more, *records, b"{}"]))
