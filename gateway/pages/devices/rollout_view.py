"""A roll-out as the screens tell it: its stages, and what each device made of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.access.rollout import UNKNOWN, DeviceFacts, Phase, RolloutRules, is_spike
from domain.ids import DeviceId
from gateway.site.plan import SitePlan
from store.rollouts import StoredRollout


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device: ``state`` is later, waiting, held, silent, unfit, refusing or former (the roll-out is over)."""

    device: str
    name: str
    state: str
    facts: DeviceFacts


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage: ``kind`` is canary, group or all; ``state`` is passed, now or later."""

    number: int
    kind: str
    state: str
    devices: tuple[DeviceLine, ...]

    @property
    def held(self) -> int:
        """How many of its devices hold the new description."""
        return sum(1 for line in self.devices if line.facts.holds)


@dataclass(frozen=True, slots=True)
class RolloutView:
    """A roll-out with its plan (None: it was the first description of all) and its stages."""

    rollout: StoredRollout
    plan: SitePlan | None
    stages: tuple[StageView, ...]
    soaks_until: datetime | None

    @property
    def phase(self) -> Phase:
        """Where it is."""
        return self.rollout.state.phase


def derive_stages(
    rules: RolloutRules, rollout: StoredRollout, facts: Mapping[DeviceId, DeviceFacts], names: Mapping[str, str]
) -> tuple[StageView, ...]:
    """Put the stages together.

    Args:
        rules: its stages.
        rollout: how far it is.
        facts: what is known of the devices now; of one that is over nothing, it says nothing about it.
        names: what people call the devices, by id.
    """
    return tuple(
        StageView(
            number + 1,
            _kind(number, len(rules.stages)),
            state := _state(number, rollout),
            tuple(_line(device, names, facts.get(device, UNKNOWN), state, rollout.state.phase) for device in devices),
        )
        for number, devices in enumerate(rules.stages)
    )


def _kind(number: int, count: int) -> str:
    if number == 0:
        return "canary"
    return "all" if number + 1 == count else "group"


def _state(number: int, rollout: StoredRollout) -> str:
    if rollout.state.phase is Phase.done or (rollout.state.began_at is not None and number < rollout.state.stage):
        return "passed"
    return "now" if rollout.state.began_at is not None and number == rollout.state.stage else "later"


def _line(device: DeviceId, names: Mapping[str, str], facts: DeviceFacts, stage: str, phase: Phase) -> DeviceLine:
    return DeviceLine(device, names.get(device, device), _word(facts, stage, phase), facts)


def _word(facts: DeviceFacts, stage: str, phase: Phase) -> str:
    if phase is Phase.done:
        return "held"
    if phase is not Phase.running or stage == "later":
        return "later" if phase.value in ("proposed", "running") else "former"
    if not facts.there:
        return "silent"
    if not facts.holds:
        return "waiting"
    if not facts.fit:
        return "unfit"
    return "refusing" if is_spike(facts.before, facts.now) else "held"
