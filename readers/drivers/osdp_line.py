"""One RS-485 line with its readers: a thread that keeps the port open, libosdp in step and the readers' orders moving.

The thread lives while somebody uses the line: drivers, locks. It turns every few milliseconds, at once when a byte
arrives or an order is put down; libosdp then takes four steps, which is what it needs from one reply to the next
command. Readers that are gone are looked for again at our own pace: the library's own pause is five minutes. It also
counts by the wall clock and would stand still after that was set back; then it is made anew.
"""

import contextlib
import logging
import os
import random
import select
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from readers.drivers.faults import ReaderError
from readers.drivers.kept_port import KeptPort
from readers.drivers.osdp_orders import OrderBox
from readers.drivers.osdp_policy import FINDINGS, LineGate
from readers.drivers.osdp_seat import Input, OsdpSeat
from readers.drivers.osdp_stack import AskDone, CardBits, KeyCodes, OsdpStack, SessionMoved, StatusTold, Told
from readers.drivers.port import Health
from readers.drivers.supervise import Pace

FAREWELL_SECONDS = 0.5
"""How long a line that ends waits for its relays to be locked."""

_STEPS = 4
_CLOCK_STEP_SECONDS = 0.25
_FAILED_SECONDS = 0.5  # a fault that comes back at every turn must not fill the log
_WAITING_SECONDS, _IDLE_SECONDS = 0.004, 0.01
_REST = 0.001  # between two looks at a reply that arrives in pieces
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """A reader's place on a line: its key (16 bytes) and its wired inputs by number."""

    key: bytes = field(repr=False)
    inputs: Mapping[int, Input] = field(default_factory=dict)


