"""The way of policies to devices: what they ask for is answered, what they need next is sent before they ask.

Making a device's part takes from a millisecond (a change) to seconds (the whole of a big city), so a thread of its own
makes them; the connection's thread and HTTPS requests pick up what is ready. Of one device only its last question
counts. Devices that are in the midst of parts come first, then those whose next edition is a small change, then the
others in the order in which they asked; parts go to all devices in turn.
"""

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Self

from contract.errors import Fault, MalformedMessageError
from contract.policy import PARTS_AT_ONCE, PolicyOffer, PolicyWanted, decode_wanted, encode_part
from contract.signatures import ForgedMessageError
from domain.ids import DeviceId
from gateway.intake.key_book import KeyBook
from gateway.intake.messages import Message
from gateway.intake.outcomes import FORGED, REVOKED_DEVICE, UNKNOWN_DEVICE, Refusal
from gateway.operations.access.refuse_messages import refuse_messages
from gateway.policy.policy_parts import Parcel, PolicyParts
from store.devices import DeviceState, load_device
from store.failures import is_passing
from store.tx import Store

log = logging.getLogger(__name__)

WANTED_BYTES_MAX = 4 * 1024
READY_BYTES_MAX = 64 * 1024 * 1024
"""While so much waits to be sent, no further whole policy is made."""

LOOK_SECONDS = 1.0
PUSHES_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Ready:
    """An offer for a device, or a part; with ``pointer`` its pointer is to follow, and there may be no offer."""

    device: DeviceId
    message: PolicyOffer | bytes | None
    pointer: bool = False


class _Have(NamedTuple):
    """What a device says it holds."""

    version: int
    issued_at: datetime | None

    @classmethod
    def of(cls, wanted: PolicyWanted) -> Self:
        return cls(wanted.have_version, wanted.have_issued_at)


@dataclass(slots=True)
class _Sending:
    parcel: Parcel
    next_part: int
    end_part: int


