"""Places on their way to controllers: gathered for a moment, kept for a few seconds, then worth nothing any more.

They come from the outbox by way of the relay, that is, once what they tell is committed. Losing one costs an
anti-passback rule a warning, never a door its decision; so they live in memory alone. Telling one twice is harmless.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from contract.commands import PersonPlace
from domain.ids import DeviceId
from gateway.meaning.passages import PLACE_ENTERED
from gateway.operations.access.tell_places import tell_places
from gateway.site.description import Site
from store.outbox import Notice

GATHER_SECONDS = 0.1
"""Entries of this time are told as one."""

KEPT_SECONDS = 5.0
"""A device that asks over HTTPS each second hears the same place some times: a lost answer is made good by the next."""

PLACE_AGE_MAX = timedelta(seconds=30)
PLACES_MAX = 1000
"""Places of one message, and those kept for one device; of more the newest."""


class _Kept(NamedTuple):
    place: PersonPlace
    mono: float


class PlaceMail:
    """Takes notices from the relay's thread; gives places by device to the broker's thread and to HTTPS requests.

    ``site`` may be exchanged when another description holds.
    """

    def __init__(
        self,
        site: Site,
        now: Callable[[], datetime],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.site = site
        self._now = now
        self._clock = clock
        self._kept: dict[DeviceId, deque[_Kept]] = {}
        self._unsent: dict[DeviceId, deque[_Kept]] = {}
        self._lock = threading.Lock()

    def hear(self, notice: Notice) -> bool:
        """Take in a notice; tells whether somebody is to be told of it."""
        if notice.kind != PLACE_ENTERED:
            return False
        told = json.loads(notice.payload)
        at = datetime.fromisoformat(told["at"])
        if self._now() - at > PLACE_AGE_MAX:
            return False
        devices = tell_places(self.site, area=told["area"], left=told["left"], seen_by=told["device"])
        kept = _Kept(PersonPlace(person=notice.subject, area=told["area"], at=at), self._clock())
        with self._lock:
            for device in devices:
                self._kept.setdefault(device, deque(maxlen=PLACES_MAX)).append(kept)
                self._unsent.setdefault(device, deque(maxlen=PLACES_MAX)).append(kept)
        return bool(devices)

    def due_in_seconds(self) -> float | None:
        """Give when ``take`` has something next; None while nothing waits."""
        with self._lock:
            first = min((waiting[0].mono for waiting in self._unsent.values()), default=None)
        return None if first is None else max(0.0, first + GATHER_SECONDS - self._clock())

    def take(self, devices: Callable[[DeviceId], bool]) -> list[tuple[DeviceId, tuple[PersonPlace, ...]]]:
        """Give what waited long enough, by device; what is for other devices is dropped."""
        with self._lock:
            ripe = [
                device for device, waiting in self._unsent.items() if self._clock() - waiting[0].mono >= GATHER_SECONDS
            ]
            taken = [(device, self._unsent.pop(device)) for device in ripe]
        return [(device, _places(waiting)) for device, waiting in taken if devices(device)]

    def recent(self, device: DeviceId) -> tuple[PersonPlace, ...]:
        """Give what a device was to hear within the last seconds."""
        with self._lock:
            kept = self._kept.get(device, deque())
            while kept and self._clock() - kept[0].mono > KEPT_SECONDS:
                kept.popleft()
            return _places(kept)


def _places(kept: Collection[_Kept]) -> tuple[PersonPlace, ...]:
    return tuple(each.place for each in kept)
