"""A lock on a uhppote controller: its own timer ends each pulse, its mode holds the door.

A release is the controller's "open door" with the door's delay, in whole seconds; it ends though nobody of ours should
live. A hold is the mode "normally open", which the controller keeps: the keeper sets "controlled" again when the agent
is silent; only if agent and keeper die in the same instant does the door stay free until the next start. "Controlled"
does not cut a running pulse short.

The controller frees the door for its own buttons and cards, too. So a relay that reads back free counts as stuck (F21)
only when it has been free, unordered, for longer than the door's delay and a second.
"""

import math
import time

from readers.outputs.locks.relay import LockWord, RelayError
from readers.uhppote_controller import RELEASE_SECONDS_MAX, UhppoteController, UhppoteError

FIRST_DELAY_SECONDS = 5
"""The delay a door is set to before anybody released it: it counts for the controller's own buttons."""

TOLERANCE_SECONDS = 1.0
_WORDS: dict[str, LockWord] = {"unreachable": "lock_unreachable", "refused": "lock_refused"}


class UhppoteLock:
    """One door (1–4) of a controller."""

    looks = True

    def __init__(self, line: str, controller: UhppoteController, door: int) -> None:
        """Make a lock on a controller that its line shares."""
        self.line = line
        self._controller = controller
        self._door = door
        self._delay = FIRST_DELAY_SECONDS
        self._is_set = False
        self._held = False
        self._ends_mono = 0.0
        self._strange_since_mono = math.inf

    def free(self, seconds: float | None) -> None:
        """Free the lock; see :class:`~readers.outputs.locks.relay.Relay`."""
        try:
            if seconds is None:
                self._is_set = False
                self._controller.set_door(self._door, "normally_open", self._delay)
                self._held = True
            else:
                self._release(min(max(1, math.ceil(seconds)), RELEASE_SECONDS_MAX))
        except UhppoteError as error:
            raise RelayError(_WORDS[error.kind]) from None

    def lock(self) -> None:
        """Lock; see :class:`~readers.outputs.locks.relay.Relay`."""
        self._is_set = False
        self._set(self._delay)

    def look(self) -> bool | None:
        """Read the relay back; None while the controller may rightly have it free."""
        try:
            freed = self._controller.sense().freed[self._door - 1]
        except UhppoteError as error:
            raise RelayError(_WORDS[error.kind]) from None
        now = time.monotonic()
        if self._held:
            return freed
        if not freed:
            self._strange_since_mono = math.inf
            return False if now >= self._ends_mono else None
        if now < self._ends_mono + TOLERANCE_SECONDS:
            return None
        self._strange_since_mono = min(self._strange_since_mono, now)
        if now - self._strange_since_mono > self._delay + TOLERANCE_SECONDS:
            raise RelayError("lock_stuck")
        return None

    def close(self) -> None:
        """Do nothing: UDP keeps no connection."""

    def _release(self, delay: int) -> None:
        if self._held or not self._is_set or delay != self._delay:
            self._set(delay)
        self._controller.open_door(self._door)
        self._ends_mono = time.monotonic() + delay

    def _set(self, delay: int) -> None:
        try:
            self._controller.set_door(self._door, "controlled", delay)
        except UhppoteError as error:
            raise RelayError(_WORDS[error.kind]) from None
        self._held, self._is_set, self._delay = False, True, delay