class PolicyPost:
    """Takes questions from any thread; ``run`` makes what they ask for until stopped; ``take`` gives what is ready.

    Args:
        store: where the editions are.
        parts: makes and keeps devices' parts.
        keys: the devices' public keys.
        now: the clock.
        ring: called when something is ready.
    """

    def __init__(self, store: Store, parts: PolicyParts, keys: KeyBook, now: Callable[[], datetime]) -> None:
        self._store = store
        self._parts = parts
        self._keys = keys
        self._now = now
        self.ring: Callable[[], None] = lambda: None
        self._asked: OrderedDict[DeviceId, Message] = OrderedDict()
        self._wants: OrderedDict[DeviceId, _Have] = OrderedDict()
        self._pushes: OrderedDict[DeviceId, int] = OrderedDict()
        self._offers: deque[Ready] = deque()
        self._sending: OrderedDict[DeviceId, _Sending] = OrderedDict()
        self._lock = threading.Lock()
        self._work = threading.Event()

    def hear(self, message: Message) -> None:
        """Take in a ``PolicyWanted``; it is checked and answered later."""
        if message.device is None:
            return
        with self._lock:
            self._asked[message.device] = message
        self._work.set()

    def push(self, device: DeviceId, have_version: int) -> None:
        """Let a device that is known to hold an edition have the next one without asking, if a change leads there."""
        with self._lock:
            self._pushes[device] = have_version
        self._work.set()

    def take(self, *, offers: int, parts: int) -> list[Ready]:
        """Give what is ready, at most so many offers and parts; parts of each device in turn."""
        with self._lock:
            ready = [self._offers.popleft() for _ in range(min(offers, len(self._offers)))]
            for _ in range(parts):
                if not self._sending:
                    break
                device, sending = self._sending.popitem(last=False)
                digest, packed = sending.parcel.offer.digest, sending.parcel.packed
                ready.append(Ready(device, encode_part(digest, sending.next_part, packed)))
                sending.next_part += 1
                if sending.next_part < sending.end_part:
                    self._sending[device] = sending
            if not self._sending:
                self._work.set()
        return ready

    @property
    def has_ready(self) -> bool:
        """Tell whether ``take`` would give something."""
        return bool(self._offers or self._sending)

    def answer(self, message: Message) -> PolicyOffer | Refusal | None:
        """Answer a ``PolicyWanted`` at once with an offer; None when the device holds the latest edition."""
        wanted = self._check(message)
        if isinstance(wanted, Refusal):
            self._refuse(message, wanted)
            return wanted
        parcel = self._make(DeviceId(wanted.device), _Have.of(wanted))
        return None if parcel is None else parcel.offer

    def find_part(self, device: DeviceId, digest: str, number: int) -> bytes | None:
        """Give a part of an offer made to the device, while it is kept."""
        parcel = self._parts.find(device, digest)
        if parcel is None or not 0 <= number < parcel.offer.parts:
            return None
        return encode_part(digest, number, parcel.packed)

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set; a database that is away is waited for, devices ask again."""
        while not stop.is_set():
            self._work.wait(LOOK_SECONDS)
            self._work.clear()
            try:
                while not stop.is_set() and self.work():
                    pass
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("policies cannot be looked up now (%s)", type(error).__name__)
                stop.wait(LOOK_SECONDS)

    def work(self) -> bool:
        """Take one step; tells whether there may be another."""
        with self._lock:
            asked = self._asked.popitem(last=False) if self._asked else None
        if asked is not None:
            self._sort(asked[1])
            return True
        with self._lock:
            pushes = [self._pushes.popitem(last=False) for _ in range(min(PUSHES_AT_ONCE, len(self._pushes)))]
            full = sum(len(sending.parcel.packed) for sending in self._sending.values()) > READY_BYTES_MAX
            want = self._wants.popitem(last=False) if self._wants and not pushes and not full else None
        try:
            if pushes:
                self._push(pushes)
            elif want is not None:
                self._offer(*want)
        except Exception:
            with self._lock:  # for the next turn
                self._pushes.update(pushes)
                self._wants.update([want] if want else [])
            raise
        return bool(pushes) or want is not None

    def _sort(self, message: Message) -> None:
        """Check a question; what is at hand goes at once, the rest waits its turn."""
        wanted = self._check(message)
        if isinstance(wanted, Refusal):
            self._refuse(message, wanted)
            return
        device = DeviceId(wanted.device)
        parcel = self._parts.find(device, wanted.digest) if wanted.digest else None
        if parcel is None or wanted.from_part >= parcel.offer.parts:
            with self._lock:
                self._wants[device] = _Have.of(wanted)
            return
        end_part = min(parcel.offer.parts, wanted.from_part + PARTS_AT_ONCE)
        with self._lock:
            self._sending[device] = _Sending(parcel, wanted.from_part, end_part)
        self.ring()

    def _push(self, pushes: list[tuple[DeviceId, int]]) -> None:
        with self._store.reading(self._now()) as tx:
            for device, have_version in pushes:
                parcel = self._parts.make(tx, device, have_version, whole=False)
                self._lay_out(Ready(device, None if parcel is None else parcel.offer, pointer=True))

    def _offer(self, device: DeviceId, have: _Have) -> None:
        parcel = self._make(device, have)
        if parcel is not None:
            self._lay_out(Ready(device, parcel.offer))

    def _lay_out(self, ready: Ready) -> None:
        with self._lock:
            self._offers.append(ready)
        self.ring()

    def _make(self, device: DeviceId, have: _Have) -> Parcel | None:
        with self._store.reading(self._now()) as tx:
            return self._parts.make(tx, device, have.version, have_issued_at=have.issued_at)

    def _check(self, message: Message) -> PolicyWanted | Refusal:
        if len(message.payload) > WANTED_BYTES_MAX:
            return Refusal(Fault.oversize, f"{len(message.payload)} bytes; a question has at most {WANTED_BYTES_MAX}")
        try:
            wanted = decode_wanted(message.payload)
        except MalformedMessageError as error:
            return Refusal(error.fault, error.detail)
        if wanted.device != message.device:
            return Refusal(Fault.wrong_topic, f"the question names {wanted.device}, the sender is {message.device}")
        device = DeviceId(wanted.device)
        with self._store.reading(self._now()) as tx:
            known = load_device(tx, device)
        if known is None:
            return UNKNOWN_DEVICE
        if known.state is DeviceState.revoked:
            return REVOKED_DEVICE
        held = self._keys.find(device)
        if held is None or held.text != known.public_key:
            self._keys.refresh([device], self._now())
            held = self._keys.find(device)
        try:
            if held is None:
                return UNKNOWN_DEVICE
            wanted.require_signature(held.key)
        except ForgedMessageError:
            return FORGED
        return wanted

    def _refuse(self, message: Message, refusal: Refusal) -> None:
        with self._store.transaction(self._now()) as tx:
            refuse_messages(tx, [(message, refusal)])
