"""What may cross an OSDP line. Without I/O and without libosdp: bytes in, bytes out, findings.

Theory of operation. libosdp speaks the protocol; this gate stands between it and the line, on both ways, because the
library (3.2.9) trusts the line in places where nobody should:

- It checks no MAC on a reply that carries a handshake's security block (SCS_12, 14), even inside a secure session:
  anybody on the wire could hand in a card. Here a reply passes only in the block that answers its command's.
- It keeps an event that came in clear before the session and delivers it once the session stands. Here nothing but
  identification, capabilities and the handshake passes in clear.
- It computes with lengths that the other side chose. Here only frames of exact form pass (``osdp_frame``).
- It loses a reply that arrives in pieces. Here a reply is handed up whole.
- It repeats an unanswered command for nine seconds, and after BUSY with a wrong sequence number. Here BUSY is silence,
  and a command that moves something is sent twice within a second and then given up, so that no door opens late.

What libosdp itself enforces, with ``enforce secure`` set and install mode never: no session without AES, no fall back
to the default key, MAC and rolling IV on every message of a session, sequence numbers. What is added besides: keys are
checked before use (``osdp_keys``), the challenge is drawn from real randomness (``osdp_stack``), and no key is ever
sent: KEYSET and COMSET do not pass, so a reader that reappears with another key stays a stranger until a person acts.

Known limits of the standard: a MAC has 32 bits; NAK and BUSY come in clear and can end a session (never open a door).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from readers.drivers.osdp_frame import AUTHENTICATED, CHALLENGE, CRYPTOGRAM, ENCRYPTED, Frame, ReplySearch, read_frame
from readers.drivers.osdp_keys import WEAK_KEYS, proves

POLL, ID, CAP, LSTAT, ISTAT, OUT, LED, BUZ, TEXT = 0x60, 0x61, 0x62, 0x64, 0x65, 0x68, 0x69, 0x6A, 0x6B
CHLNG, SCRYPT = 0x76, 0x77
NAK, PDID, PDCAP, CCRYPT, RMAC_I, BUSY = 0x41, 0x45, 0x46, 0x76, 0x78, 0x79

Finding = Literal["default_key", "reader_key_mismatch", "insecure_line", "line_tampered", "line_flooded"]
"""What a line must not do: its reader is cut off at once and a person should look.

``default_key`` the reader uses a key that everybody knows; ``reader_key_mismatch`` it has another key than ours;
``insecure_line`` it offers no secure channel, or something came in clear that must not; ``line_tampered`` a message was
repeated, altered or out of order; ``line_flooded`` more came than any reader sends.
"""

Loss = Literal["not_answering", "reader_busy", "garbled_line", "session_lost", "command_refused", "line_tampered"]
"""Why a session ended: nothing came; nothing but BUSY; nothing but noise; the reader forgot the session (its power was
off); it refused a command; a message failed its MAC or made no sense."""

FINDINGS: frozenset[str] = frozenset(
    ("default_key", "reader_key_mismatch", "insecure_line", "line_tampered", "line_flooded")
)
"""Causes of ill health that are alarms."""

_CLEAR = {ID: PDID, CAP: PDCAP}
_IN_SESSION = {POLL, LSTAT, ISTAT, OUT, LED, BUZ, TEXT}
_TRIES_FIRST, _TRIES_POLL, _TRIES_COMMAND = 1, 3, 2
_CIPHER_CAPABILITY, _AES = 9, 0x01


@dataclass(slots=True)
class _Exchange:
    """A command on the line, and what came of it."""

    command: Frame
    search: ReplySearch
    tries: int = 1
    reply: Frame | None = None
    refused: bool = False
    busy: bool = False


class LineGate:
    """Judges what passes between libosdp and one line; half duplex, so one exchange is open at a time."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        """Make the gate of a line whose readers have these keys by address."""
        self._keys = dict(keys)
        self._blocked: set[int] = set()
        self._exchanges: dict[int, _Exchange] = {}
        self._open: _Exchange | None = None
        self._upward = b""
        self._findings: list[tuple[int, Finding]] = []

    @property
    def is_waiting(self) -> bool:
        """Tell whether a reply is awaited."""
        return self._open is not None and self._open.reply is None and not self._open.refused

    def is_asking(self, code: int) -> bool:
        """Tell whether the open exchange's command has this code."""
        return self._open is not None and self._open.command.code == code

    def block(self, address: int) -> None:
        """Let nothing more be said to this address."""
        self._blocked.add(address)

    def unblock(self, address: int) -> None:
        """Let a new attempt at this address begin."""
        self._blocked.discard(address)
        self._exchanges.pop(address, None)

    def passes(self, raw: bytes) -> bool:
        """Tell whether libosdp may send this, and remember it as the open exchange."""
        frame = read_frame(raw)
        self._open, self._upward = None, b""
        if frame is None or frame.is_reply or frame.address in self._blocked or frame.address not in self._keys:
            return False
        if not _may_be_sent(frame):
            return False
        last = self._exchanges.get(frame.address)
        again = last is not None and last.reply is None and _is_same(last.command, frame)
        tries = last.tries + 1 if last is not None and again else 1
        if tries > _tries_max(frame):
            return False
        self._open = self._exchanges[frame.address] = _Exchange(frame, ReplySearch(frame.address), tries)
        return True

    def line_brought(self, data: bytes) -> None:
        """Take what arrived on the line."""
        exchange = self._open
        if exchange is None or exchange.refused:
            return
        for frame in exchange.search.feed(data):
            self._judge(exchange, frame)
        if exchange.search.is_flooded:
            self._refuse(exchange, "line_flooded")

    def take(self, most: int) -> bytes:
        """Give libosdp its next bytes: a reply that passed, and only when it is whole."""
        given, self._upward = self._upward[:most], self._upward[most:]
        return given

    def take_findings(self) -> list[tuple[int, Finding]]:
        """Give (address, finding) of what was refused since the last call."""
        findings, self._findings = self._findings, []
        return findings

    def loss_of(self, address: int) -> tuple[Loss, int]:
        """Say why libosdp lost this address, by its last exchange; with the command's code."""
        exchange = self._exchanges.get(address)
        if exchange is None:
            return "not_answering", 0
        code, reply = exchange.command.code, exchange.reply
        if reply is None and exchange.busy:
            return "reader_busy", code
        if reply is None:
            return ("garbled_line" if exchange.search.brought else "not_answering"), code
        if reply.code == NAK:
            in_session = exchange.command.block >= AUTHENTICATED
            return ("session_lost" if in_session and not reply.block else "command_refused"), code
        return ("line_tampered" if reply.block >= AUTHENTICATED else "not_answering"), code

    def _judge(self, exchange: _Exchange, reply: Frame) -> None:
        if exchange.refused:
            return
        if exchange.reply is not None:
            if reply.raw == exchange.reply.raw:
                self._refuse(exchange, "line_tampered")
            return
        if not reply.block and reply.code == BUSY:
            exchange.busy = True
            return
        finding = _finding_of(exchange.command, reply, self._keys[reply.address])
        if finding is not None:
            self._refuse(exchange, finding)
            return
        exchange.reply = reply
        self._upward = reply.raw

    def _refuse(self, exchange: _Exchange, finding: Finding) -> None:
        exchange.refused = True
        self._upward = b""
        self._findings.append((exchange.command.address, finding))


