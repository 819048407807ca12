"""Watches for a newer policy: a thread that fetches and checks it, never in the way of a door or of the records.

The form it is getting (tests/sim codes against it)::

    class PolicyWatch:
        def __init__(self, cache: PolicyCache, identity: Identity, clock: Clock, *, send: Callable[[bytes], None],
                     took: Callable[[HeldPolicy], None], found: Callable[[AlarmFound], None],
                     chance: Callable[[], float] = random.random)
        def start(self); def stop(self)
        def hear(self, what: PolicyMessage, payload: bytes)  # "pointer", "offer", "part"; any thread, returns at once
        # what the thread does, turn by turn, for whoever has no thread:
        def handle(self, what: PolicyMessage, payload: bytes)  # deal with one message now: may send, took, found
        def pass_time(self)                                    # ask (again) for what is due
        due_mono: float | None                                 # when pass_time is due; None while nothing is wanted

``send`` is given signed ``PolicyWanted`` bytes: ``Transport.send_wanted``. ``Link`` takes ``hear_policy=watch.hear`` in
place of ``offer_pointer``; ``Arrived.what`` knows "offer" and "part". A part is ``contract.policy.encode_part`` on both
ways (also as the body of GET /v1/policy/parts/<digest>/<number>). ``Wiring`` gets ``names_key: bytes``, the device's
key (``derive_device_key``), a box its file ``names.key``. Offers are best sent before their pointer: then nobody asks.
"""

import errno
import logging
import queue
import random
import threading
from collections.abc import Callable

from readers.events import AlarmFound
from readers.policy_cache import Fetch, HeldPolicy, PolicyCache, PolicyRefusedError
from readers.sending import back_off_seconds

OURS = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.ENOMEM))
"""Troubles of this box, which no network mends: the policy in force stays, and a person must look."""

_log = logging.getLogger(__name__)


class PolicyWatch:
    """Takes pointers as they come; of several waiting, the last counts."""

    def __init__(
        self,
        cache: PolicyCache,
        fetch: Fetch,
        *,
        took: Callable[[HeldPolicy], None],
        found: Callable[[AlarmFound], None],
    ) -> None:
        self._cache = cache
        self._fetch = fetch
        self._took = took
        self._found = found
        self._pointers: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="policy", daemon=True)
        self._last_refused = ""

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def offer(self, payload: bytes) -> None:
        """Take a pointer as it came from the wire."""
        self._pointers.put(payload)

    def stop(self) -> None:
        """End the thread; a fetch under way may outlive it."""
        self._pointers.put(None)

    def _run(self) -> None:
        failures = 0
        pointer = self._pointers.get()
        while pointer is not None:
            if self._handle(pointer):
                failures = 0
                pointer = self._newest(self._pointers.get())
                continue
            failures += 1
            try:
                pause = back_off_seconds(failures - 1, random.random())  # noqa: S311 (spreads load, guards nothing)
                pointer = self._newest(self._pointers.get(timeout=pause))
            except queue.Empty:
                continue  # with the same pointer

    def _newest(self, pointer: bytes | None) -> bytes | None:
        while pointer is not None and not self._pointers.empty():
            pointer = self._pointers.get()
        return pointer

    def _handle(self, pointer: bytes) -> bool:
        """Give whether the pointer is done with; False asks to try again."""
        try:
            held = self._cache.take_pointer(pointer, self._fetch)
        except PolicyRefusedError as refused:
            self._tell(str(refused))
            return True
        except MemoryError:
            self._tell("there is no memory for it")
            return False
        except OSError as error:
            _log.warning("policy not fetched: %s", error)
            if error.errno in OURS:
                self._tell(f"it cannot be kept: {error.strerror}")
            return False
        self._last_refused = ""
        if held is not None:
            self._took(held)
        return True

    def _tell(self, cause: str) -> None:
        """Say why the pointer's policy does not take effect; each cause once."""
        if cause != self._last_refused:
            self._last_refused = cause
            self._found(AlarmFound("policy_refused", cause))
