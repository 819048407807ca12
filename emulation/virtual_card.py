"""A card for pcscd's virtual readers (vpcd): a TCP client that is the card while it is connected.

Frames are a 2-byte big-endian length and the payload. A payload of one byte from the reader is control (power off, on,
reset, ATR wanted), any other an APDU to answer. vpcd listens on all addresses and cannot be told otherwise: run it on
machines for tests and demonstrations only.
"""

import contextlib
import socket
import struct
import threading
import time
from dataclasses import dataclass
from functools import reduce
from operator import xor
from types import TracebackType
from typing import Protocol, Self

GET_DATA = bytes.fromhex("ffca000000")
"""PC/SC part 3: the reader, not the card, answers it with the number it found the card by."""

_POWER_ON, _RESET, _ATR_WANTED = 1, 2, 4
_SUCCESS, _NOT_SUPPORTED = b"\x90\x00", b"\x6a\x81"
_CONNECT_SECONDS = 5.0
_RECONNECT_SECONDS = 0.1


class LiftedError(Exception):
    """The card left the field before it answered; it stays away until it is inserted again."""


class PcscBody(Protocol):
    """What a VirtualCard is made of: a card as a PC/SC reader shows it."""

    @property
    def atr(self) -> bytes:
        """Its ATR."""

    def power(self) -> None:
        """Take power away and give it again: what a card forgets, it forgets."""

    def answer(self, command: bytes) -> bytes:
        """Answer an APDU, the reader's own included.

        Raises:
            LiftedError: the card left.
        """


@dataclass(frozen=True, slots=True)
class PcscCard:
    """A card that has a number alone: its ATR, and what Get Data gives (empty: refused)."""

    atr: bytes
    identifier: bytes

    def power(self) -> None:
        """Forget nothing."""

    def answer(self, command: bytes) -> bytes:
        """Answer an APDU."""
        if command == GET_DATA and self.identifier:
            return self.identifier + _SUCCESS
        return _NOT_SUPPORTED


def felica_pcsc_card(idm: bytes) -> PcscCard:
    """Make a FeliCa as PC/SC readers present it (PC/SC part 3: standard 11, card name 003B)."""
    return PcscCard(felica_atr(), idm)


def type_a_pcsc_card(uid: bytes) -> PcscCard:
    """Make an ISO/IEC 14443-4 Type A card as PC/SC readers present it (the ATR of a DESFire)."""
    return PcscCard(contactless_atr(b"\x80"), uid)


def contact_pcsc_card() -> PcscCard:
    """Make a contact card, which has no number to give."""
    return PcscCard(bytes.fromhex("3b00"), b"")


class LiftedCard:
    """A card that is lifted in mid-exchange: it gives so many answers, the reader's own not counted, then leaves.

    ``lost_answer`` says that it still obeys the last command and only its answer is lost.
    """

    def __init__(self, card: PcscBody, answers: int, *, lost_answer: bool = False) -> None:
        self._card = card
        self._answers_left = answers
        self._lost_answer = lost_answer

    @property
    def atr(self) -> bytes:
        """The card's."""
        return self._card.atr

    def power(self) -> None:
        """Pass it on."""
        self._card.power()

    def answer(self, command: bytes) -> bytes:
        """Answer as the card does while it is there."""
        if command[:1] == b"\xff":
            return self._card.answer(command)
        if self._answers_left == 0:
            if self._lost_answer:
                self._card.answer(command)
            raise LiftedError
        self._answers_left -= 1
        return self._card.answer(command)


class VirtualCard:
    """One card, put into a virtual reader and taken out again, as often as wanted.

    It stays in until it is ejected: should the reader's service end, the card lies there when it comes back.
    """

    def __init__(self, card: PcscBody) -> None:
        self._card = card
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._ejected = threading.Event()

    def insert(self, port: int, host: str = "127.0.0.1") -> None:
        """Put the card into the reader whose vpcd listens at ``port``.

        Raises:
            OSError: no reader listens there.
            RuntimeError: the card is in a reader already.
        """
        if self._thread is not None:
            raise RuntimeError("the card is in a reader: eject it first")
        self._ejected.clear()
        self._connect(port, host)
        self._thread = threading.Thread(target=self._lie, args=(port, host), name=f"card-{port}", daemon=True)
        self._thread.start()

    def eject(self) -> None:
        """Take the card out; no matter if the reader is gone."""
        if self._thread is None:
            return
        with self._lock:
            self._ejected.set()
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._thread = None

    def tap(self, port: int, hold_seconds: float = 0.8) -> None:
        """Insert, hold and eject; blocks while it is held. pcscd looks every 0.4 s: shorter taps can go unseen."""
        self.insert(port)
        try:
            time.sleep(hold_seconds)
        finally:
            self.eject()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.eject()

    def _connect(self, port: int, host: str) -> None:
        connection = socket.create_connection((host, port), timeout=_CONNECT_SECONDS)
        connection.settimeout(None)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            if self._ejected.is_set():
                connection.close()
            else:
                self._socket = connection

    def _lie(self, port: int, host: str) -> None:
        while not self._ejected.is_set():
            if self._socket is None:
                with contextlib.suppress(OSError):
                    self._connect(port, host)
            if self._socket is not None:
                # OSError: ejected, or the reader went.
                with contextlib.suppress(OSError, LiftedError), self._socket:
                    self._serve(self._socket)
                self._socket = None
            self._ejected.wait(_RECONNECT_SECONDS)

    def _serve(self, connection: socket.socket) -> None:
        while True:
            (length,) = struct.unpack(">H", _receive(connection, 2))
            payload = _receive(connection, length)
            if length != 1:
                _send(connection, self._answer(payload))
            elif payload[0] == _ATR_WANTED:
                _send(connection, self._card.atr)
            elif payload[0] in {_POWER_ON, _RESET}:
                self._card.power()

    def _answer(self, command: bytes) -> bytes:
        try:
            return self._card.answer(command)
        except LiftedError:
            self._ejected.set()
            raise


def _receive(connection: socket.socket, length: int) -> bytes:
    received = b""
    while len(received) < length:
        part = connection.recv(length - len(received))
        if not part:
            raise ConnectionError("the reader closed the connection")
        # vpcd sends length and payload apart with Nagle on: a delayed ACK from us would cost 40 ms a command.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        received += part
    return received


def _send(connection: socket.socket, payload: bytes) -> None:
    connection.sendall(struct.pack(">H", len(payload)) + payload)


def contactless_atr(historical: bytes) -> bytes:
    """Make the ATR that PC/SC readers make up for a contactless card (PC/SC part 3): up to 15 historical bytes."""
    body = bytes((0x80 | len(historical), 0x80, 0x01)) + historical
    return b"\x3b" + body + bytes((reduce(xor, body),))


def felica_atr() -> bytes:
    """Give the ATR of a FeliCa (PC/SC part 3: standard 11, card name 003B)."""
    return contactless_atr(bytes.fromhex("804f0ca000000306 11 003b 00000000"))
