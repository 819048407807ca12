"""What must not take the place of the policy held: only a newer, whole and rightly signed one does."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.policy import POLICY_BYTES_MAX
from contract.policy_snapshot import encode_change, encode_snapshot
from domain.access.change import diff_policies
from domain.ids import DeviceId
from readers import policy_files
from readers.policy_cache import PolicyCache
from readers.policy_files import PolicyRefusedError, unpack_lines
from tests.readers.cases import CENTRE_KEY, policy
from tests.readers.offered import (
    V3,
    V4,
    V5,
    Offered,
    give,
    loaded,
    lying,
    offer_bytes,
    offer_change,
    offer_whole,
    pointer,
)


def tampered(offered: Offered, **changes: object) -> Offered:
    return offered[0].model_copy(update=changes), offered[1]


def resigned(offered: Offered, **changes: object) -> Offered:
    return offered[0].model_copy(update=changes).signed(CENTRE_KEY), offered[1]


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