def _may_be_sent(frame: Frame) -> bool:
    """Tell whether a command is one that we ever say: nothing but identification in clear, our own key, no key set."""
    match frame.block:
        case 0:
            return frame.code in _CLEAR
        case 0x11 | 0x13:
            return frame.key_kind == 1 and frame.code == (CHLNG if frame.block == CHALLENGE else SCRYPT)
        case 0x15 | 0x17:
            return frame.code in _IN_SESSION
        case _:
            return False


def _tries_max(frame: Frame) -> int:
    if frame.block < AUTHENTICATED:
        return _TRIES_FIRST
    return _TRIES_POLL if frame.code == POLL else _TRIES_COMMAND


def _is_same(before: Frame, now: Frame) -> bool:
    return (before.code, before.sequence, before.block) == (now.code, now.sequence, now.block)


def _finding_of(command: Frame, reply: Frame, key: bytes) -> Finding | None:
    """Say what forbids handing this reply up; None when nothing does."""
    refusal = not reply.block and reply.code == NAK and len(reply.body) == 1
    if reply.sequence != command.sequence and not refusal:  # a reader that restarts refuses with a number of its own
        return "line_tampered"
    match command.block:
        case 0x11:
            return "insecure_line" if refusal else _answer_to_challenge(command, reply, key)
        case 0x13:
            proven = reply.block == CRYPTOGRAM + 1 and reply.code == RMAC_I and len(reply.body) == 16
            if proven or refusal:
                return None if proven and reply.key_kind == 1 else "reader_key_mismatch"
            return "insecure_line"
        case 0x15 | 0x17:
            return None if refusal or _is_kept_secret(reply) else "insecure_line"
    if refusal:
        return None
    if reply.block or reply.code != _CLEAR[command.code]:
        return "insecure_line"
    return "insecure_line" if reply.code == PDCAP and not _offers_cipher(reply.body) else None


def _is_kept_secret(reply: Frame) -> bool:
    """Tell whether a session's reply has a MAC, and its data are encrypted (some readers' NAK has them in clear)."""
    if reply.block == AUTHENTICATED + 1:
        return not reply.body or reply.code == NAK
    return reply.block == ENCRYPTED + 1


def _answer_to_challenge(command: Frame, reply: Frame, key: bytes) -> Finding | None:
    if reply.block != CHALLENGE + 1 or reply.code != CCRYPT or len(reply.body) != 32:
        return "insecure_line"
    cp_random, pd_random, cryptogram = command.body, reply.body[8:16], reply.body[16:]
    if reply.key_kind != 1 or any(proves(weak, cp_random, pd_random, cryptogram) for weak in WEAK_KEYS):
        return "default_key"
    return None if proves(key, cp_random, pd_random, cryptogram) else "reader_key_mismatch"


def _offers_cipher(capabilities: bytes) -> bool:
    """Tell whether a PDCAP body names AES-128 (function 9, communication security)."""
    entries = [capabilities[at : at + 3] for at in range(0, len(capabilities), 3)]
    return any(len(entry) == 3 and entry[0] == _CIPHER_CAPABILITY and entry[1] & _AES for entry in entries)
