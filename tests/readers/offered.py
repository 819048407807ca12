"""What the centre says of a policy, signed: pointers, offers, and the parts that bring what is not inside them."""

from datetime import datetime

from contract.policy import PolicyOffer, PolicyPointer, encode_part, make_offer
from contract.policy_snapshot import encode_change, encode_snapshot
from domain.access.change import diff_policies
from domain.access.outcomes import Outcome, choose_outcomes
from domain.access.policy import PolicySnapshot
from domain.ids import DeviceId
from readers.policy_cache import HeldPolicy, PolicyCache
from tests.readers.cases import CENTRE_KEY, DEVICE, NOW

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
