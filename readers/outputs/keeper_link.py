"""The agent's side of the keeper: starts it, says what each door shall be, and starts another when it dies or hangs.

What each door shall be is remembered here. A new keeper begins with every door locked and is then told what should be
free: holds, and what is left of a release. The same is told again after the keeper locked because the agent was silent.

The heartbeat is only sent while ``lives`` says so. Give it what proves that decisions are still made: then a deadlocked
agent locks its doors 2 s later, like a dead one (F19).
"""

import contextlib
import logging
import os
import random
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping

from domain.ids import DoorId
from readers.drivers.supervise import Pace, back_off_seconds
from readers.outputs.keeper_frames import BEAT, FRAME_BYTES_MAX, decode_frame, encode_frame, encode_order
from readers.outputs.keeping import BEAT_SECONDS, Order
from readers.outputs.locks.relay import LockWord
from readers.outputs.locks.relays import Plan

KEEPER_SILENCE_SECONDS = 3.0
KEEPER_START_SECONDS = 15.0
"""How long a keeper may take to lock every door and say that it is ready; a small board is slow to start Python."""

END_SECONDS = 5.0
STEADY_SECONDS = 30.0
_PACE = Pace(back_off_first_seconds=0.25, back_off_max_seconds=5.0)
_log = logging.getLogger(__name__)

Tell = Callable[[DoorId | None, LockWord], None]
"""Told what goes wrong with a door's lock; None for the keeper, that is for all of them."""


class KeeperLink:
    """Owns the keeper's process and its connection."""

    def __init__(self, plans: Mapping[DoorId, Plan], tell: Tell, *, lives: Callable[[], bool] = lambda: True) -> None:
        """Start the keeper.

        Args:
            plans: the relays, by door.
            tell: called from the link's thread; must return at once.
            lives: whether the agent still does its work; asked twice a second from the link's thread.
        """
        self._plans = plans
        self._tell = tell
        self._lives = lives
        self._orders: dict[DoorId, Order] = {}
        self._unsent: dict[DoorId, Order] = {}
        self._changed = threading.Lock()
        self._keeper: socket.socket | None = None
        self._tell_again = False
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._closing = threading.Event()
        self._locks_left = set(plans)
        self._thread = threading.Thread(target=self._run, name="keeper link", daemon=True)
        self._thread.start()

    def order(self, order: Order) -> None:
        """Let a door be something from now on; from any thread, returns at once, whatever the keeper does."""
        with self._changed:
            if self._closing.is_set():
                return
            self._orders[order.door] = order
            self._unsent.pop(order.door, None)
            if self._keeper is None:
                return  # told as soon as a keeper is ready
            if not self._unsent and self._send(encode_order(order)):
                return
            self._unsent[order.door] = order
        os.eventfd_write(self._wake, 1)

    def let_go(self, door: DoorId) -> None:
        """Give a door up; with the last one the keeper ends, having locked every door."""
        with self._changed:
            self._locks_left.discard(door)
            is_last = not self._locks_left and not self._closing.is_set()
        if is_last:
            self._closing.set()
            os.eventfd_write(self._wake, 1)
            self._thread.join(2 * END_SECONDS)
            os.close(self._wake)

    def _run(self) -> None:
        attempt = 0
        while not self._closing.is_set():
            began = time.monotonic()
            try:
                self._live()
            except Exception:  # noqa: BLE001 (its keeper ends with the connection; that there is a next one matters more)
                _log.exception("the keeper could not be started or heard")
            if self._closing.is_set():
                return
            attempt = 1 if time.monotonic() - began > STEADY_SECONDS else attempt + 1
            if attempt == 1:
                self._tell(None, "keeper_lost")
                continue  # at once: until the next one has begun, a lock may be free that should not be
            self._closing.wait(back_off_seconds(_PACE, attempt - 2, random.random()))  # noqa: S311

    def _live(self) -> None:
        """Run one keeper from its start to its end."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, theirs:
            # Its own session: what a terminal or a service manager sends to our group must not end it before us.
            process = subprocess.Popen(
                [sys.executable, "-m", "readers.outputs.keeper", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
            theirs.close()
            ours.settimeout(0)
            try:
                ours.send(encode_frame({"say": "plans", "plans": self._plans}))
                self._converse(ours)
            finally:
                with self._changed:
                    self._keeper = None
                ours.close()
                self._end(process)

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        """Wait for the keeper's end where it was asked to end; end it where it is the reason."""
        try:
            process.wait(END_SECONDS if self._closing.is_set() else 0.05)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _log.info("the keeper ended with %s", process.returncode)

    def _converse(self, keeper: socket.socket) -> None:
        """Beat, hear and send what waits, until the keeper is gone, hangs, or we close."""
        beat_mono = 0.0
        heard_until = time.monotonic() + KEEPER_START_SECONDS
        self._tell_again = False
        while not self._closing.is_set():
            now = time.monotonic()
            if now >= beat_mono:
                self._beat(keeper)
                beat_mono = now + BEAT_SECONDS
            line = keeper.fileno()
            writing = [line] if self._unsent else []
            readable, writable, _ = select.select([line, self._wake], writing, [], max(0.0, beat_mono - now))
            if self._wake in readable:
                os.eventfd_read(self._wake)
            if line in writable:
                self._send_waiting()
            if line in readable:
                packet = keeper.recv(FRAME_BYTES_MAX)
                if not packet:
                    return
                self._hear(keeper, packet)
                heard_until = time.monotonic() + KEEPER_SILENCE_SECONDS
            elif time.monotonic() > heard_until:
                _log.error("the keeper hangs; it is ended")
                return

    def _beat(self, keeper: socket.socket) -> None:
        if not self._lives():
            return
        with contextlib.suppress(BlockingIOError):
            keeper.send(encode_frame(BEAT))
        if self._tell_again:
            self._tell_again = False
            self._tell_all(keeper)

    def _hear(self, keeper: socket.socket, packet: bytes) -> None:
        match decode_frame(packet):
            case {"say": "ready"}:
                self._tell_all(keeper)
            case {"say": "secured"}:
                self._tell(None, "keeper_secured")
                self._tell_again = True
            case {"say": "trouble", "door": door, "word": word}:
                self._tell(DoorId(door), word)

    def _tell_all(self, keeper: socket.socket) -> None:
        """Say again what should be free; everything else is locked already."""
        now = time.monotonic()
        with self._changed:
            self._keeper = keeper
            self._unsent = {
                door: order
                for door, order in self._orders.items()
                if order.action == "hold" or (order.action == "release" and order.until_mono > now)
            }
        self._send_waiting()

    def _send_waiting(self) -> None:
        with self._changed:
            while self._unsent:
                door = next(iter(self._unsent))
                if not self._send(encode_order(self._unsent[door])):
                    return
                del self._unsent[door]

    def _send(self, packet: bytes) -> bool:
        """Send a packet, if the keeper takes it now; its end is noticed where it is heard."""
        try:
            if self._keeper is not None:
                self._keeper.send(packet)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True
