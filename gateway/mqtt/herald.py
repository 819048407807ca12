"""Tells devices which policy holds: at start, on birth, on a new version, and each minute as a heartbeat."""

import logging
import time
from collections import deque
from collections.abc import Callable, Collection
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.policy import PolicyPointer
from contract.topics import shard_of
from domain.ids import DeviceId
from store.devices import DeviceState, list_devices
from store.failures import is_passing
from store.policies import PublishedPolicy, load_published_policy
from store.tx import Store

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
HEARTBEAT_SECONDS = 60.0
AT_ONCE = 50
"""Pointers signed in one turn, so that a large fleet's heartbeat never holds up what it says."""


class Herald:
    """Gives the pointers that are due; used by one thread."""

    def __init__(
        self,
        store: Store,
        signing_key: Ed25519PrivateKey,
        now: Callable[[], datetime],
        shards: Collection[int],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._signing_key = signing_key
        self._now = now
        self._shards = frozenset(shards)
        self._clock = clock
        self._published: PublishedPolicy | None = None
        self._confirmed_at: datetime | None = None
        self._waiting: deque[DeviceId] = deque()
        self._looked = self._told = float("-inf")

    def greet(self, device: DeviceId) -> None:
        """Let a device that has just come hear first."""
        self._waiting.appendleft(device)

    def restart(self) -> None:
        """Tell everybody again: the broker may have forgotten."""
        self._looked = self._told = float("-inf")

    def due(self) -> list[PolicyPointer]:
        """Give the signed pointers to publish now, at most AT_ONCE."""
        if self._clock() - self._looked >= LOOK_SECONDS:
            self._looked = self._clock()
            try:
                self._look()
            except Exception as error:
                if not is_passing(error):
                    raise
                return []  # without the database nobody can say that the version still stands
        if self._published is None or self._confirmed_at is None:
            return []
        turn = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
        return [self._point(device, self._published, self._confirmed_at) for device in turn]

    def _look(self) -> None:
        now = self._now()
        with self._store.reading(now) as tx:
            published = load_published_policy(tx)
            everybody = published != self._published or self._clock() - self._told >= HEARTBEAT_SECONDS
            devices = list_devices(tx) if everybody else []
        self._confirmed_at = now
        if everybody:
            self._published = published
            self._told = self._clock()
            mine = (device for device in devices if shard_of(device.id) in self._shards)
            self._waiting = deque(device.id for device in mine if device.state is not DeviceState.revoked)

    def _point(self, device: DeviceId, published: PublishedPolicy, confirmed_at: datetime) -> PolicyPointer:
        return PolicyPointer(
            device=device,
            policy_version=published.version,
            digest=published.digest,
            size=published.size,
            confirmed_at=confirmed_at,
        ).signed(self._signing_key)
