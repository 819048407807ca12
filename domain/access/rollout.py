"""A new description of the site goes out a few doors at a time, and comes back when something is wrong.

Stages are data: the canary's devices, each group's, then all others. A stage is over when its devices hold the new
edition, have been in health for the soak, and do not refuse more than before; else the roll-out stops and every device
follows the former revision again. A device that was silent before its stage began is not waited for: it gets whatever
holds when it comes back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.ids import DeviceId

TAPS_MIN = 10
"""Of fewer taps than this nobody can tell a share."""

REFUSED_MIN = 5
SHARE_FACTOR = 2.0
SHARE_MORE = 0.2
"""A spike: at least so many refusals, twice the share of before, and by so much of all taps more than before."""


class Phase(StrEnum):
    """Where a roll-out is."""

    proposed = "proposed"  # waits for a second person
    running = "running"
    done = "done"
    stopped = "stopped"  # its devices follow the former revision again
    rejected = "rejected"  # never began


LIVE = frozenset((Phase.proposed, Phase.running))
"""Phases that end by themselves or by a person; of one site only one roll-out is in any of them."""


class Cause(StrEnum):
    """Why a roll-out stopped."""

    not_held = "not_held"  # a device did not come to hold the edition in time
    health = "health"  # a device that held it fell silent, or lost a reader
    refusals = "refusals"
    person = "person"


@dataclass(frozen=True, slots=True)
class Counts:
    """Taps of a device in some time, and how many of them were refused."""

    taps: int = 0
    refused: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.taps + other.taps, self.refused + other.refused)

    @property
    def share(self) -> float:
        """The share of refused taps; 0 of none."""
        return self.refused / self.taps if self.taps else 0.0


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What is known of a device now.

    ``silent_since`` is since when a device that is not ``there`` is away, None for one that never came. ``fit`` False:
    it lost a reader since its stage began. ``now`` counts taps since its stage began, ``before`` those of the hour
    before.
    """

    holds: bool
    there: bool = True
    silent_since: datetime | None = None
    fit: bool = True
    now: Counts = Counts()
    before: Counts = Counts()


UNKNOWN = DeviceFacts(holds=False, there=False)
"""A device that never said anything."""


@dataclass(frozen=True, slots=True)
class RolloutRules:
    """Which devices in which order, at least one stage and none of them empty; and how long.

    ``soak`` is how long a stage's devices must have held it in health; ``arrive_within`` how long they have to come to
    hold it; ``silence_max`` how long one that holds it may be away.
    """

    stages: tuple[tuple[DeviceId, ...], ...]
    soak: timedelta
    arrive_within: timedelta
    silence_max: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Rollout:
    """How far it is. ``held_at`` is since when the stage's devices have held it, ``blamed`` which device stopped it."""

    phase: Phase
    stage: int = 0
    began_at: datetime | None = None
    held_at: datetime | None = None
    cause: Cause | None = None
    blamed: DeviceId | None = None

    @property
    def is_live(self) -> bool:
        """Tell whether it may still go on."""
        return self.phase in LIVE


def begin_rollout(*, needs_approval: bool, now: datetime) -> Rollout:
    """Give a roll-out that has just been proposed: running, or waiting for the second person."""
    return Rollout(Phase.proposed) if needs_approval else Rollout(Phase.running, began_at=now)


def needs_second_person(*, lost: int, held: int, share_max: float) -> bool:
    """Tell whether so many (card, point) pairs are lost that somebody else must agree.

    Args:
        lost: pairs that open today and would not any more.
        held: all pairs that open today.
        share_max: the greatest share that one person may take away.
    """
    return lost > share_max * held


def approve_rollout(rollout: Rollout, now: datetime) -> Rollout:
    """Let a proposed roll-out begin; any other stays as it is."""
    return Rollout(Phase.running, began_at=now) if rollout.phase is Phase.proposed else rollout


def stop_rollout(rollout: Rollout, cause: Cause, blamed: DeviceId | None = None) -> Rollout:
    """Stop it where it is; what was only proposed is rejected, what is over stays as it is."""
    if not rollout.is_live:
        return rollout
    phase = Phase.rejected if rollout.phase is Phase.proposed else Phase.stopped
    return replace(rollout, phase=phase, cause=cause, blamed=blamed)


def list_reached(rules: RolloutRules, rollout: Rollout) -> frozenset[DeviceId]:
    """Give the devices that follow the new revision while it runs: those of the stages so far."""
    if rollout.phase is not Phase.running:
        return frozenset()
    return frozenset(device for stage in rules.stages[: rollout.stage + 1] for device in stage)


def step_rollout(
    rules: RolloutRules, rollout: Rollout, facts: Mapping[DeviceId, DeviceFacts], now: datetime
) -> Rollout:
    """Look once: stops, waits, goes on to the next stage or is done; what is not running stays as it is."""
    if rollout.phase is not Phase.running or rollout.began_at is None:
        return rollout
    if found := next(_faults(rules, rollout, facts, now), None):
        return stop_rollout(rollout, *found)
    present = [held for _, held in _present(rules, rollout, facts)]
    tried = rollout.stage > 0 or any(held.holds for held in present)
    if not tried or not all(held.holds and held.there for held in present):
        return replace(rollout, held_at=None)
    held_at = rollout.held_at or now
    if now - held_at < rules.soak:
        return replace(rollout, held_at=held_at)
    if rollout.stage + 1 >= len(rules.stages):
        return replace(rollout, phase=Phase.done, held_at=held_at)
    return replace(rollout, stage=rollout.stage + 1, began_at=now, held_at=None)


def _present(
    rules: RolloutRules, rollout: Rollout, facts: Mapping[DeviceId, DeviceFacts]
) -> list[tuple[DeviceId, DeviceFacts]]:
    """Give the devices reached so far without those that were silent before the stage began and still are."""
    assert rollout.began_at is not None  # noqa: S101 (it is running)
    reached = [(device, facts.get(device, UNKNOWN)) for device in sorted(list_reached(rules, rollout))]
    return [
        (device, held)
        for device, held in reached
        if held.there or (held.silent_since is not None and held.silent_since > rollout.began_at)
    ]


def _faults(
    rules: RolloutRules, rollout: Rollout, facts: Mapping[DeviceId, DeviceFacts], now: datetime
) -> Iterator[tuple[Cause, DeviceId | None]]:
    assert rollout.began_at is not None  # noqa: S101 (it is running)
    present = _present(rules, rollout, facts)
    for device, held in present:
        away = held.silent_since is not None and not held.there and now - held.silent_since > rules.silence_max
        if away or (held.holds and not held.fit):
            yield Cause.health, device
        if held.holds and is_spike(held.before, held.now):
            yield Cause.refusals, device
    holding = [held for _, held in present if held.holds]
    if is_spike(sum((held.before for held in holding), Counts()), sum((held.now for held in holding), Counts())):
        yield Cause.refusals, None
    if now - rollout.began_at < rules.arrive_within:
        return
    for device, held in present:
        if not held.holds:
            yield Cause.not_held, device
    if rollout.stage == 0 and not present:
        yield Cause.not_held, rules.stages[0][0]  # nobody tried it: the rest must not follow


def is_spike(before: Counts, now: Counts) -> bool:
    """Tell whether so many more taps are refused than before that something is wrong."""
    if now.taps < TAPS_MIN or now.refused < REFUSED_MIN:
        return False
    return now.share > SHARE_FACTOR * before.share and now.share > before.share + SHARE_MORE
