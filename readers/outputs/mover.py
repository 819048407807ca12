"""Moves the relays of one line, in a thread of its own, until each is what it should be.

For each door only the latest move counts. A move that fails is tried again; one that was made is looked at again where
the relay can be read back, so that a relay which sticks or strays is found (F21) and put right. What goes wrong is told
once, and once more when it is over.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping

from domain.ids import DoorId
from readers.outputs.keeping import Move
from readers.outputs.locks.relay import LockWord, Relay, RelayError

LOOK_SECONDS = 0.5
RETRY_SECONDS = 0.25
QUIET_SECONDS = 60.0
"""A door's same word is told no more often, so that a relay that comes and goes cannot fill the journal."""

_log = logging.getLogger(__name__)


class Mover:
    """One line's thread."""

    def __init__(self, line: str, relays: Mapping[DoorId, Relay], tell: Callable[[DoorId, LockWord], None]) -> None:
        """Make a mover; ``tell`` is called from its thread with what goes wrong."""
        self._relays = relays
        self._tell = tell
        self._wanted: dict[DoorId, Move] = {}
        self._made: dict[DoorId, Move] = {}
        self._due_mono: dict[DoorId, float] = {}
        self._said: dict[DoorId, LockWord] = {}
        self._told_mono: dict[tuple[DoorId, LockWord], float] = {}
        self._changed = threading.Condition()
        self._closing_mono = math.inf
        self._thread = threading.Thread(target=self._run, name=f"mover {line}", daemon=True)
        self._thread.start()

    def want(self, move: Move) -> None:
        """Replace what a door should be; from any thread, returns at once."""
        with self._changed:
            self._wanted[move.door] = move
            self._due_mono[move.door] = 0.0
            self._changed.notify()

    def end_by(self, mono: float) -> None:
        """Let the thread end as soon as every move is made, at the latest at this time."""
        with self._changed:
            self._closing_mono = mono
            self._changed.notify()

    def join(self, seconds: float) -> bool:
        """Wait for the thread's end after :meth:`end_by`; False if a relay's call still keeps it."""
        self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (door := self._next()) is not None:
            self._attend(door)
        for relay in self._relays.values():
            relay.close()

    def _next(self) -> DoorId | None:
        """Wait for the door that is due first; None at the end."""
        with self._changed:
            while True:
                now = time.monotonic()
                closing = self._closing_mono < math.inf
                if closing and (now >= self._closing_mono or self._all_made()):
                    return None
                door = min(self._due_mono, key=self._due_mono.__getitem__, default=None)
                due = math.inf if door is None else self._due_mono[door]
                if due <= now:
                    return door
                wait = min(due, self._closing_mono) - now
                self._changed.wait(None if wait == math.inf else wait)

    def _all_made(self) -> bool:
        return all(self._made.get(door) is move for door, move in self._wanted.items())

    def _attend(self, door: DoorId) -> None:
        with self._changed:
            move = self._wanted[door]
            self._due_mono[door] = math.inf
        relay = self._relays[door]
        try:
            if self._made.get(door) is move:
                self._compare(door, seen=relay.look(), wanted=move.free)
            else:
                self._make(relay, move)
                self._made[door] = move
                if not relay.looks:
                    self._recover(door)
        except RelayError as error:
            self._fail(door, error.word)
        except Exception:  # noqa: BLE001 (whatever a stack throws concerns one relay, and not the line)
            _log.exception("the relay of door %s failed", door)
            self._fail(door, "lock_failing")
        self._plan(door, relay)

    def _compare(self, door: DoorId, *, seen: bool | None, wanted: bool) -> None:
        if seen is None:
            return
        if seen == wanted:
            self._recover(door)
        else:
            self._fail(door, "lock_strayed")

    def _make(self, relay: Relay, move: Move) -> None:
        if not move.free:
            relay.lock()
        elif move.until_mono is None:
            relay.free(None)
        elif (left := move.until_mono - time.monotonic()) > 0:
            relay.free(left)

    def _plan(self, door: DoorId, relay: Relay) -> None:
        """Set when the door is attended next, unless something newer is wanted already."""
        now = time.monotonic()
        with self._changed:
            if self._due_mono[door] != math.inf:
                return
            if door not in self._made:
                self._due_mono[door] = now + RETRY_SECONDS
            elif relay.looks:
                self._due_mono[door] = now + LOOK_SECONDS

    def _fail(self, door: DoorId, word: LockWord) -> None:
        self._made.pop(door, None)
        self._say(door, word)

    def _say(self, door: DoorId, word: LockWord) -> None:
        if self._said.get(door) != word:
            self._said[door] = word
            self._tell_quietly(door, word)

    def _recover(self, door: DoorId) -> None:
        if self._said.pop(door, None) is not None:
            self._tell_quietly(door, "lock_recovered")

    def _tell_quietly(self, door: DoorId, word: LockWord) -> None:
        now = time.monotonic()
        if now >= self._told_mono.get((door, word), -math.inf) + QUIET_SECONDS:
            self._told_mono[door, word] = now
            self._tell(door, word)
