"""The policy on the edge's disk: only a newer, whole and rightly signed one takes the place of the one held."""

import errno
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.policy import POLICY_BYTES_MAX
from contract.policy_snapshot import encode_change, encode_snapshot
from domain.access.change import LayeredCredentials, diff_policies
from domain.access.policy import Credential, CredentialStatus, Level, PolicySnapshot
from domain.ids import AccessPointId, CredentialToken, DeviceId, LevelId, PersonId
from domain.verdict import Granted
from readers import policy_cache, policy_files
from readers.policy_cache import PolicyCache
from readers.policy_files import PolicyRefusedError, unpack_lines
from tests.domain.access.policies import policies
from tests.readers.cases import CENTRE_KEY, DEVICE, IN, NOW, name_of, policy
from tests.readers.offered import Offered, give, offer_bytes, offer_change, offer_whole, outcomes_of, pointer

STAFF = (LevelId("staff"),)


def revoked(version: int, *names: str) -> PolicySnapshot:
    """The usual policy with some cards taken away."""
    whole = policy(version)
    gone = {name_of(name) for name in names}
    return replace(whole, credentials={name: held for name, held in whole.credentials.items() if name not in gone})


def crowded(version: int, cards: int = 12_345) -> PolicySnapshot:
    many = {CredentialToken(f"{n * 7919:032x}"): Credential(PersonId(f"s{n}"), STAFF) for n in range(cards)}
    return replace(policy(version), credentials=many)


V3, V4, V5 = policy(3), revoked(4, "anna"), revoked(5, "anna", "guest")


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[PolicyCache]:
    opened = again(tmp_path)
    give(opened, offer_whole(V3))
    yield opened
    opened.drop()


def again(tmp_path: Path) -> PolicyCache:
    return PolicyCache(tmp_path, DEVICE, CENTRE_KEY.public_key())


def loaded(tmp_path: Path) -> PolicySnapshot:
    held = again(tmp_path).load()
    assert held is not None
    return held.snapshot


def test_nothing_is_held_at_first(tmp_path: Path) -> None:
    assert again(tmp_path).load() is None


def test_a_policy_survives_a_restart(cache: PolicyCache, tmp_path: Path) -> None:
    held = again(tmp_path).load()
    assert held is not None
    assert (held.snapshot, held.confirmed_at, held.changes) == (V3, NOW, 0)


def test_a_newer_one_takes_its_place_and_the_old_file_goes(cache: PolicyCache, tmp_path: Path) -> None:
    assert give(cache, offer_whole(V4)).snapshot == V4
    assert sorted(file.name for file in tmp_path.iterdir()) == ["policy-4.offer", "policy.json"]


def test_changes_lead_on_and_survive_a_restart(cache: PolicyCache, tmp_path: Path) -> None:
    assert give(cache, offer_change(V3, V4)).snapshot == V4
    held = give(cache, offer_change(V4, V5))
    assert (held.snapshot, held.changes) == (V5, 2)
    assert {file.name for file in tmp_path.iterdir()} == {
        "policy.json",
        "policy-3.offer",
        "change-3-4.offer",
        "change-4-5.offer",
    }
    assert again(tmp_path).load() == held
    give(cache, offer_whole(policy(6)))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["policy-6.offer", "policy.json"]


@given(st.lists(policies(), min_size=2, max_size=5))
def test_any_changes_lead_where_the_whole_would(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[PolicySnapshot]
) -> None:
    folder = tmp_path_factory.mktemp("policy")
    cache, steps = again(folder), [replace(each, version=number) for number, each in enumerate(drawn, start=1)]
    give(cache, offer_whole(steps[0]))
    for before, after in pairwise(steps):
        give(cache, offer_change(before, after))
        assert cache.held is not None
        assert cache.held.snapshot == after
    assert loaded(folder) == steps[-1]


def test_a_policy_larger_than_its_offer_comes_in_parts(tmp_path: Path) -> None:
    many = crowded(5)
    tokens = {CredentialToken(os.urandom(16).hex()): held for held in many.credentials.values()}
    many = replace(many, credentials=tokens)
    offered = offer_whole(many)
    assert offered[0].parts > 1
    give(again(tmp_path), offered)
    assert loaded(tmp_path) == many


def tampered(offered: Offered, **changes: object) -> Offered:
    return offered[0].model_copy(update=changes), offered[1]


