"""The policy on the edge's disk: only a newer, whole and rightly signed one takes the place of the one held."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.policy import PolicyPointer
from contract.policy_snapshot import encode_snapshot
from domain.access.policy import Credential, CredentialStatus, PolicySnapshot
from domain.ids import CredentialToken, DeviceId, LevelId, PersonId
from readers.packed_credentials import PackedCredentials
from readers.policy_cache import PolicyCache, PolicyRefusedError
from tests.readers.cases import CENTRE_KEY, DEVICE, NOW, pointer, policy

V3, V4 = policy(3), policy(4)


def serve(*snapshots: PolicySnapshot) -> Callable[[int, BinaryIO], None]:
    held = {snapshot.version: encode_snapshot(snapshot) for snapshot in snapshots}

    def fetch(version: int, file: BinaryIO) -> None:
        file.write(held[version])

    return fetch


def cannot(version: int, file: BinaryIO) -> None:
    raise OSError("no route")


@pytest.fixture
def cache(tmp_path: Path) -> PolicyCache:
    opened = PolicyCache(tmp_path, DEVICE, CENTRE_KEY.public_key())
    opened.take_pointer(pointer(V3).encoded(), serve(V3))
    return opened


def again(tmp_path: Path) -> PolicyCache:
    return PolicyCache(tmp_path, DEVICE, CENTRE_KEY.public_key())


def test_nothing_is_held_at_first(tmp_path: Path) -> None:
    assert again(tmp_path).load() is None


def test_a_policy_survives_a_restart(cache: PolicyCache, tmp_path: Path) -> None:
    held = again(tmp_path).load()
    assert held is not None
    assert held.snapshot == V3
    assert held.confirmed_at == NOW


def test_a_newer_one_takes_its_place_and_the_old_file_goes(cache: PolicyCache, tmp_path: Path) -> None:
    held = cache.take_pointer(pointer(V4).encoded(), serve(V4))
    assert held is not None
    assert held.snapshot.version == 4
    assert sorted(file.name for file in tmp_path.iterdir()) == ["policy-4.ndjson", "policy.json"]


def resigned(snapshot: PolicySnapshot, **changes: object) -> PolicyPointer:
    return pointer(snapshot).model_copy(update=changes).signed(CENTRE_KEY)


REFUSED = {
    "older": (pointer(policy(2)).encoded(), serve(policy(2))),
    "not json": (b"{", serve(V4)),
    "unsigned": (pointer(V4).model_copy(update={"signature": None}).encoded(), serve(V4)),
    "signed by another": (pointer(V4).signed(Ed25519PrivateKey.from_private_bytes(b"x" * 32)).encoded(), serve(V4)),
    "changed after signing": (
        pointer(V4).model_copy(update={"policy_version": 9}).encoded(),
        serve(replace(V4, version=9)),
    ),
    "another device's": (pointer(V4, device=DeviceId("east-1")).encoded(), serve(V4)),
    "half": (pointer(V4).encoded(), lambda _v, file: file.write(encode_snapshot(V4)[:-20])),
    "empty": (pointer(V4).encoded(), lambda _v, _file: None),
    "other bytes of equal length": (
        pointer(V4).encoded(),
        lambda _v, file: file.write(encode_snapshot(V4).replace(b"s0001", b"s0002")),
    ),
    "another version inside": (resigned(policy(3), policy_version=4).encoded(), lambda _v, file: serve(V3)(3, file)),
    "same version, other content": (resigned(V3, digest="0" * 64).encoded(), serve(V3)),
    "too long": (resigned(V4, size=10**12).encoded(), serve(V4)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_must_not_replace_it_does_not(cache: PolicyCache, tmp_path: Path, case: str) -> None:
    payload, fetch = REFUSED[case]
    with pytest.raises(PolicyRefusedError):
        cache.take_pointer(payload, fetch)
    assert cache.held is not None
    assert cache.held.snapshot == V3
    held = again(tmp_path).load()
    assert held is not None
    assert held.snapshot == V3
    assert not list(tmp_path.glob("*.part"))


def test_a_broken_line_changes_nothing(cache: PolicyCache, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no route"):
        cache.take_pointer(pointer(V4).encoded(), cannot)
    held = again(tmp_path).load()
    assert held is not None
    assert held.snapshot == V3


def test_confirmation_moves_forward_only_and_needs_no_fetch(cache: PolicyCache) -> None:
    later = pointer(V3, confirmed_at=NOW + timedelta(seconds=30)).encoded()
    held = cache.take_pointer(later, cannot)
    assert held is not None
    assert held.confirmed_at == NOW + timedelta(seconds=30)
    assert cache.take_pointer(later, cannot) is None
    assert cache.take_pointer(pointer(V3).encoded(), cannot) is None
    assert cache.held == held


def test_confirmation_is_written_down_now_and_then(cache: PolicyCache, tmp_path: Path) -> None:
    for seconds, kept in ((30, 0), (59, 0), (60, 60), (100, 60), (121, 121)):
        cache.take_pointer(pointer(V3, confirmed_at=NOW + timedelta(seconds=seconds)).encoded(), cannot)
        held = again(tmp_path).load()
        assert held is not None
        assert held.confirmed_at == NOW + timedelta(seconds=kept)


@pytest.mark.parametrize("name", ["policy.json", "policy-3.ndjson"])
@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "gone"])
def test_a_damaged_file_is_not_believed_and_a_new_pointer_mends_it(
    cache: PolicyCache, tmp_path: Path, name: str, damage: str
) -> None:
    file = tmp_path / name
    data = bytearray(file.read_bytes())
    match damage:
        case "flip":
            data[len(data) // 2] ^= 1
        case "cut":
            del data[len(data) // 2 :]
        case "empty":
            data.clear()
    file.write_bytes(data)
    if damage == "gone":
        file.unlink()
    opened = again(tmp_path)
    if (name, damage) == ("policy.json", "gone"):
        assert opened.load() is None
    else:
        with pytest.raises(PolicyRefusedError):
            opened.load()
    assert opened.held is None
    assert opened.take_pointer(pointer(V3).encoded(), serve(V3)) is not None


def test_a_disk_that_is_full_changes_nothing(cache: PolicyCache, tmp_path: Path) -> None:
    def fills(_version: int, file: BinaryIO) -> None:
        file.write(b"x")
        raise OSError(28, os.strerror(28))

    with pytest.raises(OSError, match="No space"):
        cache.take_pointer(pointer(V4).encoded(), fills)
    assert not list(tmp_path.glob("*.part"))


CREDENTIALS = st.dictionaries(
    st.binary(min_size=16, max_size=16).map(lambda raw: CredentialToken(raw.hex())),
    st.builds(
        Credential,
        st.text("abc-0123", min_size=1, max_size=6).map(PersonId),
        st.lists(st.sampled_from("xyz").map(LevelId), max_size=2).map(tuple),
        st.sampled_from(CredentialStatus),
        st.sampled_from([None, NOW]),
    ),
    max_size=20,
)


@given(CREDENTIALS, st.binary(min_size=16, max_size=16).map(lambda raw: CredentialToken(raw.hex())))
def test_packed_credentials_equal_what_they_were_packed_from(
    credentials: dict[CredentialToken, Credential], stranger: CredentialToken
) -> None:
    packed = PackedCredentials()
    packed.add(credentials)
    assert dict(packed) == credentials
    assert packed.get(stranger) == credentials.get(stranger)
    assert packed.get(CredentialToken("no hex")) is None
    assert packed.get(CredentialToken("ab")) is None


def test_cards_out_of_order_are_refused() -> None:
    packed = PackedCredentials()
    holder = Credential(PersonId("s1"), ())
    packed.add({CredentialToken("5" * 32): holder})
    for token in ("4" * 32, "5" * 32):
        with pytest.raises(ValueError, match="order"):
            packed.add({CredentialToken(token): holder})


def test_a_snapshot_of_many_cards_is_read_in_lots(tmp_path: Path) -> None:
    many = {f"card-{number}": Credential(PersonId(f"s{number}"), (LevelId("staff"),)) for number in range(12_345)}
    snapshot = policy(5, **many)
    opened = again(tmp_path)
    assert opened.take_pointer(pointer(snapshot).encoded(), serve(snapshot)) is not None
    assert opened.held is not None
    assert opened.held.snapshot == snapshot


def test_a_lost_snapshot_is_no_way_back_to_an_older_version(cache: PolicyCache, tmp_path: Path) -> None:
    cache.take_pointer(pointer(V4).encoded(), serve(V4))
    (tmp_path / "policy-4.ndjson").write_bytes(b"")
    reopened = again(tmp_path)
    with pytest.raises(PolicyRefusedError, match="does not hash"):
        reopened.load()
    with pytest.raises(PolicyRefusedError, match="older than 4"):
        reopened.take_pointer(pointer(V3).encoded(), serve(V3))
    held = reopened.take_pointer(pointer(V4).encoded(), serve(V4))
    assert held is not None
    assert held.snapshot == V4
