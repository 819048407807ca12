"""libosdp's control panel for one line; the only module that calls the library.

It is made once and lives as long as the line, whatever becomes of the port, for each making leaks a little in the
library's binding. Calls come from the line's thread alone. Nothing the library calls back may raise: an exception would
stay in its C code and surface in the wrong place.

Two things are put right through ctypes, both by the C libraries' public functions: libosdp draws its challenge from the
C library's ``rand()``, which begins every process alike, so that a recorded session could be played back after a
restart; it is seeded from the system before each challenge. And its log goes to ``logging`` instead of the terminal.
"""

import ctypes
import logging
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import osdp_sys
from osdp import CardFormat, Event, EventNotification, LibFlag, PDInfo, StatusReportType

from readers.drivers.osdp_commands import Ask
from readers.drivers.osdp_policy import CAP, LineGate

_log = logging.getLogger(__name__)
_CRITICAL = 2  # OSDP_LOG_CRIT; what is milder is told by health in better words


@dataclass(frozen=True, slots=True)
class SessionMoved:
    """A reader's secure session stands, or is gone."""

    address: int
    is_up: bool


@dataclass(frozen=True, slots=True)
class CardBits:
    """A card's bits as the reader sent them; ``is_text`` where it calls them ASCII."""

    address: int
    reader_number: int
    count: int
    data: bytes
    is_text: bool


@dataclass(frozen=True, slots=True)
class KeyCodes:
    """Keys as the reader sent them."""

    address: int
    reader_number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class StatusTold:
    """State of the reader itself (tamper, power), or of its inputs, a byte each."""

    address: int
    is_inputs: bool
    report: bytes


@dataclass(frozen=True, slots=True)
class AskDone:
    """A command was answered (``ok``) or given up."""

    address: int
    ok: bool


Told = SessionMoved | CardBits | KeyCodes | StatusTold | AskDone


