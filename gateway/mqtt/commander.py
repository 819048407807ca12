"""What the connection's thread tells devices beside receipts and policies: commands, threat levels, places.

A command is told at once after its commit (the bell), again every RESEND_SECONDS, and no more once it is answered, over
or taken back. A device obeys it once, by its id.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from contract.commands import Command
from contract.topics import shard_of
from domain.ids import DeviceId
from gateway.mqtt.bell import Bell
from gateway.orders.command_post import CommandPost
from gateway.orders.threat_post import ThreatErrand
from store.commands import AskedCommand
from store.failures import is_passing

RESEND_SECONDS = 5.0
LOOK_SECONDS = 0.5
"""Commands of other processes ring no bell of ours."""


@dataclass(frozen=True, slots=True)
class Told:
    """A message for a device; the broker may forget it once it is over."""

    device: DeviceId
    message: Command
    expires_at: datetime


class Commander:
    """Gives what is due; used by one thread, rung from any."""

    def __init__(
        self,
        post: CommandPost,
        shards: Collection[int],
        *,
        clock: Callable[[], float] = time.monotonic,
        resend_seconds: float = RESEND_SECONDS,
    ) -> None:
        self.bell = Bell()
        self._post = post
        self._shards = frozenset(shards)
        self._clock = clock
        self._resend_seconds = resend_seconds
        self._waiting: list[AskedCommand] = []
        self._errands: list[ThreatErrand] = []
        self._told: dict[str, float] = {}
        self._looked = float("-inf")
        post.on_news(self.bell.ring)

    def close(self) -> None:
        """Hear no bell any more."""
        self.bell.close()

    def restart(self) -> None:
        """Tell everything again: the broker may have forgotten."""
        self._told.clear()
        self._looked = float("-inf")

    def wait_seconds(self, longest: float) -> float:
        """Give how long the thread may wait for the broker before something is due."""
        due = self._post.places.due_in_seconds()
        return longest if due is None else min(longest, due)

    def due(self) -> list[Told]:
        """Give what is to be told now; nothing of it while the database is away."""
        if self.bell.quieten() or self._clock() - self._looked >= LOOK_SECONDS:
            self._looked = self._clock()
            try:
                self._look()
            except Exception as error:
                if not is_passing(error):
                    raise
        return [*self._due_threats(), *self._due_commands(), *self._due_places()]

    def _look(self) -> None:
        self._waiting = [asked for asked in self._post.load_waiting() if self._is_mine(DeviceId(asked.device_id))]
        self._errands = [errand for errand in self._post.threats.load_errands() if self._is_mine(errand.device)]
        alive = {asked.id for asked in self._waiting} | {errand.key for errand in self._errands}
        self._told = {key: mono for key, mono in self._told.items() if key in alive}

    def _due_threats(self) -> list[Told]:
        """Tell each at once; again after a while only whoever has not answered and could hear it."""
        mono = self._clock()
        due = [
            errand
            for errand in self._errands
            if (told := self._told.get(errand.key)) is None
            or (errand.online and not errand.answered and mono - told >= self._resend_seconds)
        ]
        self._told |= {errand.key: mono for errand in due}
        messages = [self._post.threats.sign(errand) for errand in due]
        return [Told(DeviceId(told.device), told, told.expires_at) for told in messages]

    def _due_commands(self) -> list[Told]:
        now, mono = self._post.now(), self._clock()
        due = [
            asked
            for asked in self._waiting
            if now < asked.expires_at and mono - self._told.get(asked.id, float("-inf")) >= self._resend_seconds
        ]
        self._told |= {asked.id: mono for asked in due}
        return [Told(DeviceId(asked.device_id), self._post.sign(asked), asked.expires_at) for asked in due]

    def _due_places(self) -> list[Told]:
        signed = [self._post.sign_places(device, places) for device, places in self._post.places.take(self._is_mine)]
        return [Told(DeviceId(places.device), places, places.expires_at) for places in signed]

    def _is_mine(self, device: DeviceId) -> bool:
        return shard_of(device) in self._shards