class OsdpLine:
    """The line."""

    def __init__(
        self,
        path: str,
        baud: int,
        places: Mapping[int, Place],
        *,
        pace: Pace | None = None,
        jitter: Callable[[], float] = random.random,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """Make it; nothing is opened before it is used.

        Args:
            path: the serial device.
            baud: its speed.
            places: the readers by address.
            pace: how patient it is with port and readers.
            jitter: a random number in [0, 1).
            wall: the wall clock's seconds, as the library sees them.
        """
        pace = pace or Pace()
        self.path = path
        self.beat_mono = time.monotonic()
        self._wall = wall
        self._wall_ahead = wall() - time.monotonic()
        self._keys = {address: place.key for address, place in places.items()}
        self._wake_descriptor = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._port = KeptPort(path, baud, pace, jitter)
        self._gate = LineGate(self._keys)
        self._stack = OsdpStack(self._keys, self._gate, self._port.send)
        self._seats = {
            address: OsdpSeat(address, place.inputs, OrderBox(self._wake), pace, jitter)
            for address, place in places.items()
        }
        self._users = 0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def orders(self, address: int) -> OrderBox:
        """Give the order box of the reader at ``address``.

        Raises:
            ValueError: the line has no such reader.
        """
        if address not in self._seats:
            known = ", ".join(map(str, self._seats))
            raise ValueError(f"{self.path}: アドレス{address}の読取機はありません / expected an address among {known}")
        return self._seats[address].orders

    def join(self) -> None:
        """Use the line; its thread runs from the first user on."""
        with self._lock:
            self._users += 1
            if self._thread is None:
                self.beat_mono = time.monotonic()
                self._port.begin()
                self._thread = threading.Thread(target=self._run, name=f"osdp {self.path}", daemon=True)
                self._thread.start()

    def leave(self) -> None:
        """Use it no more; the last user locks its relays and closes it, which takes FAREWELL_SECONDS at most."""
        with self._lock:
            self._users -= 1
            thread = self._thread if self._users == 0 else None
            self._wake()
        if thread is not None:
            thread.join(FAREWELL_SECONDS * 4)

    @contextlib.contextmanager
    def used(self) -> Iterator[None]:
        """Use the line within a block."""
        self.join()
        try:
            yield
        finally:
            self.leave()

    def _wake(self) -> None:
        os.eventfd_write(self._wake_descriptor, 1)

    def _run(self) -> None:
        ends_mono: float | None = None
        while True:
            now = self.beat_mono = time.monotonic()
            try:
                self._turn(now)
            except Exception:  # noqa: BLE001 (whatever it was, the doors on this line need it again)
                _log.exception("an OSDP line failed in a way nobody foresaw; it is opened again")
                self._close_port(ReaderError("failing", "unexpected_error"), now)
                time.sleep(_FAILED_SECONDS)
            with self._lock:
                if self._users:
                    ends_mono = None
                elif ends_mono is None:
                    ends_mono = now + FAREWELL_SECONDS
                elif now > ends_mono or all(seat.is_settled for seat in self._seats.values()):
                    self._close_port(ReaderError("lost", "closed"), now)
                    self._thread = None
                    return
            self._wait()

    def _turn(self, now: float) -> None:
        self._watch_clock(now)
        self._keep_port(now)
        for seat in self._seats.values():
            seat.take_orders(now)
        self._listen(now)
        for _ in range(_STEPS):
            for told in self._stack.refresh():
                self._heed(told, now)
            for seat in self._seats.values():
                self._tend(seat, now)
        for address, finding in self._gate.take_findings():
            self._cut_off(self._seats[address], "failing", finding, now)

    def _wait(self) -> None:
        waiting = [self._wake_descriptor, *self._port.descriptors]
        ready, _, _ = select.select(waiting, [], [], _WAITING_SECONDS if self._gate.is_waiting else _IDLE_SECONDS)
        if self._wake_descriptor in ready:
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(self._wake_descriptor)
        elif ready:
            time.sleep(_REST)

    def _watch_clock(self, now: float) -> None:
        ahead = self._wall() - now
        if ahead < self._wall_ahead - _CLOCK_STEP_SECONDS:
            self._gate = LineGate(self._keys)
            self._stack = OsdpStack(self._keys, self._gate, self._port.send)
            self._cut_off_all(ReaderError("lost", "clock_set_back"), now)
        self._wall_ahead = ahead

    def _keep_port(self, now: float) -> None:
        try:
            if self._port.keep(now):
                for seat in self._seats.values():
                    seat.retry_mono = now
        except ReaderError as fault:
            self._cut_off_all(fault, now)

    def _listen(self, now: float) -> None:
        try:
            self._gate.line_brought(self._port.read())
        except ReaderError as fault:
            self._close_port(fault, now)

    def _close_port(self, fault: ReaderError, now: float) -> None:
        self._port.close(fault, now)
        self._cut_off_all(fault, now)

    def _cut_off_all(self, fault: ReaderError, now: float) -> None:
        for seat in self._seats.values():
            self._cut_off(seat, fault.health, fault.cause, now)

    def _tend(self, seat: OsdpSeat, now: float) -> None:
        """Let a reader that rests be looked for again when it is time, and one that is there have its next order."""
        if seat.is_resting:
            if self._port.is_open and now >= seat.retry_mono and not self._stack.is_enabled(seat.address):
                self._gate.unblock(seat.address)
                self._stack.enable(seat.address)
                seat.is_resting = False
            return
        ask = seat.next_ask(now)
        if ask is not None:
            match self._stack.submit(seat.address, ask):
                case "incapable":
                    seat.cannot()
                case "no_session":
                    seat.done(ok=False)

    def _cut_off(self, seat: OsdpSeat, health: Health, cause: str, now: float, refused: int = 0) -> None:
        self._gate.block(seat.address)
        self._stack.forget_commands(seat.address)
        self._stack.disable(seat.address)
        seat.falls(health, cause, now, refused)

    def _heed(self, told: Told, now: float) -> None:
        seat = self._seats[told.address]
        if seat.is_resting:
            return
        match told:
            case SessionMoved(is_up=True):
                seat.stands(now)
            case SessionMoved() if self._port.fault is not None:
                self._cut_off(seat, self._port.fault.health, self._port.fault.cause, now)
            case SessionMoved():
                loss, code = self._gate.loss_of(told.address)
                refused = code if loss == "command_refused" else 0
                self._cut_off(seat, "failing" if loss in FINDINGS | {"garbled_line"} else "lost", loss, now, refused)
            case AskDone():
                seat.done(ok=told.ok)
            case CardBits() | KeyCodes() | StatusTold() if not seat.is_up:
                _log.warning("what a reader told outside its session is not heard")
            case CardBits():
                seat.card(told, now)
            case KeyCodes():
                seat.keys(told, now)
            case StatusTold():
                seat.status(told)
