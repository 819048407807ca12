"""A MIFARE DESFire as a PC/SC reader shows it: applications with AES keys, key versions, files, random ID.

Native commands in ISO 7816 wrapping, EV1 and EV2 sessions. It keeps the rules that a reader can break: who may change
which key, what ends a session, what needs one. A key changes whole or not at all, as on the real card. Not there: DES
keys, value and record files, transactions, delegated applications; such a command is refused (1C).

All of it is one module because every command shares the selection, the session and the frames that are still to come.
"""

import os
from collections.abc import Callable, Mapping

from emulation.desfire_memory import (
    ABORTED,
    ADDITIONAL_FRAME,
    AES_KEYS,
    APPLICATION_NOT_FOUND,
    AUTHENTICATION_ERROR,
    CREATE_WITHOUT_MASTER,
    DUPLICATE,
    FREE_DIRECTORY,
    ILLEGAL_COMMAND,
    INTEGRITY_ERROR,
    LENGTH_ERROR,
    OK,
    OUT_OF_MEMORY,
    PARAMETER_ERROR,
    PERMISSION_DENIED,
    TRANSPORT_KEY,
    Application,
    StatusError,
)
from emulation.desfire_session import (
    CardSession,
    Ev1CardSession,
    Ev2CardSession,
    crc,
    open_blocks,
    rotate,
    seal_blocks,
)
from emulation.virtual_card import GET_DATA, contactless_atr

PICC = bytes(3)
APPLICATION_BYTES = 512
"""What an application takes of the memory, roughly."""

_FRAME_BYTES = 59
_AUTHENTICATE_AES, _AUTHENTICATE_EV2_FIRST, _CONTINUE = 0xAA, 0x71, 0xAF
_GET_VERSION, _GET_CARD_UID, _CHANGE_KEY, _READ_DATA, _WRITE_DATA = 0x60, 0x51, 0xC4, 0xBD, 0x3D


