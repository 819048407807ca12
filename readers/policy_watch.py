"""Watches for a newer policy: a thread that fetches and checks it, never in the way of a door or of the records.

What to ask for and when is ``readers.policy_intake``'s to say; what must not be taken ``readers.policy_cache``'s.
"""

import errno
import logging
import queue
import random
import threading
from collections.abc import Callable

from contract.errors import MalformedMessageError
from contract.policy import PolicyWanted, decode_part
from readers.clock import Clock
from readers.events import AlarmFound
from readers.link import Identity
from readers.policy_cache import HeldPolicy, PolicyCache
from readers.policy_files import PolicyRefusedError
from readers.policy_intake import (
    Ask,
    Begin,
    Effect,
    Step,
    Store,
    Take,
    begin_intake,
    step_failed,
    step_offer,
    step_part,
    step_pointer,
    step_refused,
    step_taken,
    step_time,
)
from readers.transports.port import PolicyMessage

OURS = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.ENOMEM))
"""Troubles of this box, which no network mends: the policy in force stays, and a person must look."""

_WAITING_MAX = 64
"""More messages than these are not kept waiting: parts are asked for again, a pointer is said again."""

_TOLD_MAX = 50
_log = logging.getLogger(__name__)


class PolicyWatch:
    """Hears what the centre says of the policy, asks for what is missing, and lets a checked policy take effect.

    Whoever has no thread to give it calls ``handle``, and ``pass_time`` when ``due_mono`` has come.
    """

    def __init__(
        self,
        cache: PolicyCache,
        identity: Identity,
        clock: Clock,
        *,
        send: Callable[[bytes], None],
        took: Callable[[HeldPolicy], None],
        found: Callable[[AlarmFound], None],
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Make a watch over a cache that was loaded.

        Args:
            cache: the files; used by this watch's thread alone from here on.
            identity: who asks, and the key that signs what is asked.
            clock: the time.
            send: brings a signed ``PolicyWanted`` to the centre or loses it; returns at once.
            took: told what is in force now, a new policy or a later confirmation.
            found: told what a person must look at; each cause once until the next policy takes effect.
            chance: random in 0..1.
        """
        self._cache = cache
        self._identity = identity
        self._clock = clock
        self._send = send
        self._took = took
        self._found = found
        self._chance = chance
        held = cache.held
        self._intake = begin_intake(
            held.snapshot.version if held else 0,
            is_long=held is not None and held.is_long,
            mono=clock.now().mono,
            chance=chance(),
        )
        self._heard: queue.Queue[tuple[PolicyMessage, bytes] | None] = queue.Queue(_WAITING_MAX)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="policy", daemon=True)
        self._told: set[str] = set()

    @property
    def due_mono(self) -> float | None:
        """When there is something to ask for (monotonic seconds); None while nothing is wanted."""
        return self._intake.due_mono

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def hear(self, what: PolicyMessage, payload: bytes) -> None:
        """Take a message as it came from the wire; from any thread, returns at once."""
        self._put((what, payload))

    def stop(self) -> None:
        """End the thread; a policy that is being checked may outlive it."""
        self._stopping = True
        self._put(None)

    def handle(self, what: PolicyMessage, payload: bytes) -> None:
        """Deal with a message now."""
        self._guard(lambda: self._step(what, payload))

    def pass_time(self) -> None:
        """Ask for what is due now."""
        self._guard(lambda: step_time(self._intake, self._mono, self._chance()))

    def _put(self, heard: tuple[PolicyMessage, bytes] | None) -> None:
        try:
            self._heard.put_nowait(heard)
        except queue.Full:
            return

    def _run(self) -> None:
        while not self._stopping:
            due = self.due_mono
            try:
                heard = self._heard.get(timeout=None if due is None else max(0.0, due - self._mono))
            except queue.Empty:
                heard = None
            try:
                self.pass_time() if heard is None else self.handle(*heard)
            except Exception as error:  # noqa: BLE001 (whatever it was, the next policy must have its chance)
                _log.exception("the watch over the policy failed")
                self._tell(f"the watch over it failed: {type(error).__name__}")
                self._intake = step_failed(self._intake, self._mono, self._chance())

    @property
    def _mono(self) -> float:
        return self._clock.now().mono

    def _step(self, what: PolicyMessage, payload: bytes) -> Step:
        mono, chance = self._mono, self._chance()
        if what == "part":
            return step_part(self._intake, decode_part(payload), mono, chance)
        if what == "offer":
            return step_offer(self._intake, self._cache.read_offer(payload), mono, chance)
        pointer = self._cache.read_pointer(payload)
        if (held := self._cache.confirm(pointer)) is not None:
            self._took(held)
            self._cache.keep_confirmation()
        return step_pointer(self._intake, pointer.policy_version, mono, chance)

    def _guard(self, step: Callable[[], Step]) -> None:
        """Go a step and do what it asks for; whatever is wrong with it is told and changes nothing in force."""
        try:
            self._intake, effects = step()
        except PolicyRefusedError as error:
            self._tell(str(error))
            return
        except MalformedMessageError as error:
            self._tell(f"nothing that the centre sends: {error.fault}")
            return
        except (MemoryError, OSError) as error:
            self._tell_trouble(error)
            return
        try:
            while effects:
                self._intake, effects = self._do(effects)
        except PolicyRefusedError as error:
            self._tell(str(error))
            self._intake = step_refused(self._intake, self._mono, self._chance())
        except (MemoryError, OSError) as error:
            self._cache.drop()
            self._tell_trouble(error)
            self._intake = step_failed(self._intake, self._mono, self._chance())

    def _do(self, effects: list[Effect]) -> Step:
        """Do what a step asks for; gives the next step, which most often asks for nothing."""
        for effect in effects:
            match effect:
                case Ask():
                    self._ask(effect)
                case Begin():
                    self._cache.begin(effect.offer)
                case Store():
                    self._cache.store(effect.number, effect.data)
                case Take():
                    held = self._cache.take()
                    self._told.clear()
                    self._took(held)
                    return step_taken(
                        self._intake,
                        held.snapshot.version,
                        is_long=held.is_long,
                        mono=self._mono,
                        chance=self._chance(),
                    )
        return self._intake, []

    def _ask(self, ask: Ask) -> None:
        held = self._cache.held
        wanted = PolicyWanted(
            device=self._identity.device,
            have_version=ask.have_version,
            digest=ask.digest,
            from_part=ask.from_part,
            at=self._clock.now().at,
            have_issued_at=held.snapshot.issued_at if held and ask.have_version else None,
        )
        self._send(wanted.signed(self._identity.device_key).encoded())

    def _tell_trouble(self, error: MemoryError | OSError) -> None:
        _log.warning("policy not kept: %s", error)
        if isinstance(error, MemoryError):
            self._tell("there is no memory for it")
        elif error.errno in OURS:
            self._tell(f"it cannot be kept: {error.strerror}")

    def _tell(self, cause: str) -> None:
        """Say why a policy does not take effect; each cause once."""
        if cause not in self._told and len(self._told) < _TOLD_MAX:
            self._told.add(cause)
            self._found(AlarmFound("policy_refused", cause))