class OsdpStack:
    """The library, its channel and its callbacks."""

    def __init__(self, keys: Mapping[int, bytes], gate: LineGate, send: Callable[[bytes], bool]) -> None:
        """Make it.

        Args:
            keys: each reader's key by address (0–126).
            gate: what may pass.
            send: puts bytes on the line; False when it is closed. Must not raise.
        """
        _install_log()
        flags = [LibFlag.EnforceSecure, LibFlag.EnableNotification, LibFlag.IgnoreUnsolicited]
        self._channel = _Channel(gate, send)
        self._addresses = tuple(keys)
        infos = [PDInfo(address, self._channel, scbk=key, flags=flags).get() for address, key in keys.items()]
        self._panel = osdp_sys.ControlPanel(infos)
        self._panel.set_event_callback(self._take_event)
        self._panel.set_command_completion_callback(self._take_completion)
        self._told: list[Told] = []
        self._lent: list[dict[str, Any]] = []
        self._secure: set[int] = set()

    def refresh(self) -> list[Told]:
        """Let the library take its next step; gives what it told. To be called at least every 50 ms."""
        self._panel.refresh()
        while self._lent:
            _give_back(self._lent.pop())
        told, self._told = self._told, []
        return told

    def submit(self, address: int, ask: Ask) -> Literal["taken", "incapable", "no_session"]:
        """Hand over a command; says whether the reader has what it needs, by its own word, and a session."""
        index = self._addresses.index(address)
        if ask.capability is not None and not all(self._panel.check_capability(index, ask.capability)):
            return "incapable"
        return "taken" if self._panel.submit_command(index, ask.form()) else "no_session"

    def forget_commands(self, address: int) -> None:
        """Drop what waits in the library for this reader."""
        self._panel.flush_commands(self._addresses.index(address))

    def disable(self, address: int) -> None:
        """Leave a reader alone; takes effect after its exchange."""
        self._panel.disable_pd(self._addresses.index(address))

    def enable(self, address: int) -> None:
        """Look for a reader again, from the beginning."""
        self._panel.enable_pd(self._addresses.index(address))

    def is_enabled(self, address: int) -> bool:
        """Tell whether the library attends to a reader."""
        return bool(self._panel.is_pd_enabled(self._addresses.index(address)))

    def _take_event(self, index: int, event: dict[str, Any]) -> int:
        self._lent.append(event)
        try:
            told = self._read_event(self._addresses[index], event)
        except (KeyError, IndexError, TypeError):
            _log.exception("libosdp told an event of a form nobody foresaw")
            return 0
        if told is not None:
            self._told.append(told)
        return 0

    def _read_event(self, address: int, event: dict[str, Any]) -> Told | None:
        match event["event"]:
            case Event.CardRead:
                is_text = event["format"] not in (CardFormat.Unspecified, CardFormat.Wiegand)
                # For text the binding gives as many bytes as there are bits and reads past the card's for it.
                count = len(event["data"]) if is_text else event["length"]
                data = bytes(event["data"][: (count + 7) // 8])
                return CardBits(address, event["reader_no"], count, data, is_text)
            case Event.KeyPress:
                return KeyCodes(address, event["reader_no"], event["data"])
            case Event.Status if event["type"] in (StatusReportType.Local, StatusReportType.Input):
                return StatusTold(address, event["type"] == StatusReportType.Input, event["report"])
            case Event.Notification:
                return self._read_notification(address, event)
        return None

    def _read_notification(self, address: int, event: dict[str, Any]) -> Told | None:
        """Read a change of session: it stands once the library is online after a session under the reader's own key.

        What is told in between came before the session and counts for nothing.
        """
        if event["type"] == EventNotification.SecureChannelStatus:
            if event["arg0"] and not event["arg1"]:
                self._secure.add(address)
                return None
            self._secure.discard(address)
            return SessionMoved(address, is_up=False)
        if event["type"] == EventNotification.PeripheralDeviceStatus:
            return SessionMoved(address, is_up=bool(event["arg0"]) and address in self._secure)
        return None

    def _take_completion(self, index: int, _command: dict[str, Any], status: int) -> None:
        self._told.append(AskDone(self._addresses[index], ok=status == 0))


class _Channel:
    """What the library reads from and writes to."""

    id = 1  # 0 would say that readers on the line need not wait for each other

    def __init__(self, gate: LineGate, send: Callable[[bytes], bool]) -> None:
        self._gate = gate
        self._send = send

    def read(self, most: int) -> bytes:
        return self._gate.take(most)

    def write(self, data: bytes) -> int:
        if not self._gate.passes(data):
            return -1
        if self._gate.is_asking(CAP):
            _LIBC.srand(secrets.randbits(32))
        return len(data) if self._send(data) else -1

    def flush(self) -> None:
        self._gate.take(1 << 16)


def _give_back(event: dict[str, Any]) -> None:
    """Empty an event (it holds a card's number) and return the reference that the binding forgets to."""
    event.clear()
    if sys.getrefcount(event) == _KEPT_REFERENCES + 1:
        ctypes.pythonapi.Py_DecRef(ctypes.py_object(event))


def _references_of_a_fresh_one() -> int:
    def count(event: dict[str, Any]) -> int:
        return sys.getrefcount(event)

    lent: list[dict[str, Any]] = [{}]
    return count(lent.pop())


_KEPT_REFERENCES = _references_of_a_fresh_one()
_LIBC = ctypes.CDLL(None)
_LIBC.srand.argtypes = [ctypes.c_uint]
_LIBC.srand.restype = None


def _log_line(level: int, _file: bytes, _line: int, text: bytes) -> None:
    said = text.decode("ascii", "replace").strip()
    _log.log(logging.WARNING if level <= _CRITICAL else logging.DEBUG, "libosdp: %s", said)


_LOG_CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p)(_log_line)


def _install_log() -> None:
    """Send the library's log to ours; it names commands, states and lengths, no contents."""
    ctypes.CDLL(osdp_sys.__file__).osdp_set_log_callback(_LOG_CALLBACK)
