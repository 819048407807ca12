"""The card's side of DESFire's AES sessions: EV1 (AuthenticateAES) and EV2 (AuthenticateEV2First).

Written from NXP AN12343, AN12196 and the published EV1 examples, apart from the reader's side, so that a misreading of
one does not agree with itself. Commands that break the rules raise :class:`StatusError` with DESFire's status.
"""

import zlib
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from emulation.desfire_memory import INTEGRITY_ERROR, LENGTH_ERROR, OK, StatusError

_NO_IV = bytes(16)


@dataclass(frozen=True, slots=True)
class Opened:
    """A command as it is under the session: what came in clear, what came enciphered, and the checksum behind it."""

    header: bytes
    secret: bytes = b""
    checksum: bytes = b""


class CardSession(Protocol):
    """An authenticated session; ``key_number`` is the key that opened it."""

    key_number: int

    def open(self, ins: int, body: bytes, header_bytes: int, secret_bytes: int, checksum_bytes: int = 0) -> Opened:
        """Take a command in: ``header_bytes`` in clear, ``secret_bytes`` enciphered (0: none), then a checksum."""

    def seal(self, data: bytes, *, full: bool) -> bytes:
        """Give a successful answer as the reader gets it, enciphered or in clear under a MAC."""


def rotate(challenge: bytes) -> bytes:
    """Rotate a challenge left by one byte."""
    return challenge[1:] + challenge[:1]


def crc(data: bytes) -> bytes:
    """Give DESFire's CRC-32."""
    return (zlib.crc32(data) ^ 0xFFFFFFFF).to_bytes(4, "little")


def seal_blocks(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Encipher whole blocks."""
    cipher = Cipher(AES(key), modes.CBC(iv)).encryptor()
    return cipher.update(data) + cipher.finalize()


def open_blocks(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Decipher whole blocks.

    Raises:
        StatusError: they are no whole blocks.
    """
    if not data or len(data) % 16:
        raise StatusError(LENGTH_ERROR)
    cipher = Cipher(AES(key), modes.CBC(iv)).decryptor()
    return cipher.update(data) + cipher.finalize()


class Ev1CardSession:
    """EV1: one key, one IV that runs through everything."""

    def __init__(self, key_number: int, a: bytes, b: bytes) -> None:
        self.key_number = key_number
        self._key = a[0:4] + b[0:4] + a[12:16] + b[12:16]
        self._iv = _NO_IV

    def open(self, ins: int, body: bytes, header_bytes: int, secret_bytes: int, checksum_bytes: int = 0) -> Opened:
        """Take a command in; see :class:`CardSession`."""
        header, sealed = body[:header_bytes], body[header_bytes:]
        command = bytes([ins]) + header
        if not secret_bytes:
            if sealed or len(header) != header_bytes:
                raise StatusError(LENGTH_ERROR)
            self._mac(command)
            return Opened(header)
        plain = open_blocks(self._key, self._iv, sealed)
        self._iv = sealed[-16:]
        end = secret_bytes + 4
        secret, check, extra = plain[:secret_bytes], plain[secret_bytes:end], plain[end : end + checksum_bytes]
        if check != crc(command + secret) or plain[end + checksum_bytes :].strip(b"\0"):
            raise StatusError(INTEGRITY_ERROR)
        return Opened(header, secret, extra)

    def seal(self, data: bytes, *, full: bool) -> bytes:
        """Give an answer; see :class:`CardSession`."""
        if not full:
            return data + self._mac(data + b"\0")[:8]
        plain = data + crc(data + b"\0")
        sealed = seal_blocks(self._key, self._iv, plain + bytes(-len(plain) % 16))
        self._iv = sealed[-16:]
        return sealed

    def _mac(self, message: bytes) -> bytes:
        """CMAC from the running IV, which is folded into the first block; a shorter message is padded by hand."""
        if len(message) >= 16:
            folded = bytes(x ^ y for x, y in zip(message, self._iv, strict=False)) + message[16:]
            mac = CMAC(AES(self._key))
            mac.update(folded)
            self._iv = mac.finalize()
        else:
            zero = int.from_bytes(seal_blocks(self._key, _NO_IV, _NO_IV), "big")
            for _ in range(2):
                zero = (zero << 1) & (2**128 - 1) ^ (0x87 if zero >> 127 else 0)
            block = int.from_bytes((message + b"\x80").ljust(16, b"\0"), "big") ^ zero
            self._iv = seal_blocks(self._key, self._iv, block.to_bytes(16, "big"))
        return self._iv


class Ev2CardSession:
    """EV2: two keys, a transaction identifier, a counter of commands."""

    def __init__(self, key_number: int, key: bytes, a: bytes, b: bytes, transaction: bytes) -> None:
        self.key_number = key_number
        self._transaction = transaction
        self._counter = 0
        context = a[0:2] + bytes(x ^ y for x, y in zip(a[2:8], b[0:6], strict=True)) + b[6:16] + a[8:16]
        self._sealing = _cmac(key, b"\xa5\x5a\x00\x01\x00\x80" + context)
        self._proving = _cmac(key, b"\x5a\xa5\x00\x01\x00\x80" + context)

    def open(self, ins: int, body: bytes, header_bytes: int, secret_bytes: int, checksum_bytes: int = 0) -> Opened:
        """Take a command in; see :class:`CardSession`."""
        if len(body) < header_bytes + 8:
            raise StatusError(LENGTH_ERROR)
        said, mac = body[:-8], body[-8:]
        if mac != self._mac(ins, said):
            raise StatusError(INTEGRITY_ERROR)
        header, sealed = said[:header_bytes], said[header_bytes:]
        if not secret_bytes:
            if sealed:
                raise StatusError(LENGTH_ERROR)
            self._counter += 1
            return Opened(header)
        plain = open_blocks(self._sealing, self._iv(b"\xa5\x5a"), sealed)
        self._counter += 1
        end = secret_bytes + checksum_bytes
        if plain[end:].rstrip(b"\0") != b"\x80":
            raise StatusError(INTEGRITY_ERROR)
        return Opened(header, plain[:secret_bytes], plain[secret_bytes:end])

    def seal(self, data: bytes, *, full: bool) -> bytes:
        """Give an answer; see :class:`CardSession`."""
        if full:
            plain = data + b"\x80"
            data = seal_blocks(self._sealing, self._iv(b"\x5a\xa5"), plain + bytes(-len(plain) % 16))
        return data + self._mac(OK, data)

    def _iv(self, direction: bytes) -> bytes:
        block = direction + self._transaction + self._counter.to_bytes(2, "little") + bytes(8)
        return seal_blocks(self._sealing, _NO_IV, block)

    def _mac(self, code: int, body: bytes) -> bytes:
        whole = _cmac(self._proving, bytes([code]) + self._counter.to_bytes(2, "little") + self._transaction + body)
        return bytes(whole[at] for at in range(1, 16, 2))


def _cmac(key: bytes, message: bytes) -> bytes:
    mac = CMAC(AES(key))
    mac.update(message)
    return mac.finalize()
