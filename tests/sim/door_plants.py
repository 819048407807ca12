"""Wrong turns at doors that somebody could take; one for each promise that ``door_watch`` keeps an eye on."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from contract.commands import ThreatTold
from contract.tokens import DeviceTokens
from domain.access.policy import CredentialStatus
from domain.access.threat import NOTHING_DECLARED
from readers.drivers.port import CardSeen
from readers.events import CommandCame, Effect, Event, PolicyTook, Recalled, Release, Relock, Started
from readers.policy_cache import HeldPolicy
from readers.scene import EMPTY_SCENE
from tests.sim.agent import SimAgent
from tests.sim.rulebook import Edition, policy_of
from tests.sim.timeline import STARTS_AT


class PatientPolicyAgent(SimAgent):
    """Lets the lab's doors decide by a policy of any age (I14)."""

    def _handle(self, event: object) -> None:
        if self._policy is not None:
            day = timedelta(days=1)
            areas = {name: replace(area, offline_age_max=day) for name, area in self._policy.areas.items()}
            self._policy = replace(self._policy, areas=areas)
        super()._handle(event)


class ForgivingAgent(SimAgent):
    """Takes new policies, and lets those cards keep their rights that had any at its start (I15)."""

    def _swap_policy(self, held: HeldPolicy) -> Event:
        before = self._policy
        event = super()._swap_policy(held)
        if isinstance(event, PolicyTook) and before is not None and self._policy is not None:
            kept = {
                token: before.credentials[token] if card.status is CredentialStatus.revoked else card
                for token, card in self._policy.credentials.items()
            }
            self._policy = replace(self._policy, credentials=kept)
        return event


class BackwardAgent(SimAgent):
    """Lets an older policy take effect (I16)."""

    def _swap_policy(self, held: HeldPolicy) -> Event:
        self._policy = held.snapshot
        return PolicyTook(held.snapshot.version, held.confirmed_at)


class DeliveredAgent(SimAgent):
    """Decides by the policy the box was delivered with while there is no other (I17)."""

    def _handle(self, event: object) -> None:
        if self._policy is None and isinstance(event, CardSeen):
            names = DeviceTokens(self._state.wiring.names_key)
            policy = policy_of(Edition(3, 6))
            tokens = names.name(list(policy.credentials))
            self._policy = replace(policy, credentials=dict(zip(tokens, policy.credentials.values(), strict=True)))
            now = self._clock.now()
            self._state = replace(self._state, confirmed_at=STARTS_AT, confirmed_mono=now.mono)
        super()._handle(event)


class PoliteAgent(SimAgent):
    """Lets nobody out before the tap is written (I18)."""

    def _do(self, effect: Effect) -> None:
        if not (isinstance(self.handling, CardSeen) and isinstance(effect, Release)):
            super()._do(effect)


class CarelessAgent(SimAgent):
    """Leaves every door as its last life left it (I19)."""

    def _do(self, effect: Effect) -> None:
        if isinstance(effect, Relock) and isinstance(self.handling, Started):
            return
        super()._do(effect)


class EndlessAgent(SimAgent):
    """Frees a lock for a minute (I19)."""

    def _do(self, effect: Effect) -> None:
        super()._do(replace(effect, seconds=60.0) if isinstance(effect, Release) else effect)


class ObedientAgent(SimAgent):
    """Obeys a command as often as it comes."""

    def _handle(self, event: object) -> None:
        if isinstance(event, CommandCame):
            self._state = replace(self._state, scene=replace(self._state.scene, obeyed={}))
        super()._handle(event)


class AmnesicAgent(SimAgent):
    """Remembers nothing of its last life: neither who is inside nor which commands it obeyed."""

    def _handle(self, event: object) -> None:
        super()._handle(replace(event, scene=EMPTY_SCENE) if isinstance(event, Recalled) else event)


class SlowEarAgent(SimAgent):
    """Obeys a command however late it comes."""

    def _handle(self, event: object) -> None:
        if isinstance(event, CommandCame) and hasattr(event.command, "action"):
            late = self._clock.now().at + timedelta(seconds=9)
            event = CommandCame(event.command.model_copy(update={"expires_at": late}))
        super()._handle(event)


class HospitableAgent(SimAgent):
    """Forgets who is in the lab."""

    def _handle(self, event: object) -> None:
        if isinstance(event, CardSeen):
            self._state = replace(self._state, scene=replace(self._state.scene, places=EMPTY_SCENE.places))
        super()._handle(event)


class HeedlessAgent(SimAgent):
    """Takes whatever level it hears last, also one that was declared before (threat)."""

    def _handle(self, event: object) -> None:
        if isinstance(event, CommandCame) and isinstance(event.command, ThreatTold):
            self._state = replace(self._state, threat=NOTHING_DECLARED)
        super()._handle(event)


def keep_nothing(folder: Path, overrides: Any, moment: Any, threat: Any) -> None:
    """Say that overrides are written down."""
