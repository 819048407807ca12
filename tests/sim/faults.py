"""What can befall the city hall: each kind of a plan's events as one function of (world, event)."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from contract import topics
from contract.policy import decode_pointer
from domain.access.threat import ThreatLevel
from domain.ids import DeviceId
from tests.sim import broker as brokers
from tests.sim import centre as centres
from tests.sim import city
from tests.sim.callers import ACTIONS
from tests.sim.centre import Point
from tests.sim.disk import Copy
from tests.sim.key_faults import key_forced, key_unseen, key_visit
from tests.sim.network import Way
from tests.sim.plan import KEEPS_A_DAY, Event
from tests.sim.policy_faults import step_left_out, wrong_bytes
from tests.sim.timeline import MINUTE, SECOND

if TYPE_CHECKING:
    from tests.sim.world import World

SECONDS_SINCE_1970 = 56 * 365 * 24 * 3600


def tap(world: "World", event: Event) -> None:
    world.boxes[event.device].tap(event.number, event.seconds)


def edge_crash(world: "World", event: Event) -> None:
    box = world.boxes[event.device]
    if box.life is not None:
        box.dies_after, box.down_for = event.number, event.seconds * SECOND


def append_fails(world: "World", event: Event) -> None:
    disk = world.boxes[event.device].disk
    if event.number:
        disk.fails_after_commit += 1
    else:
        disk.fails_before_commit += 1


def stall(world: "World", event: Event) -> None:
    world.boxes[event.device].stall(event.seconds * SECOND)


def slow_sync(world: "World", event: Event) -> None:
    world.boxes[event.device].slow_sync(event.number / 10)


def clock_jump(world: "World", event: Event) -> None:
    box = world.boxes[event.device]
    box.clock_was_always_right &= event.seconds >= 0
    box.clock.jump(event.seconds)


def clock_unset(world: "World", event: Event) -> None:
    box = world.boxes[event.device]
    box.crash()
    box.clock_was_always_right = False
    box.clock.jump(-SECONDS_SINCE_1970)
    world.timeline.after(event.seconds * SECOND, box.clock.set_right)


def centre_clock_jump(world: "World", event: Event) -> None:
    world.centre.clock.jump(event.seconds)


def cut(world: "World", event: Event) -> None:
    world.network.cut(_way(world, event), event.seconds * SECOND)


def _way(world: "World", event: Event) -> Way:
    device = city.device_id(event.device)
    peer = centres.NAME if event.device in world.plan.options.https_devices else brokers.NAME
    return (
        (device, peer),
        (peer, device),
        (centres.NAME, brokers.NAME),
        (brokers.NAME, centres.NAME),
    )[event.number]


def broker_kill(world: "World", event: Event) -> None:
    if world.broker.up:
        world.broker.kill()
        world.timeline.after(event.seconds * SECOND, world.start_broker)


def broker_drops(world: "World", event: Event) -> None:
    world.broker.drops_next = event.number


def deliver_twice(world: "World", event: Event) -> None:
    world.broker.deliver_twice += event.number


def centre_crash(world: "World", event: Event) -> None:
    world.centre.dies_at = Point(event.number)
    world.centre.restarts_after = event.seconds * SECOND


def _old_batch(world: "World", event: Event) -> tuple[DeviceId, bytes] | None:
    batches = world.watch.batches
    return batches[event.number % len(batches)] if batches else None


def replay(world: "World", event: Event) -> None:
    if (old := _old_batch(world, event)) is not None:
        world.broker.inject(topics.journal(old[0]), old[1])


def forge(world: "World", event: Event) -> None:
    if (old := _old_batch(world, event)) is not None:
        payload = bytearray(old[1])
        payload[(event.number * 7919) % len(payload)] ^= 1
        world.broker.inject(topics.journal(old[0]), bytes(payload))


def spoof(world: "World", event: Event) -> None:
    device = city.device_id(event.device)
    topic = (topics.receipt(device), topics.journal(device), topics.policy(device), topics.status(device))
    world.broker.inject(topic[event.number], b'{"kind":"journal.receipt","upto_seq":99}', retain=True)


def old_receipt(world: "World", event: Event) -> None:
    if (told := world.centre.said) and not world.watch.lied_to:
        device, payload = told[event.number % len(told)]
        world.broker.inject(topics.receipt(device), payload)


def poison(world: "World", event: Event) -> None:
    life = world.boxes[event.device].life
    if life is not None:
        life.poison(event.number)


def restore(world: "World", event: Event) -> None:
    if world.backups.get(event.at_ms) and world.plan.options.keep_minutes == KEEPS_A_DAY:
        world.centre.restore(world.backups[event.at_ms], event.seconds * SECOND)


def number_twice(world: "World", event: Event) -> None:
    """Publish, lose that by a restored backup, and publish something else under the same number."""
    edition = world.rulebook.edition
    card = event.number % edition.staff
    world.centre.publish_policy(replace(edition, revoked=edition.revoked ^ {card}))
    restored_at = event.seconds * SECOND
    world.timeline.after(restored_at, partial(restore, world, replace(event, seconds=1)))

    def go_on() -> None:
        now = world.rulebook.edition
        world.centre.publish_policy(replace(now, revoked=now.revoked ^ {(card + 1) % now.staff}))

    world.timeline.after(restored_at + SECOND + 100, go_on)  # it runs again, and nobody has told it anything yet
    for box in world.boxes:
        for number in range(edition.staff):
            world.timeline.after(restored_at + (30 + number) * SECOND, partial(box.tap, number))


def plan_backup(world: "World", event: Event) -> None:
    def back_up() -> None:
        world.backups[event.at_ms] = world.store.raw.serialize()

    world.timeline.at(max(1, event.at_ms * 1000 - event.number * MINUTE), back_up)


def journal_lost(world: "World", event: Event) -> None:
    world.boxes[event.device].lose_journal(event.seconds * SECOND)


def plan_roll_back(world: "World", event: Event) -> None:
    box = world.boxes[event.device]
    copies: list[Copy] = []
    taken_at = max(1, event.at_ms * 1000 - event.number * MINUTE)
    world.timeline.at(taken_at, lambda: copies.append(box.disk.copy()))
    world.copies[event] = copies


def roll_back(world: "World", event: Event) -> None:
    world.boxes[event.device].roll_back(world.copies[event][0], event.seconds * SECOND)


def clone(world: "World", event: Event) -> None:
    original = world.boxes[event.device]
    clone = world.build_box(event.device, label=f"{original.device}-clone-{len(world.clones)}")
    world.watch.on_disk_copied(original.device)
    clone.disk.put_back(original.disk.copy())
    clone.start()
    world.clones.append(clone)
    for number in range(3):
        world.timeline.after((number + 1) * event.seconds * SECOND // 4, partial(clone.tap, number))
    world.timeline.after(event.seconds * SECOND, clone.switch_off)


def publish(world: "World", event: Event) -> None:
    edition = world.rulebook.edition
    revoked = edition.revoked ^ {event.number % edition.staff}
    before = list(world.centre.pointers)
    world.centre.publish_policy(replace(edition, revoked=revoked))
    if event.seconds:  # some hop still had the pointers of before
        for device, payload in before[-2 * edition.devices :]:
            world.timeline.after(event.seconds * SECOND, partial(world.broker.inject, topics.policy(device), payload))


def policy_lost(world: "World", event: Event) -> None:
    world.boxes[event.device].lose_policy(event.number)


def old_pointer(world: "World", event: Event) -> None:
    if told := world.centre.pointers[: 1 + len(world.centre.pointers) // 2]:
        device, payload = told[event.number % len(told)]
        world.broker.inject(topics.policy(device), payload)
        version = decode_pointer(payload).policy_version
        for offer in world.centre.offers.get((device, version), []):
            world.broker.inject(topics.policy_offer(device), offer)


def command(world: "World", event: Event) -> None:
    ask(world, event, event.seconds - 100 if event.seconds > 100 else None, 0)


def command_crash(world: "World", event: Event) -> None:
    """Whatever was asked, the box ends soon after, and somebody tries the door when it is back."""
    ask(world, event, None, 0)
    box = world.boxes[event.device]
    world.timeline.after(event.seconds * SECOND + SECOND // 2, box.crash)
    world.timeline.after(12 * SECOND, partial(box.tap, 0, 2 * (event.number % 2)))


def threat(world: "World", event: Event) -> None:
    """Declare a level, soon after another one: some hear the first only after the second."""
    levels = (ThreatLevel.lockdown, ThreatLevel.normal, ThreatLevel.evacuation)
    world.callers.declare(levels[event.number], event.seconds * SECOND)
    another = partial(world.callers.declare, levels[(event.number + 1) % 3], 0)
    world.timeline.after(20 * SECOND, another)


def late_command(world: "World", event: Event) -> None:
    ask(world, event, None, event.seconds * SECOND)


def ask(world: "World", event: Event, seconds: int | None, delay: int) -> None:
    """Ask for an action at the entrance (an even number) or the lab."""
    action, is_lab = divmod(event.number, 2)
    device = city.device_id(event.device)
    world.callers.ask(device, ACTIONS[action], city.doors(device)[is_lab], seconds, delay)


def old_command(world: "World", event: Event) -> None:
    if said := world.callers.said:
        device, payload = said[event.number % len(said)]
        world.broker.inject(topics.command(device), payload)


def forged_command(world: "World", event: Event) -> None:
    if said := world.callers.said:
        device, payload = said[event.number % len(said)]
        forged = bytearray(payload)
        forged[(event.number * 7919) % len(forged)] ^= 1
        world.broker.inject(topics.command(device), bytes(forged))


def exit_asked(world: "World", event: Event) -> None:
    world.boxes[event.device].ask_exit(lab=bool(event.number))


def door_forced(world: "World", event: Event) -> None:
    world.boxes[event.device].swing_open(event.seconds * SECOND)


def fire(world: "World", event: Event) -> None:
    box = world.boxes[event.device]
    box.burn(active=True)
    world.timeline.after(event.seconds * SECOND, partial(box.burn, active=False))
    for door in city.doors(box.device):
        ask_resume = partial(world.callers.ask, box.device, "resume", door, None)
        world.timeline.after((event.seconds + 30) * SECOND, ask_resume)


HAPPENINGS: dict[str, Callable[["World", Event], None]] = {
    "tap": tap,
    "edge_crash": edge_crash,
    "append_fails": append_fails,
    "stall": stall,
    "slow_sync": slow_sync,
    "clock_jump": clock_jump,
    "clock_unset": clock_unset,
    "centre_clock_jump": centre_clock_jump,
    "cut": cut,
    "broker_kill": broker_kill,
    "broker_drops": broker_drops,
    "deliver_twice": deliver_twice,
    "centre_crash": centre_crash,
    "replay": replay,
    "forge": forge,
    "old_receipt": old_receipt,
    "poison": poison,
    "restore": restore,
    "number_twice": number_twice,
    "spoof": spoof,
    "publish": publish,
    "step_left_out": step_left_out,
    "wrong_bytes": wrong_bytes,
    "policy_lost": policy_lost,
    "old_pointer": old_pointer,
    "command": command,
    "command_crash": command_crash,
    "late_command": late_command,
    "threat": threat,
    "old_command": old_command,
    "forged_command": forged_command,
    "exit_asked": exit_asked,
    "door_forced": door_forced,
    "fire": fire,
    "journal_lost": journal_lost,
    "roll_back": roll_back,
    "clone": clone,
    "key_visit": key_visit,
    "key_forced": key_forced,
    "key_unseen": key_unseen,
}
