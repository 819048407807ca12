"""Tells devices which edition holds: at start, on birth, on a new edition, and each minute as a heartbeat.

A device that is known to hold the edition before gets the change first (``push``), so that it need not ask; its pointer
follows.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Collection
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.policy import PolicyPointer
from contract.topics import shard_of
from domain.ids import DeviceId
from gateway.operations.access.publish_policy import sign_pointer
from gateway.rollouts.revisions import Revisions
from store.devices import DeviceState, list_device_statuses, list_devices
from store.editions import Edition, load_latest_edition
from store.failures import is_passing
from store.tx import Store, Tx

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
HEARTBEAT_SECONDS = 60.0
AT_ONCE = 50
"""Pointers signed in one turn, so that a large fleet's heartbeat never holds up what it says."""


class Herald:
    """Gives the pointers that are due; used by one thread.

    Args:
        store: where editions and devices are.
        revisions: says which edition is a device's.
        signing_key: signs pointers.
        now: the clock.
        shards: whose devices are told.
        push: is given a device and the edition that it holds when the next one is published.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        store: Store,
        revisions: Revisions,
        signing_key: Ed25519PrivateKey,
        now: Callable[[], datetime],
        shards: Collection[int],
        *,
        push: Callable[[DeviceId, int], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._revisions = revisions
        self._signing_key = signing_key
        self._now = now
        self._shards = frozenset(shards)
        self._push = push
        self._clock = clock
        self._editions: dict[DeviceId, Edition] = {}
        self._confirmed_at: datetime | None = None
        self._waiting: deque[DeviceId] = deque()
        self._revoked: frozenset[DeviceId] = frozenset()
        self._forgotten: set[DeviceId] = set()
        self._looked = self._told = float("-inf")

    def greet(self, device: DeviceId) -> None:
        """Let a device that has just come, or was sent an offer, hear first."""
        self._waiting.appendleft(device)

    def restart(self) -> None:
        """Tell everybody again: the broker may have forgotten."""
        self._looked = self._told = float("-inf")
        self._forgotten.clear()

    @property
    def is_behind(self) -> bool:
        """Tell whether pointers wait for the next turn."""
        return bool(self._waiting)

    def due(self) -> list[PolicyPointer]:
        """Give the signed pointers to publish now, at most AT_ONCE."""
        if self._clock() - self._looked >= LOOK_SECONDS:
            self._looked = self._clock()
            try:
                self._look()
            except Exception as error:
                if not is_passing(error):
                    raise
                return []  # without the database nobody can say that the edition still stands
        if self._confirmed_at is None:
            return []
        turn = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
        return [
            sign_pointer(device, self._editions[device], self._confirmed_at, self._signing_key)
            for device in dict.fromkeys(turn)
            if device in self._editions
        ]

    def forgotten(self) -> list[DeviceId]:
        """Give the revoked devices whose pointer the broker is to retain no more, once a connection; after ``due``."""
        gone = sorted(self._revoked - self._forgotten)
        self._forgotten |= set(gone)
        return gone

    def _look(self) -> None:
        now = self._now()
        with self._store.reading(now) as tx:
            editions = self._load_editions(tx)
            changed = [device for device, edition in editions.items() if self._editions.get(device) != edition]
            held = {status.device_id: status.policy_version for status in list_device_statuses(tx) if changed}
        everybody = self._clock() - self._told >= HEARTBEAT_SECONDS
        known = self._editions
        self._editions, self._confirmed_at = editions, now
        if everybody:
            self._told = self._clock()
            self._waiting = deque(editions)
            return
        for device in changed:
            if self._push is not None and device in known and held.get(device) == known[device].version:
                self._push(device, held[device])
            else:
                self._waiting.append(device)

    def _load_editions(self, tx: Tx) -> dict[DeviceId, Edition]:
        devices = [device for device in list_devices(tx) if shard_of(device.id) in self._shards]
        self._revoked = frozenset(device.id for device in devices if device.state is DeviceState.revoked)
        self._forgotten &= self._revoked  # one that is enrolled anew may be revoked anew
        mine = [device.id for device in devices if device.id not in self._revoked]
        follows = {device: self._revisions.of(tx, device) for device in mine}
        latest = {revision: load_latest_edition(tx, revision) for revision in set(follows.values())}
        return {device: edition for device, revision in follows.items() if (edition := latest[revision]) is not None}