def resigned(offered: Offered, **changes: object) -> Offered:
    return offered[0].model_copy(update=changes).signed(CENTRE_KEY), offered[1]


def lying(policy_to_send: PolicySnapshot) -> Offered:
    """A policy with an outcome that the centre must have reached by other rules."""
    first, *rest = outcomes_of(policy_to_send)
    return offer_whole(policy_to_send, outcomes=(replace(first, verdict=Granted("staff")), *rest))


def taking_away(level: str) -> Offered:
    """A change that takes a level away, which cards that it does not name may hold."""
    after = replace(V4, levels={name: held for name, held in V4.levels.items() if name != level})
    return offer_change(V3, after, outcomes=())


REFUSED: dict[str, Callable[[], Offered]] = {
    "older": lambda: offer_whole(policy(2)),
    "from another version": lambda: offer_change(policy(2), V4),
    "half": lambda: resigned(offer_bytes(encode_snapshot(V4)[:-20], 0, 4)),
    "packed half": lambda: resigned(offer_whole(V4), unpacked_size=10**6),
    "empty": lambda: offer_bytes(b"\n", 0, 4),
    "of another digest": lambda: resigned(offer_whole(V4), digest="0" * 64),
    "unpacking to more than was signed": lambda: resigned(offer_whole(V4), unpacked_size=100),
    "not packed": lambda: resigned(offer_whole(V4), inside="AAAA"),
    "not base64": lambda: resigned(offer_whole(V4), inside="AAAAA"),
    "another version inside": lambda: offer_bytes(encode_snapshot(V3), 0, 4),
    "another step inside": lambda: offer_bytes(encode_change(diff_policies(V4, V5)), 3, 4),
    "a change as the whole": lambda: offer_bytes(encode_change(diff_policies(V3, V4)), 0, 4),
    "the whole as a change": lambda: offer_bytes(encode_snapshot(V4), 3, 4),
    "other outcomes": lambda: lying(V4),
    "a change that takes a level away": lambda: taking_away("guest"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_must_not_replace_it_does_not(cache: PolicyCache, tmp_path: Path, case: str) -> None:
    with pytest.raises(PolicyRefusedError):
        give(cache, REFUSED[case](), point=pointer(4))
    assert cache.held is not None
    assert cache.held.snapshot == V3
    assert loaded(tmp_path) == V3
    assert not list(tmp_path.glob("*.part"))
    assert give(cache, offer_whole(V4)).snapshot == V4


FORGED = {
    "not json": b"{",
    "unsigned": tampered(offer_whole(V4), signature=None)[0].encoded(),
    "signed by another": offer_whole(V4)[0].signed(Ed25519PrivateKey.from_private_bytes(b"x" * 32)).encoded(),
    "changed after signing": tampered(offer_whole(V4), policy_version=9)[0].encoded(),
    "another device's": resigned(offer_whole(V4), device=DeviceId("east-1"))[0].encoded(),
    "too long": offer_whole(V4)[0]
    .model_copy(update={"size": POLICY_BYTES_MAX + 1, "inside": None})
    .signed(CENTRE_KEY)
    .encoded(),
    "a pointer": pointer(4).encoded(),
}


@pytest.mark.parametrize("case", FORGED)
def test_an_offer_that_the_centre_did_not_make_so_is_refused(cache: PolicyCache, case: str) -> None:
    with pytest.raises(PolicyRefusedError):
        cache.read_offer(FORGED[case])


def test_a_pointer_that_the_centre_did_not_make_so_is_refused(cache: PolicyCache) -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    east = pointer(4, device=DeviceId("east-1"))
    for payload in (b"{", pointer(4).signed(other).encoded(), east.encoded(), offer_whole(V4)[0].encoded()):
        with pytest.raises(PolicyRefusedError):
            cache.read_pointer(payload)


def test_what_does_not_reproduce_its_outcomes_is_named(cache: PolicyCache) -> None:
    with pytest.raises(PolicyRefusedError, match="version 4 does not reproduce main-in: staff"):
        give(cache, lying(V4))


def test_confirmation_moves_forward_only(cache: PolicyCache) -> None:
    later = pointer(3, confirmed_at=NOW + timedelta(seconds=30))
    held = cache.confirm(later)
    assert held is not None
    assert held.confirmed_at == NOW + timedelta(seconds=30)
    assert cache.confirm(later) is None
    assert cache.confirm(pointer(3)) is None
    assert cache.held == held


def test_a_pointer_to_another_version_confirms_nothing(cache: PolicyCache) -> None:
    assert cache.confirm(pointer(4, confirmed_at=NOW + timedelta(hours=1))) is None
    assert cache.held is not None
    assert cache.held.confirmed_at == NOW
    with pytest.raises(PolicyRefusedError, match="older than 4"):
        cache.confirm(pointer(3, confirmed_at=NOW + timedelta(hours=2)))


def test_confirmation_is_written_down_now_and_then(cache: PolicyCache, tmp_path: Path) -> None:
    for seconds, kept in ((30, 0), (59, 0), (60, 60), (100, 60), (121, 121)):
        cache.confirm(pointer(3, confirmed_at=NOW + timedelta(seconds=seconds)))
        cache.keep_confirmation()
        held = again(tmp_path).load()
        assert held is not None
        assert held.confirmed_at == NOW + timedelta(seconds=kept)


def test_a_change_before_its_pointer_is_confirmed_by_the_last_one(cache: PolicyCache, tmp_path: Path) -> None:
    cache.confirm(pointer(3, confirmed_at=NOW + timedelta(seconds=20)))
    cache.begin(offer_change(V3, V4)[0])
    held = cache.take()
    assert (held.snapshot, held.confirmed_at) == (V4, NOW + timedelta(seconds=20))
    assert again(tmp_path).load() == held
    assert cache.confirm(pointer(3, confirmed_at=NOW + timedelta(seconds=40))) is None, "a heartbeat on the way"
    confirmed = cache.confirm(pointer(4, confirmed_at=NOW + timedelta(seconds=41)))
    assert confirmed is not None
    cache.keep_confirmation()
    assert again(tmp_path).load() == confirmed


def test_a_step_on_the_way_is_taken_and_confirmed_by_nothing_new(cache: PolicyCache, tmp_path: Path) -> None:
    cache.confirm(pointer(5, confirmed_at=NOW + timedelta(minutes=5)))
    cache.begin(offer_change(V3, V4)[0])
    held = cache.take()
    assert (held.snapshot, held.confirmed_at) == (V4, NOW)
    assert again(tmp_path).load() == held
    cache.begin(offer_change(V4, V5)[0])
    assert cache.take().confirmed_at == NOW + timedelta(minutes=5)


def damage(file: Path, how: str) -> None:
    data = bytearray(file.read_bytes())
    match how:
        case "flip":
            data[len(data) // 2] ^= 1
        case "cut":
            del data[len(data) // 2 :]
        case "empty":
            data.clear()
    file.write_bytes(data)
    if how == "gone":
        file.unlink()


@pytest.mark.parametrize("name", ["policy.json", "policy-3.offer", "change-3-4.offer"])
@pytest.mark.parametrize("how", ["flip", "cut", "empty", "gone"])
def test_a_damaged_file_is_not_believed_and_a_new_offer_mends_it(
    cache: PolicyCache, tmp_path: Path, name: str, how: str
) -> None:
    give(cache, offer_change(V3, V4))
    damage(tmp_path / name, how)
    opened = again(tmp_path)
    if (name, how) == ("policy.json", "gone"):
        assert opened.load() is None
    else:
        with pytest.raises(PolicyRefusedError):
            opened.load()
    assert opened.held is None
    assert give(opened, offer_whole(V4)).snapshot == V4
    assert loaded(tmp_path) == V4


def test_a_flipped_bit_anywhere_is_never_taken_for_another_policy(cache: PolicyCache, tmp_path: Path) -> None:
    give(cache, offer_change(V3, V4))
    file = tmp_path / "change-3-4.offer"
    whole = file.read_bytes()
    for at in range(0, len(whole), 37):
        file.write_bytes(whole[:at] + bytes((whole[at] ^ 4,)) + whole[at + 1 :])
        with pytest.raises(PolicyRefusedError):
            again(tmp_path).load()


def test_versions_cut_off_in_the_pointers_file_are_noticed(cache: PolicyCache, tmp_path: Path) -> None:
    give(cache, offer_change(V3, V4))
    kept = json.loads((tmp_path / "policy.json").read_text())
    (tmp_path / "policy.json").write_text(json.dumps({**kept, "versions": [3]}))
    with pytest.raises(PolicyRefusedError, match="ends before"):
        again(tmp_path).load()


def test_a_lost_file_is_no_way_back_to_an_older_version(cache: PolicyCache, tmp_path: Path) -> None:
    give(cache, offer_whole(V4))
    (tmp_path / "policy-4.offer").write_bytes(b"")
    reopened = again(tmp_path)
    with pytest.raises(PolicyRefusedError):
        reopened.load()
    with pytest.raises(PolicyRefusedError, match="older than 4"):
        reopened.confirm(pointer(3))
    reopened.begin(offer_whole(V3)[0])
    with pytest.raises(PolicyRefusedError, match="does not stand by version 3"):
        reopened.take()
    assert give(reopened, offer_whole(V4)).snapshot == V4


def test_without_any_pointer_nothing_is_taken(tmp_path: Path) -> None:
    opened = again(tmp_path)
    opened.begin(offer_whole(V3)[0])
    with pytest.raises(PolicyRefusedError, match="does not stand by"):
        opened.take()


@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_disk_that_refuses_changes_nothing(
    cache: PolicyCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(*((os, "fsync") if call == "fsync" else (Path, "rename")), refuse)
        with pytest.raises(OSError, match="No space"):
            give(cache, offer_change(V3, V4))
    assert not list(tmp_path.glob("*.part"))
    assert cache.held is not None
    assert cache.held.snapshot == loaded(tmp_path) == V3
    assert give(cache, offer_change(V3, V4)).snapshot == V4


def test_many_changes_make_it_long(cache: PolicyCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_cache, "CHANGES_MAX", 5)
    for version in range(4, 9):
        assert cache.held is not None
        assert not cache.held.is_long
        give(cache, offer_change(replace(V3, version=version - 1), replace(V3, version=version)))
    assert cache.held is not None
    assert cache.held.is_long
    held = give(cache, offer_whole(replace(V3, version=8)))
    assert not held.is_long
    assert again(tmp_path).load() == held
    assert sorted(file.name for file in tmp_path.iterdir()) == ["policy-8.offer", "policy.json"]


def test_many_changed_cards_make_it_long(cache: PolicyCache) -> None:
    held = give(cache, offer_change(V3, crowded(4, 6_000)))
    assert held.is_long
    assert isinstance(held.snapshot.credentials, LayeredCredentials)


def test_a_structure_comes_with_a_change(cache: PolicyCache, tmp_path: Path) -> None:
    wider = replace(
        V4, levels={**V4.levels, LevelId("new"): Level(LevelId("new"), {AccessPointId(IN): next(iter(V4.schedules))})}
    )
    assert give(cache, offer_change(V3, wider)).snapshot == wider
    assert loaded(tmp_path) == wider


@given(st.binary(max_size=2000), st.integers(1, 3000))
def test_unpacking_holds_to_its_bounds(data: bytes, size: int) -> None:
    try:
        lines = list(unpack_lines([data[:7], data[7:]], size))
    except PolicyRefusedError:
        return
    assert len(b"\n".join(lines)) <= size


def test_a_line_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch, cache: PolicyCache) -> None:
    monkeypatch.setattr(policy_files, "LINE_BYTES_MAX", 1000)
    with pytest.raises(PolicyRefusedError, match="line of more than"):
        give(cache, offer_bytes(b"x" * 200_000, 0, 4))


def test_other_statuses_come_through(cache: PolicyCache) -> None:
    lost = replace(V3.credentials[name_of("anna")], status=CredentialStatus.lost)
    after = replace(V3, version=4, credentials={**V3.credentials, name_of("anna"): lost})
    assert give(cache, offer_change(V3, after)).snapshot.credentials[name_of("anna")] == lost


def test_without_the_whole_changes_come_to_an_end(cache: PolicyCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_cache, "VERSIONS_MAX", 2)
    give(cache, offer_change(V3, V4))
    with pytest.raises(PolicyRefusedError, match="the whole is due"):
        give(cache, offer_change(V4, V5))
    assert give(cache, offer_whole(V5)).snapshot == V5


def test_a_file_that_cannot_be_removed_is_no_trouble(cache: PolicyCache, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.unlink

    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        if path.suffix == ".offer":
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        real(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    assert give(cache, offer_whole(V4)).snapshot == V4
