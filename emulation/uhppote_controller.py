"""A uhppote controller on loopback, for tests and demonstrations, where no board and no simulator of others is at hand.

It answers the packets that a door needs, as the public encodings of the package ``uhppoted`` lay them out: 64 bytes,
0x17, a function code, the serial number, little-endian numbers, dates in BCD. What the package does not say is assumed
to the worse: a change of mode does not cut a running pulse short, and events are told once and may be lost. It shows
that both ends speak alike; what a real board does between the packets needs the board.
"""

import contextlib
import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from domain.civil import JST

PACKET_BYTES = 64
DOORS = 4
NORMALLY_OPEN, NORMALLY_CLOSED, CONTROLLED = 1, 2, 3
_START = 0x17
OPEN_DOOR, SET_DOOR = 0x40, 0x80
_STATUS, _GET_DOOR = 0x20, 0x82
_SPECIAL_EVENTS, _SET_LISTENER = 0x8E, 0x90
_DOOR_EVENT = 2
_BUTTON_REASON, _OPENED_REASON, _CLOSED_REASON = 20, 23, 24
_FIRE = 0x01


@dataclass
class _Door:
    """One door: what it is set to, and what it senses."""

    mode: int = CONTROLLED
    delay: int = 3
    free_until_mono: float = 0.0
    opened: bool = False
    pressed: bool = False
    stuck: bool = False


class UhppoteController:
    """A controller with four doors (1–4), answering on a free loopback port until it is closed."""

    def __init__(self, serial: int = 405419896) -> None:
        """Start answering."""
        self.serial = serial
        self.mute = False
        """Whether it answers and tells nothing."""
        self.loses = 0
        """How many of the next questions are lost."""
        self.refuses = False
        """Whether it refuses to open doors."""
        self.fire = False
        self.asked: deque[int] = deque(maxlen=64)
        """The function codes of the last questions."""
        self._doors = [_Door() for _ in range(DOORS)]
        self._listener: tuple[str, int] | None = None
        self._tells_doors = False
        self._events = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="uhppote controller", daemon=True)
        self._thread.start()

    def is_free(self, door: int) -> bool:
        """Tell whether a door's relay frees its lock."""
        state = self._doors[door - 1]
        return state.stuck or state.mode == NORMALLY_OPEN or time.monotonic() < state.free_until_mono

    def mode(self, door: int) -> tuple[int, int]:
        """Give a door's mode and its delay in seconds."""
        state = self._doors[door - 1]
        return state.mode, state.delay

    def stick(self, door: int, *, stuck: bool = True) -> None:
        """Weld a relay's contact, or part it."""
        self._doors[door - 1].stuck = stuck

    def open_contact(self, door: int, *, opened: bool = True) -> None:
        """Open or close a door, as its contact senses it."""
        self._doors[door - 1].opened = opened
        self._tell(door, _OPENED_REASON if opened else _CLOSED_REASON)

    def press_button(self, door: int, *, pressed: bool = True) -> None:
        """Press or let go a door's button; pressing frees the door, as a controller does by itself."""
        state = self._doors[door - 1]
        state.pressed = pressed
        if pressed:
            state.free_until_mono = time.monotonic() + state.delay
            self._tell(door, _BUTTON_REASON)

    def close(self) -> None:
        """Stop answering."""
        self._stop.set()
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        self._socket.settimeout(0.1)
        while not self._stop.is_set():
            try:
                packet, sender = self._socket.recvfrom(1024)
            except TimeoutError:
                continue
            if self.loses:
                self.loses -= 1
            elif not self.mute and (answer := self._answer(packet)) is not None:
                self._socket.sendto(answer, sender)

    def _answer(self, packet: bytes) -> bytes | None:
        if len(packet) != PACKET_BYTES or packet[0] != _START or struct.unpack_from("<L", packet, 4)[0] != self.serial:
            return None
        code = packet[1]
        self.asked.append(code)
        if code == _STATUS:
            return self._status(_STATUS, 0, 0)
        if code == _SET_LISTENER:
            self._listener = (socket.inet_ntoa(packet[8:12]), struct.unpack_from("<H", packet, 12)[0])
            return self._say(code, b"\x01")
        if code == _SPECIAL_EVENTS:
            self._tells_doors = packet[8] == 1
            return self._say(code, b"\x01")
        if not 1 <= packet[8] <= DOORS:
            return None
        state = self._doors[packet[8] - 1]
        if code == OPEN_DOOR:
            opens = not self.refuses and state.mode != NORMALLY_CLOSED
            if opens:
                state.free_until_mono = time.monotonic() + state.delay
            return self._say(code, bytes([opens]))
        if code == SET_DOOR:
            state.mode, state.delay = packet[9], packet[10]
        elif code != _GET_DOOR:
            return None
        return self._say(code, bytes([packet[8], state.mode, state.delay]))

    def _say(self, code: int, payload: bytes) -> bytes:
        return (bytes([_START, code, 0, 0]) + struct.pack("<L", self.serial) + payload).ljust(PACKET_BYTES, b"\0")

    def _tell(self, door: int, reason: int) -> None:
        """Send an event to the listener, once."""
        self._events += 1
        if self._listener and not self.mute and (self._tells_doors or reason == _BUTTON_REASON):
            with contextlib.suppress(OSError):
                self._socket.sendto(self._status(_STATUS, door, reason), self._listener)

    def _status(self, code: int, door: int, reason: int) -> bytes:
        """Lay out a status answer, which is an event packet too."""
        now = datetime.now(JST)
        packet = bytearray(self._say(code, b""))
        struct.pack_into("<L", packet, 8, self._events)
        packet[12:16] = bytes([_DOOR_EVENT, 1, door, 1])
        packet[20:27] = _bcd(now.strftime("%Y%m%d%H%M%S"))
        packet[27] = reason
        packet[28:32] = bytes(state.opened for state in self._doors)
        packet[32:36] = bytes(state.pressed for state in self._doors)
        packet[37:40] = _bcd(now.strftime("%H%M%S"))
        struct.pack_into("<L", packet, 40, self._events)
        packet[49] = sum(1 << door for door in range(DOORS) if self.is_free(door + 1))
        packet[50] = _FIRE if self.fire else 0
        packet[51:54] = _bcd(now.strftime("%y%m%d"))
        return bytes(packet)


def _bcd(digits: str) -> bytes:
    return bytes.fromhex(digits)
