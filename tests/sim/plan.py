"""What a seed stands for: the city hall's options, and every tap and fault by its instant.

A plan is plain data, so that a failing one can be shrunk (``shrink``), printed, committed (``regressions/``) and lived
again. Faults are drawn as a swarm: each seed switches most kinds off, so that rare combinations meet undisturbed.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from random import Random
from typing import Any

from tests.sim.chance import Chance


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one city hall."""

    devices: int
    staff: int
    minutes: int  # of the safety phase
    keep_minutes: int  # how long an edge keeps what a receipt covers
    queue_max: int  # the broker's, in messages a client
    https_devices: tuple[int, ...]  # those that speak HTTPS instead of MQTT
    drift_ppm: tuple[int, ...]  # by device
    hours: tuple[int, int] = (0, 0)  # minutes in which the first device's entrance stands unlocked
    keys: bool = False  # the first device has a key cabinet


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """One tap or fault. ``number`` and ``seconds`` mean what the kind says (``FAULTS`` and ``draw_taps``)."""

    at_ms: int
    kind: str
    device: int = 0
    number: int = 0
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a run depends on; equal plans give equal traces."""

    seed: int
    options: Options
    events: tuple[Event, ...]

    def with_events(self, events: tuple[Event, ...]) -> "Plan":
        """Give the same city hall with other events."""
        return replace(self, events=events)

    def to_json(self) -> str:
        """Write the plan, one event a line."""
        events = ",\n    ".join(json.dumps(list(asdict(event).values())) for event in self.events)
        options = json.dumps(asdict(self.options))
        return f'{{\n  "seed": {self.seed},\n  "options": {options},\n  "events": [\n    {events}\n  ]\n}}\n'


def read_plan(text: str) -> Plan:
    """Read what :meth:`Plan.to_json` wrote."""
    raw: dict[str, Any] = json.loads(text)
    options: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in raw["options"].items()
    }
    return Plan(raw["seed"], Options(**options), tuple(Event(*event) for event in raw["events"]))


Draw = Callable[[Random, Options], Event]


def _at(random: Random, options: Options) -> int:
    return random.randrange(options.minutes * 60_000)


def _fault(kind: str, *, numbers: tuple[int, int] = (0, 0), seconds: tuple[int, int] = (0, 0)) -> Draw:
    def draw(random: Random, options: Options) -> Event:
        device = random.randrange(options.devices)
        return Event(_at(random, options), kind, device, random.randint(*numbers), random.randint(*seconds))

    return draw


FAULTS: dict[str, tuple[Draw, int]] = {
    # kind: (how it is drawn, the most of it in one hour)
    "edge_crash": (_fault("edge_crash", numbers=(0, 12), seconds=(1, 120)), 6),  # after so many more effects
    "append_fails": (_fault("append_fails", numbers=(0, 1), seconds=(1, 20)), 3),  # 1: after the commit, unknown
    "stall": (_fault("stall", seconds=(1, 90)), 3),  # SIGSTOP
    "slow_sync": (_fault("slow_sync", numbers=(3, 300)), 4),  # tenths of a second; over 2 s no door may open
    "clock_jump": (_fault("clock_jump", seconds=(-7200, 7200)), 2),
    "clock_unset": (_fault("clock_unset", seconds=(30, 900)), 2),  # a crash, and 1970 until NTP is reached
    "centre_clock_jump": (_fault("centre_clock_jump", seconds=(-7200, 7200)), 2),
    "cut": (_fault("cut", numbers=(0, 3), seconds=(5, 900)), 6),  # which way, see world.WAYS
    "broker_kill": (_fault("broker_kill", seconds=(1, 300)), 3),
    "broker_drops": (_fault("broker_drops", numbers=(1, 3)), 12),  # so many of the next messages, in silence
    "deliver_twice": (_fault("deliver_twice", numbers=(1, 12)), 6),
    "centre_crash": (_fault("centre_crash", numbers=(0, 3), seconds=(1, 400)), 6),  # where, see centre.Point
    "replay": (_fault("replay", numbers=(0, 60)), 6),  # an old batch once more
    "forge": (_fault("forge", numbers=(0, 60)), 4),  # a batch with one bit changed
    "old_receipt": (_fault("old_receipt", numbers=(0, 60)), 4),  # a true receipt of long ago once more
    "poison": (_fault("poison", numbers=(0, 3)), 3),  # a record whose body is broken, see life.POISONS
    "restore": (_fault("restore", numbers=(1, 15), seconds=(1, 60)), 1),  # of a backup so many minutes old
    "spoof": (_fault("spoof", numbers=(0, 3)), 3),  # a retained message nobody signed
    "publish": (_fault("publish", numbers=(0, 6), seconds=(0, 9)), 3),  # revokes a card, or gives it back
    "policy_lost": (_fault("policy_lost", numbers=(0, 2)), 1),  # a crash, and the disk's policy is spoilt
    "old_pointer": (_fault("old_pointer", numbers=(0, 60)), 3),  # a true pointer of long ago once more
    "command": (_fault("command", numbers=(0, 13), seconds=(0, 300)), 6),  # action and door, see faults.command
    "late_command": (_fault("late_command", numbers=(0, 13), seconds=(10, 90)), 2),  # so long on its way
    "command_crash": (_fault("command_crash", numbers=(0, 13), seconds=(0, 4)), 3),  # then a crash, and a tap there
    "old_command": (_fault("old_command", numbers=(0, 60)), 4),  # a true command of long ago once more
    "forged_command": (_fault("forged_command", numbers=(0, 60)), 2),  # one with one bit changed
    "exit_asked": (_fault("exit_asked", numbers=(0, 1)), 6),
    "door_forced": (_fault("door_forced", seconds=(1, 60)), 2),
    "fire": (_fault("fire", seconds=(5, 600)), 1),  # until the panel is quiet; somebody resumes later
}
"""Faults that an honest device survives without losing anything."""

POLICY_FAULTS: dict[str, tuple[Draw, int]] = {
    "step_left_out": (_fault("step_left_out", numbers=(0, 6), seconds=(1, 30)), 2),  # see policy_faults
    "wrong_bytes": (_fault("wrong_bytes", numbers=(0, 6), seconds=(1, 30)), 2),  # a signed change that forgot a card
}
"""Faults of the centre itself that a box must see through."""

THREATS: dict[str, tuple[Draw, int]] = {
    "threat": (_fault("threat", numbers=(0, 2), seconds=(0, 90)), 4),  # which level; so long to the last device
}
"""What people declare for the whole site."""

KEYS: dict[str, tuple[Draw, int]] = {
    "key_visit": (_fault("key_visit", numbers=(0, 6), seconds=(0, 9)), 16),  # whose card; what they do then
    "key_forced": (_fault("key_forced", numbers=(1, 4), seconds=(1, 90)), 2),  # which hook; how long it stands open
    "key_unseen": (_fault("key_unseen", numbers=(1, 4), seconds=(2, 60)), 1),  # which hook; how long the box is off
}
"""What people do at the key cabinet of the first device, in the halls that have one."""

DISK_LIES: dict[str, tuple[Draw, int]] = {
    "journal_lost": (_fault("journal_lost", seconds=(1, 60)), 1),  # the file is gone: a new epoch begins
    "roll_back": (_fault("roll_back", numbers=(1, 20), seconds=(1, 60)), 1),  # to the copy of so many minutes ago
    "clone": (_fault("clone", seconds=(60, 1200)), 1),  # a second box with the same keys and the same journal
}
"""Faults after which records may be gone or told twice: the promise is then that nobody is deceived."""


KEEPS_A_DAY = 1440
"""A backup can be put back without loss where edges have kept what came after it."""


def draw_plan(seed: int) -> Plan:
    """Draw the options, the taps and the faults of a seed."""
    random = Chance(seed).stream("plan")
    options = _draw_options(random)
    events = _draw_taps(random, options)
    hours = max(1, round(options.minutes / 60))
    faults = {kind: fault for kind, fault in FAULTS.items() if random.random() < 0.45}
    if random.random() < 0.3:
        kind = random.choice(sorted(DISK_LIES))
        faults[kind] = DISK_LIES[kind]
        faults.pop("restore", None)  # the centre's and an edge's memory lost at once: nobody can promise anything
    if "restore" in faults:
        faults.pop("centre_clock_jump", None)  # a receipt that covers less is believed by its time of issue
    for draw, most in faults.values():
        events += [draw(random, options) for _ in range(random.randint(1, most * hours))]
    events += _draw_policy_faults(Chance(seed).stream("policies"), options, hours)
    if options.keep_minutes == KEEPS_A_DAY and not faults.keys() & {*DISK_LIES, "centre_clock_jump"}:
        events.append(_fault("number_twice", numbers=(1, 6), seconds=(5, 60))(Chance(seed).stream("twice"), options))
    events += _draw_threats(Chance(seed).stream("threats"), options, hours)
    if (visits := _draw_keys(Chance(seed).stream("keys"), options, hours)) is not None:
        options, events = replace(options, keys=True), [*events, *visits]
    return Plan(seed, options, tuple(sorted(events)))


def _draw_keys(random: Random, options: Options, hours: int) -> list[Event] | None:
    """Draw what happens at the key cabinet; None in a hall without one."""
    if random.random() >= 0.4:
        return None
    return [
        draw(random, options) for draw, most in KEYS.values() for _ in range(random.randint(most // 2, most * hours))
    ]


def _draw_threats(random: Random, options: Options, hours: int) -> list[Event]:
    drawn = [threat for threat in THREATS.values() if random.random() < 0.3]
    return [draw(random, options) for draw, most in drawn for _ in range(random.randint(1, most * hours))]


def _draw_policy_faults(random: Random, options: Options, hours: int) -> list[Event]:
    drawn = [fault for fault in POLICY_FAULTS.values() if random.random() < 0.5]
    return [draw(random, options) for draw, most in drawn for _ in range(random.randint(1, most * hours))]


def _draw_options(random: Random) -> Options:
    devices = random.choice((1, 1, 2, 2, 3))
    begins = random.randint(2, 20)
    return Options(
        devices=devices,
        staff=random.randint(1, 6),
        minutes=random.randint(10, 90),
        keep_minutes=random.choice((1, 5, 20, KEEPS_A_DAY)),
        queue_max=random.choice((2, 10, 1000)),
        https_devices=tuple(device for device in range(devices) if random.random() < 0.25),
        drift_ppm=tuple(random.randint(-200, 200) for _ in range(devices)),
        hours=(begins, begins + random.randint(1, 30)) if random.random() < 0.25 else (0, 0),
    )


def _draw_taps(random: Random, options: Options) -> list[Event]:
    """Draw single taps and bursts; ``number`` is the card (beyond the staff an unknown one), ``seconds`` its way."""
    taps = []
    for _ in range(random.randint(2, 12)):
        at_ms, device = _at(random, options), random.randrange(options.devices)
        card = random.randint(0, options.staff)
        for _ in range(random.choice((1, 1, 2, 8))):
            card = card if random.random() < 0.5 else random.randint(0, options.staff)
            taps.append(Event(at_ms, "tap", device, card, random.choice((0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 6))))
            at_ms += random.choice((300, 2_000, 9_000))
    return taps
