"""What the centre says of a policy, signed: pointers, offers, and the parts that bring what is not inside them.

Three versions to offer, each with fewer cards than the one before, and the cache of a box that takes them.
"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from contract.policy import PolicyOffer, PolicyPointer, encode_part, make_offer
from contract.policy_snapshot import encode_change, encode_snapshot
from domain.access.change import diff_policies
from domain.access.outcomes import Outcome, choose_outcomes
from domain.access.policy import Credential, PolicySnapshot
from domain.ids import CredentialToken, DeviceId, LevelId, PersonId
from domain.verdict import Granted
from readers.policy_cache import HeldPolicy, PolicyCache
from tests.readers.cases import CENTRE_KEY, DEVICE, NOW, name_of, policy

Offered = tuple[PolicyOffer, bytes]
"""An offer and the packed bytes that it names."""


def pointer(version: int, *, confirmed_at: datetime = NOW, device: DeviceId = DEVICE) -> PolicyPointer:
    return PolicyPointer(device=device, policy_version=version, confirmed_at=confirmed_at).signed(CENTRE_KEY)


def offer_bytes(content: bytes, from_version: int, version: int, *, device: DeviceId = DEVICE) -> Offered:
    """Offer any bytes, as only the centre could."""
    offer, packed = make_offer(device, from_version, version, content)
    return offer.signed(CENTRE_KEY), packed


def outcomes_of(policy: PolicySnapshot) -> tuple[Outcome, ...]:
    return choose_outcomes(policy, list(policy.credentials)[:40], NOW)


def offer_whole(policy: PolicySnapshot, *, outcomes: tuple[Outcome, ...] | None = None) -> Offered:
    content = encode_snapshot(policy, outcomes_of(policy) if outcomes is None else outcomes)
    return offer_bytes(content, 0, policy.version)


def offer_change(
    before: PolicySnapshot, after: PolicySnapshot, *, outcomes: tuple[Outcome, ...] | None = None
) -> Offered:
    content = encode_change(diff_policies(before, after), outcomes_of(after) if outcomes is None else outcomes)
    return offer_bytes(content, before.version, after.version)


def give(cache: PolicyCache, offered: Offered, *, point: PolicyPointer | None = None) -> HeldPolicy:
    """Bring an offer with all of its parts into a cache, after its pointer."""
    offer, packed = offered
    cache.confirm(point or pointer(offer.policy_version))
    cache.begin(offer)
    for number in range(offer.parts):
        cache.store(number, encode_part(offer.digest, number, packed)[36:])
    return cache.take()


def revoked(version: int, *names: str) -> PolicySnapshot:
    """The usual policy with some cards taken away."""
    whole = policy(version)
    gone = {name_of(name) for name in names}
    return replace(whole, credentials={name: held for name, held in whole.credentials.items() if name not in gone})


def crowded(version: int, cards: int = 12_345) -> PolicySnapshot:
    """The usual policy with many other cards."""
    staff = (LevelId("staff"),)
    many = {CredentialToken(f"{n * 7919:032x}"): Credential(PersonId(f"s{n}"), staff) for n in range(cards)}
    return replace(policy(version), credentials=many)


V3, V4, V5 = policy(3), revoked(4, "anna"), revoked(5, "anna", "guest")


def lying(policy_to_send: PolicySnapshot) -> Offered:
    """A policy with an outcome that the centre must have reached by other rules."""
    first, *rest = outcomes_of(policy_to_send)
    return offer_whole(policy_to_send, outcomes=(replace(first, verdict=Granted("staff")), *rest))


def again(tmp_path: Path) -> PolicyCache:
    """Open the box's cache as its next start does."""
    return PolicyCache(tmp_path, DEVICE, CENTRE_KEY.public_key())


def loaded(tmp_path: Path) -> PolicySnapshot:
    held = again(tmp_path).load()
    assert held is not None
    return held.snapshot
