"""The keeper: the process of its own that moves the relays, so that no lock stays free because the agent died.

``python -m readers.outputs.keeper FD`` is started by :mod:`readers.outputs.keeper_link` with its end of a socket pair.
What it does is :mod:`readers.outputs.keeping`; each line of relays has a thread (:mod:`readers.outputs.mover`).

What each death means for a lock (I19):

============================  ========================================================================================
agent ends, crashes, SIGKILL  its end of the pair closes: every door is locked at once
agent hangs, SIGSTOP          no heartbeat: every door is locked after 2 s
keeper SIGTERM                every door is locked, then it ends; the agent starts another
keeper SIGKILL, crash         the agent sees it at once and starts another, which begins by locking every door
keeper hangs, SIGSTOP         the agent misses its heartbeat for 3 s, kills it and starts another
both at once, or power        as below, until the agent's supervisor has started it again
============================  ========================================================================================

Between a keeper's death and the next one's first move (about the start of a Python process) the hardware is alone:

============================  ========================================================================================
GPIO, fail-secure             the kernel takes the pin back: locked where it then falls to its resistor, else as it was
GPIO, fail-safe               the same: free where the pin falls, else as it was
Modbus                        the coil stays as it was, unless the module's own communication watchdog resets it
uhppote                       a pulse ends by the controller's timer; a held door stays held
simulated                     nothing moves
without power                 a fail-secure lock is locked, a fail-safe one is free, whatever the back-end
============================  ========================================================================================

Whoever must get out never depends on any of this: egress and fire release belong in the wiring of the lock itself.
"""

import contextlib
import logging
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

from domain.ids import DoorId
from readers.outputs.keeper_frames import (
    BEAT,
    FRAME_BYTES_MAX,
    READY,
    SECURED,
    FrameError,
    decode_frame,
    encode_frame,
    message_of,
)
from readers.outputs.keeping import BEAT_SECONDS, Gone, Message, Move, Tick, begin_keeping, step_keeper
from readers.outputs.locks.relay import LockWord, Relay
from readers.outputs.locks.relays import Relays
from readers.outputs.mover import Mover

LAST_SECONDS = 3.0
"""How long the end waits for relays that do not answer."""

_log = logging.getLogger(__name__)


class Keeper:
    """One keeper's parts: the connection to the agent, a mover a line, the rules' state."""

    def __init__(self, agent: socket.socket) -> None:
        self._agent = agent
        self._sending = threading.Lock()
        self._movers: dict[DoorId, Mover] = {}
        self._state, _ = begin_keeping((), time.monotonic())
        agent.settimeout(0)

    def run(self, wake: socket.socket) -> None:
        """Keep the doors that the first frame names, until the agent's end closes or ``wake`` becomes readable.

        Raises:
            FrameError: the agent closed its end, or said something else, before it named them.
        """
        plans = self._receive_plans()
        self._make_movers(plans)
        self._state, moves = begin_keeping(self._movers, time.monotonic())
        self._carry_out(moves)
        self._send(READY)
        beat_mono = time.monotonic()
        message: Message = Tick()
        while not isinstance(message, Gone):
            if (now := time.monotonic()) >= beat_mono:
                self._send(BEAT)
                beat_mono = now + BEAT_SECONDS
            message = self._hear(wake, min(beat_mono, self._state.next_mono) - now)
            self._step(message)
        self._end()

    def _step(self, message: Message) -> None:
        was_silent = self._state.silent
        self._state, moves = step_keeper(self._state, message, time.monotonic())
        self._carry_out(moves)
        if self._state.silent and not was_silent and not isinstance(message, Gone):
            _log.error("the agent is silent: every door is locked")
            self._send(SECURED)

    def _receive_plans(self) -> Mapping[str, Any]:
        select.select([self._agent], [], [])
        plans: Mapping[str, Any] = decode_frame(self._agent.recv(FRAME_BYTES_MAX))["plans"]
        return plans

    def _make_movers(self, plans: Mapping[str, Any]) -> None:
        maker = Relays()
        lines: dict[str, dict[DoorId, Relay]] = {}
        for door, plan in plans.items():
            relay = maker.make(DoorId(door), plan)
            lines.setdefault(relay.line, {})[DoorId(door)] = relay
        for line, relays in lines.items():
            mover = Mover(line, relays, self._tell)
            self._movers |= dict.fromkeys(relays, mover)

    def _hear(self, wake: socket.socket, seconds: float) -> Message:
        """Wait for one message, or for the time that is due."""
        readable, _, _ = select.select([self._agent, wake], [], [], max(0.0, seconds))
        if wake in readable:
            return Gone()
        if not readable:
            return Tick()
        try:
            packet = self._agent.recv(FRAME_BYTES_MAX)
            return message_of(decode_frame(packet)) if packet else Gone()
        except BlockingIOError:
            return Tick()
        except FrameError as error:
            _log.error("the agent said what is no order: %s", error)
            return Tick()
        except OSError:
            return Gone()

    def _carry_out(self, moves: list[Move]) -> None:
        for move in moves:
            self._movers[move.door].want(move)

    def _tell(self, door: DoorId, word: LockWord) -> None:
        self._send({"say": "trouble", "door": door, "word": word})

    def _send(self, frame: Mapping[str, Any]) -> None:
        """Say something; an agent that does not listen, or is gone, is not waited for."""
        with self._sending, contextlib.suppress(OSError):
            self._agent.send(encode_frame(frame))

    def _end(self) -> None:
        """Wait until every door is locked, as long as that may take."""
        until = time.monotonic() + LAST_SECONDS
        movers = set(self._movers.values())
        for mover in movers:
            mover.end_by(until)
        for mover in movers:
            mover.join(until - time.monotonic())


def main() -> None:
    """Run the keeper on the socket whose descriptor is the first argument."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s", stream=sys.stderr)
    wake, woken = socket.socketpair()
    woken.settimeout(0)
    signal.set_wakeup_fd(woken.fileno())
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the agent, whose end is ours
    try:
        Keeper(socket.socket(fileno=int(sys.argv[1]))).run(wake)
    except FrameError as error:
        _log.error("no doors were named: %s", error)
    # Without the interpreter's own ending, which would hand GPIO pins back as inputs.
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
