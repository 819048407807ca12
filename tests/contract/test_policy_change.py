"""What a controller is given: its own names for cards, packed offers, parts, and changes that read back."""

from dataclasses import replace
from random import Random
from zlib import decompress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.errors import MalformedMessageError
from contract.policy import INSIDE_BYTES_MAX, PART_BYTES, decode_part, encode_part, make_offer
from contract.policy_reading import read_change, read_policy
from contract.policy_snapshot import encode_change, encode_snapshot
from contract.tokens import DeviceTokens, derive_device_key
from domain.access.change import diff_policies
from domain.access.outcomes import choose_outcomes, find_difference
from domain.access.policy import Level, PolicySnapshot
from domain.ids import CredentialToken, DeviceId, LevelId
from tests.contract.messages import SNAPSHOT
from tests.domain.access.policies import START, policies

WEST = DeviceTokens(derive_device_key(bytes(32), DeviceId("west-1")))
EAST = DeviceTokens(derive_device_key(bytes(32), DeviceId("east-1")))
tokens = st.binary(min_size=16, max_size=16).map(lambda raw: CredentialToken(raw.hex()))


@given(st.lists(tokens, max_size=20))
def test_names_turn_back_and_differ_by_device(some: list[CredentialToken]) -> None:
    assert WEST.resolve(WEST.name(some)) == some
    assert all(one != other for one, other in zip(WEST.name(some), EAST.name(some), strict=True))


@given(policies())
@settings(max_examples=40)
def test_a_renamed_policy_reads_back_and_reproduces_its_outcomes(policy: PolicySnapshot) -> None:
    outcomes = choose_outcomes(policy, policy.credentials.keys(), START)
    read = read_policy(encode_snapshot(policy, outcomes, WEST.name).split(b"\n"))
    assert dict(zip(WEST.resolve(list(read.policy.credentials)), read.policy.credentials.values(), strict=True)) == (
        policy.credentials
    )
    assert list(read.policy.credentials) == sorted(read.policy.credentials)
    assert find_difference(read.policy, read.outcomes) is None


@given(policies(1), policies(2))
@settings(max_examples=40)
def test_a_change_reads_back(before: PolicySnapshot, after: PolicySnapshot) -> None:
    change = diff_policies(before, after)
    assert read_change(encode_change(change).split(b"\n"), before).change == change


def test_a_change_takes_no_level_away() -> None:
    fewer = replace(SNAPSHOT, version=8, levels={}, credentials={})
    with pytest.raises(MalformedMessageError, match="may not take levels away: opener, shelter, staff"):
        read_change(encode_change(diff_policies(SNAPSHOT, fewer)).split(b"\n"), SNAPSHOT)


def test_a_change_without_structure_brings_none() -> None:
    more = replace(SNAPSHOT, version=8, levels={**SNAPSHOT.levels, LevelId("new"): Level(LevelId("new"), {})})
    data = encode_change(diff_policies(SNAPSHOT, more)).replace(b'"structure":true', b'"structure":false')
    with pytest.raises(MalformedMessageError, match="none are announced"):
        read_change(data.split(b"\n"), SNAPSHOT)


@pytest.mark.parametrize("size", [1, INSIDE_BYTES_MAX, 3 * PART_BYTES + 1])
def test_an_offer_and_its_parts_bring_the_content(size: int) -> None:
    content = Random(size).randbytes(size)  # it does not get smaller by packing
    offer, packed = make_offer("west-1", 0, 7, content)
    if offer.parts:
        parts = [decode_part(encode_part(offer.digest, number, packed)) for number in range(offer.parts)]
        assert {part.digest for part in parts} == {offer.digest}
        assert b"".join(part.data for part in parts) == packed
    else:
        assert offer.inside_bytes() == packed
    assert decompress(packed) == content
    assert (offer.size, offer.unpacked_size) == (len(packed), len(content))


@pytest.mark.parametrize("payload", [b"", bytes(36), bytes(37 + PART_BYTES)])
def test_no_part(payload: bytes) -> None:
    with pytest.raises(MalformedMessageError, match="policy part"):
        decode_part(payload)