class DesfireCard:
    """A card: its UID, whether it hides it, what lies on it; a :class:`~emulation.virtual_card.PcscBody`."""

    def __init__(
        self,
        uid: bytes,
        applications: Mapping[bytes, Application] | None = None,
        *,
        random_id: bool = False,
        picc: Application | None = None,
        hardware: int = 0x33,
        free_bytes: int = 4096,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.uid = uid
        self.picc = picc or Application([(TRANSPORT_KEY, 0)])
        self.applications = dict(applications or {})
        self.commands: list[int] = []
        self.atr = contactless_atr(b"\x80")
        self._random_id = random_id
        self._hardware = hardware
        self._free_bytes = free_bytes
        self._random_bytes = random_bytes
        self._in_clear: dict[int, tuple[int, Callable[[bytes], bytes]]] = {
            0x45: (0, self._key_settings),
            _GET_VERSION: (0, self._version),
            0x64: (1, lambda header: bytes((self._here.key(header[0])[1],))),
            0x6A: (0, self._list),
            0x6E: (0, lambda _: self._free_bytes.to_bytes(3, "little")),
            0xCA: (5, self._create),
            0xCD: (7, self._create_file),
            0xDA: (3, self._delete),
            0xF5: (1, lambda header: self._here.file(header[0]).settings),
        }
        self.power()

    def power(self) -> None:
        """Lose the field and find it again: session, selection and a random number are gone."""
        self._shown = b"\x08" + self._random_bytes(3) if self._random_id else self.uid
        self._selected = PICC
        self._session: CardSession | None = None
        self._challenge: tuple[int, int, bytes, bytes, bytes] | None = None
        self._frames: list[bytes] = []

    def answer(self, command: bytes) -> bytes:
        """Answer an APDU as the reader passes it on."""
        if command == GET_DATA:
            return self._shown + b"\x90\x00"
        if len(command) < 5 or command[0] != 0x90:
            return b"\x6e\x00"
        self.commands.append(command[1])
        body = command[5 : 5 + command[4]] if len(command) > 5 else b""
        try:
            data, status = self._run(command[1], body)
        except StatusError as refused:
            self._session, self._challenge, self._frames = None, None, []
            data, status = b"", refused.status
        return data + bytes((0x91, status))

    @property
    def _here(self) -> Application:
        return self.picc if self._selected == PICC else self.applications[self._selected]

    def _run(self, ins: int, body: bytes) -> tuple[bytes, int]:
        if ins == _CONTINUE:
            return self._prove(body) if self._challenge else self._next_frame()
        self._challenge, self._frames = None, []
        match ins:
            case 0xAA | 0x71:
                return self._challenge_reader(ins, body)
            case 0x5A:
                return self._select(body), OK
            case 0xC4:
                return self._change_key(body), OK
            case 0x51:
                return self._card_uid(body), OK
            case 0xBD:
                return self._read(body), OK
            case 0x3D:
                return self._write(body), OK
        if ins not in self._in_clear:
            raise StatusError(ILLEGAL_COMMAND)
        header_bytes, command = self._in_clear[ins]
        answer = self._sealed(command(self._open(ins, body, header_bytes)), full=False)
        cuts = [0, 7, 14] if ins == _GET_VERSION else [0]
        cuts += range(cuts[-1] + _FRAME_BYTES, len(answer), _FRAME_BYTES)
        self._frames = [answer[a:b] for a, b in zip(cuts, [*cuts[1:], len(answer)], strict=True)]
        return self._next_frame()

    def _next_frame(self) -> tuple[bytes, int]:
        if not self._frames:
            raise StatusError(ABORTED)
        frame = self._frames.pop(0)
        return frame, ADDITIONAL_FRAME if self._frames else OK

    def _open(self, ins: int, body: bytes, header_bytes: int) -> bytes:
        if self._session is not None:
            return self._session.open(ins, body, header_bytes, 0).header
        if len(body) != header_bytes:
            raise StatusError(LENGTH_ERROR)
        return body

    def _sealed(self, data: bytes, *, full: bool) -> bytes:
        return data if self._session is None else self._session.seal(data, full=full)

    def _select(self, body: bytes) -> bytes:
        self._session = None
        if len(body) != len(PICC):
            raise StatusError(LENGTH_ERROR)
        if body != PICC and body not in self.applications:
            raise StatusError(APPLICATION_NOT_FOUND)
        self._selected = body
        return b""

    def _challenge_reader(self, ins: int, body: bytes) -> tuple[bytes, int]:
        self._session = None
        if len(body) != (1 if ins == _AUTHENTICATE_AES else 2):
            raise StatusError(LENGTH_ERROR)
        key, _ = self._here.key(body[0])
        b = self._random_bytes(16)
        sealed = seal_blocks(key, bytes(16), b)
        self._challenge = (ins, body[0], key, b, sealed)
        return sealed, ADDITIONAL_FRAME

    def _prove(self, token: bytes) -> tuple[bytes, int]:
        challenge, self._challenge = self._challenge, None
        if challenge is None or len(token) != 32:
            raise StatusError(LENGTH_ERROR)
        ins, number, key, b, sealed = challenge
        opened = open_blocks(key, sealed if ins == _AUTHENTICATE_AES else bytes(16), token)
        a = opened[:16]
        if opened[16:] != rotate(b):
            raise StatusError(AUTHENTICATION_ERROR)
        if ins == _AUTHENTICATE_AES:
            self._session = Ev1CardSession(number, a, b)
            return seal_blocks(key, token[-16:], rotate(a)), OK
        transaction = self._random_bytes(4)
        self._session = Ev2CardSession(number, key, a, b, transaction)
        return seal_blocks(key, bytes(16), transaction + rotate(a) + bytes(12)), OK

    def _authenticated(self, number: int | None = None) -> CardSession:
        """Give the session. StatusError: there is none, or another key than this one opened it."""
        if self._session is None or number not in {None, self._session.key_number}:
            raise StatusError(AUTHENTICATION_ERROR)
        return self._session

    def _card_uid(self, body: bytes) -> bytes:
        session = self._authenticated()
        session.open(_GET_CARD_UID, body, 0, 0)
        return session.seal(self.uid, full=True)

    def _change_key(self, body: bytes) -> bytes:
        session, here = self._authenticated(), self._here
        number = body[0] & 0x0F if body else 0x0F
        old, _ = here.key(number)
        if session.key_number != here.changer(number):
            raise StatusError(PERMISSION_DENIED)
        is_own = session.key_number == number
        opened = session.open(_CHANGE_KEY, body, 1, 17, 0 if is_own else 4)
        key, version = opened.secret[:16], opened.secret[16]
        if not is_own:
            key = bytes(x ^ y for x, y in zip(key, old, strict=True))
            if opened.checksum != crc(key):
                raise StatusError(INTEGRITY_ERROR)
        here.keys[number] = (key, version)
        if is_own:
            self._session = None
        return self._sealed(b"", full=False)

    def _version(self, _: bytes) -> bytes:
        shown = bytes(7) if self._random_id and self._session is None else self.uid
        chip = bytes((0x04, 0x01, 0x01, self._hardware, 0x00, 0x18, 0x05))
        return chip + chip + shown + bytes(5) + b"\x20\x24"

    def _key_settings(self, _: bytes) -> bytes:
        if not self._here.settings & FREE_DIRECTORY:
            self._authenticated(0)
        return bytes((self._here.settings, AES_KEYS | len(self._here.keys)))

    def _list(self, _: bytes) -> bytes:
        if self._selected != PICC:
            raise StatusError(PERMISSION_DENIED)
        if not self.picc.settings & FREE_DIRECTORY:
            self._authenticated(0)
        return b"".join(self.applications)

    def _create(self, header: bytes) -> bytes:
        if self._selected != PICC:
            raise StatusError(PERMISSION_DENIED)
        if not self.picc.settings & CREATE_WITHOUT_MASTER:
            self._authenticated(0)
        application, settings, keys = header[:3], header[3], header[4]
        if not keys & AES_KEYS or not 1 <= keys & 0x0F <= 14:
            raise StatusError(PARAMETER_ERROR)
        if application == PICC or application in self.applications:
            raise StatusError(DUPLICATE)
        if self._free_bytes < APPLICATION_BYTES:
            raise StatusError(OUT_OF_MEMORY)
        self._free_bytes -= APPLICATION_BYTES
        self.applications[application] = Application([(TRANSPORT_KEY, 0)] * (keys & 0x0F), settings)
        return b""

    def _delete(self, header: bytes) -> bytes:
        if header not in self.applications:
            raise StatusError(APPLICATION_NOT_FOUND)
        self._authenticated(0)
        del self.applications[header]
        return b""

    def _create_file(self, header: bytes) -> bytes:
        if not self._here.settings & CREATE_WITHOUT_MASTER:
            self._authenticated(0)
        self._here.create_file(header)
        return b""

    def _read(self, body: bytes) -> bytes:
        header = self._open(_READ_DATA, body, 7)
        file = self._here.file(header[0])
        number = self._session.key_number if self._session else None
        content = file.read(number, int.from_bytes(header[1:4], "little"), int.from_bytes(header[4:7], "little"))
        return self._sealed(content, full=file.is_enciphered)

    def _write(self, body: bytes) -> bytes:
        if len(body) < 7:
            raise StatusError(LENGTH_ERROR)
        session, file = self._authenticated(), self._here.file(body[0])
        if not file.is_enciphered:
            raise StatusError(PARAMETER_ERROR)
        opened = session.open(_WRITE_DATA, body, 7, int.from_bytes(body[4:7], "little"))
        file.write(session.key_number, int.from_bytes(body[1:4], "little"), opened.secret)
        return session.seal(b"", full=False)
