"""What can go wrong on a policy's road though every signature is right: a step left out, bytes that say otherwise."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from contract import topics
from contract.policy import PolicyOffer, make_offer
from contract.policy_snapshot import encode_change
from domain.access.change import PolicyChange, diff_policies
from domain.access.cutting import cut_change, cut_policy, cut_structure
from domain.access.outcomes import choose_outcomes
from domain.ids import DeviceId
from tests.sim import city
from tests.sim.plan import Event
from tests.sim.rulebook import Edition, policy_of
from tests.sim.timeline import SECOND

if TYPE_CHECKING:
    from tests.sim.world import World


def step_left_out(world: "World", event: Event) -> None:
    """Two editions at once, of which boxes are offered the second one's change alone; the first revoked a card."""
    before = world.rulebook.edition
    card = event.number % before.staff
    first = world.centre.publish_policy(replace(before, revoked=before.revoked | {card}), tells=False)
    if first is None:
        return
    revoked = first.revoked ^ {(card + 1) % before.staff} | {card}
    second = world.centre.publish_policy(replace(first, revoked=revoked), tells=False)
    if second is not None:
        _offer(world, {device: _offer_change(device, first, second) for device in _devices(before)})
        _tap(world, before, card, event.seconds)


def wrong_bytes(world: "World", event: Event) -> None:
    """An edition that revokes a card, and a change that forgot it: its outcomes were decided on the right policy."""
    before = world.rulebook.edition
    card = event.number % before.staff
    after = world.centre.publish_policy(replace(before, revoked=before.revoked | {card}), tells=False)
    if after is not None:
        _offer(world, {device: _offer_change(device, before, after, forgets=True) for device in _devices(before)})
        _tap(world, before, card, event.seconds)


def _devices(edition: Edition) -> list[DeviceId]:
    return [city.device_id(number) for number in range(edition.devices)]


def _offer(world: "World", offers: dict[DeviceId, PolicyOffer]) -> None:
    for device, offer in offers.items():
        world.broker.inject(topics.policy_offer(device), offer.encoded())
    world.centre.tell_policy()


def _tap(world: "World", edition: Edition, card: int, seconds: int) -> None:
    for box in world.boxes[: edition.devices]:
        world.timeline.after(seconds * SECOND, partial(box.tap, card))


def _offer_change(device: DeviceId, before: Edition, after: Edition, *, forgets: bool = False) -> PolicyOffer:
    points, boxes = [city.point(device, reader) for reader in city.READERS], city.cabinets(device)
    was, now = policy_of(before), policy_of(after)
    change: PolicyChange = cut_change(diff_policies(was, now), cut_structure(now, points, boxes), structure=False)
    outcomes = choose_outcomes(cut_policy(now, points, boxes), change.credentials.keys(), now.issued_at)
    if forgets:
        change = replace(change, credentials={})
    content = encode_change(change, outcomes, city.NAMES.of(device).name)
    return make_offer(device, was.version, now.version, content)[0].signed(city.centre_key())
