"""An antenna on UDP for nfcpy's ``udp`` driver: a reader of path ``udp:127.0.0.1:PORT`` polls it, cards come and go.

Each datagram is one frame, ``b"212F 0600fe000100"``. nfcpy waits a whole second for an answer to a poll; so the field
keeps the waiting poll open and answers it the moment a card is put, and after ``silence_seconds`` without a card it
answers with a frame too short for any card, which nfcpy takes for the silence it is.
"""

import select
import socket
import threading
import time
from binascii import Error as HexError
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from emulation.card import Card, take_power

LOOPBACK = "127.0.0.1"
_NOBODY_ANSWERS = b"\x01"
_FIELD_OFF = "RFOFF"
_DATAGRAM_BYTES = 1024


@dataclass(frozen=True, slots=True)
class _Poll:
    modulation: str
    frame: bytes
    address: tuple[str, int]
    until_mono: float


def open_antenna(port: int = 0) -> socket.socket:
    """Bind a datagram socket on loopback; of the free ports one without a service's name, unless a port is given.

    nfcpy asks ``getnameinfo`` for the port's number and falls over the name it gets (57000 is "dircproxy").
    """
    while True:
        antenna = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        antenna.bind((LOOPBACK, port))
        _, service = socket.getnameinfo(antenna.getsockname(), socket.NI_NUMERICHOST)
        if port or service.isdecimal():
            return antenna
        antenna.close()


class FelicaField:
    """One antenna, on loopback only. Use it as a context, or call :meth:`close`."""

    def __init__(self, port: int = 0, *, silence_seconds: float = 0.1) -> None:
        self._socket = open_antenna(port)
        self.port: int = self._socket.getsockname()[1]
        self._silence_seconds = silence_seconds
        self._cards: list[Card] = []
        self._waiting: _Poll | None = None
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name=f"felica-field-{self.port}", daemon=True)
        self._thread.start()

    @property
    def path(self) -> str:
        """The reader path that polls this antenna."""
        return f"udp:{LOOPBACK}:{self.port}"

    def put(self, card: Card) -> None:
        """Lay a card into the field; a poll that waits is answered at once."""
        with self._lock:
            self._cards.append(card)
            poll, self._waiting = self._waiting, None
            if poll is not None:
                self._answer(poll)

    def remove(self, card: Card | None = None) -> None:
        """Take a card out of the field, or all of them."""
        with self._lock:
            taken = [present for present in self._cards if card is None or present is card]
            self._cards = [present for present in self._cards if present not in taken]
        for each in taken:
            take_power(each)

    def tap(self, card: Card, hold_seconds: float = 0.3) -> None:
        """Put a card, hold it and take it away; blocks while it is held."""
        self.put(card)
        try:
            time.sleep(hold_seconds)
        finally:
            self.remove(card)

    def close(self) -> None:
        """Switch the antenna off."""
        self._closed.set()
        self._wake_writer.send(b"\0")
        self._thread.join()
        for end in (self._socket, self._wake_reader, self._wake_writer):
            end.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.close()

    def _run(self) -> None:
        while not self._closed.is_set():
            with self._lock:
                wait = None if self._waiting is None else max(self._waiting.until_mono - time.monotonic(), 0)
            readable, _, _ = select.select([self._socket, self._wake_reader], [], [], wait)
            with self._lock:
                if self._socket in readable:
                    self._receive()
                elif self._waiting is not None and time.monotonic() >= self._waiting.until_mono:
                    poll, self._waiting = self._waiting, None
                    self._send(poll, _NOBODY_ANSWERS)

    def _receive(self) -> None:
        payload, address = self._socket.recvfrom(_DATAGRAM_BYTES)
        try:
            modulation, frame = payload.decode("ascii").split(" ")
            poll = _Poll(modulation, bytes.fromhex(frame), address, time.monotonic() + self._silence_seconds)
        except (ValueError, HexError):
            return
        self._waiting = None  # the reader has given up on it: an answer now would be taken for this frame's
        if modulation == _FIELD_OFF:
            for card in self._cards:
                take_power(card)
            return
        self._answer(poll)

    def _answer(self, poll: _Poll) -> None:
        """Send what the card answers; several answers at once collide and reach nobody."""
        answers = [answer for card in self._cards if (answer := card.answer(poll.modulation, poll.frame)) is not None]
        if len(answers) == 1:
            self._send(poll, answers[0])
        else:
            self._waiting = poll

    def _send(self, poll: _Poll, frame: bytes) -> None:
        self._socket.sendto(f"{poll.modulation} {frame.hex()}".encode(), poll.address)
