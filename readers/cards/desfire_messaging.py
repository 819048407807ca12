"""DESFire's authentications under an AES-128 key, and the secure messaging that each of them opens.

Sources: NXP AN12343 and AN12196 for EV2, the published DESFire EV1 communication examples for EV1; the tests hold every
step to their figures.
"""

import hmac
from collections.abc import Callable
from typing import Literal, Protocol

from readers.cards.desfire_crypto import (
    BLOCK,
    ZERO_BLOCK,
    checksum,
    cmac,
    decipher,
    encipher,
    padded,
    running_cmac,
    zero_padded,
)
from readers.cards.desfire_status import native_data
from readers.cards.iso_apdu import ADDITIONAL_FRAME, exchange_native
from readers.cards.port import CardChannel, GarbledAnswerError, NotGenuineError

DesfireProtocol = Literal["ev1", "ev2"]

MAC_BYTES = 8
TI_BYTES = 4

_AUTHENTICATE = {"ev1": 0xAA, "ev2": 0x71}
_CONTINUE = 0xAF
_STATUS_OK = b"\x00"


class Session(Protocol):
    """One authenticated session with a card; any failure ends it, on the card's side too."""

    def run(
        self,
        ins: int,
        header: bytes = b"",
        secret: bytes = b"",
        *,
        checked: bytes = b"",
        answer_bytes: int | None = None,
        ends: bool = False,
    ) -> bytes:
        """Run a command and give its answer, proven to come from this card in this session.

        Args:
            ins: the native command.
            header: parameters that travel in clear, under the MAC.
            secret: parameters that travel enciphered.
            checked: a checksum that goes behind ``secret``, enciphered too.
            answer_bytes: the answer is enciphered and has so many bytes; None: it is in clear under a MAC.
            ends: the command ends the session, so its answer carries no proof.

        Raises:
            RefusedCommandError: the card refused it.
            NotGenuineError: the answer is not proven.
            CardLeftError, GarbledAnswerError, ReaderError: there is no answer.
        """


def authenticate(
    channel: CardChannel,
    protocol: DesfireProtocol,
    key_number: int,
    key: bytes,
    random_bytes: Callable[[int], bytes],
) -> Session:
    """Authenticate card and reader to each other with a key of the selected application.

    EV1: AuthenticateAES (AA); EV2: AuthenticateEV2First (71).

    Args:
        channel: the card.
        protocol: which of the two.
        key_number: the key's number in the application.
        key: the key, 16 bytes.
        random_bytes: gives the reader's challenge; must not be guessable.

    Raises:
        NotGenuineError: one of the two does not have the key.
        CardLeftError, GarbledAnswerError, ReaderError: there is no answer.
    """
    ins = _AUTHENTICATE[protocol]
    opening = bytes((key_number,)) if protocol == "ev1" else bytes((key_number, 0))
    sealed_b = _exact(
        native_data(ins, exchange_native(channel, ins, opening, chained=False), status=ADDITIONAL_FRAME), BLOCK
    )
    b = decipher(key, ZERO_BLOCK, sealed_b)
    a = random_bytes(BLOCK)
    token = encipher(key, sealed_b if protocol == "ev1" else ZERO_BLOCK, a + _rotated(b))
    answer = native_data(_CONTINUE, exchange_native(channel, _CONTINUE, token, chained=False))
    if protocol == "ev1":
        _prove(decipher(key, token[-BLOCK:], _exact(answer, BLOCK)), _rotated(a))
        return Ev1Session(channel, ev1_session_key(a, b))
    opened = decipher(key, ZERO_BLOCK, _exact(answer, 2 * BLOCK))
    _prove(opened[TI_BYTES : TI_BYTES + BLOCK], _rotated(a))
    return Ev2Session(channel, *ev2_session_keys(key, a, b), opened[:TI_BYTES])


def ev1_session_key(a: bytes, b: bytes) -> bytes:
    """Give EV1's session key from the two challenges."""
    return a[:4] + b[:4] + a[12:] + b[12:]


def ev2_session_keys(key: bytes, a: bytes, b: bytes) -> tuple[bytes, bytes]:
    """Give EV2's session keys for enciphering and for MACs (AN12343, SV1 and SV2)."""
    mixed = a[:2] + bytes(x ^ y for x, y in zip(a[2:8], b[:6], strict=True)) + b[6:] + a[8:]
    return cmac(key, bytes.fromhex("a55a00010080") + mixed), cmac(key, bytes.fromhex("5aa500010080") + mixed)


class Ev1Session:
    """EV1: one key for both, and one IV that every command and answer moves on."""

    def __init__(self, channel: CardChannel, key: bytes) -> None:
        self._channel = channel
        self._key = key
        self._iv = ZERO_BLOCK

    def run(
        self,
        ins: int,
        header: bytes = b"",
        secret: bytes = b"",
        *,
        checked: bytes = b"",
        answer_bytes: int | None = None,
        ends: bool = False,
    ) -> bytes:
        """Run a command; see :class:`Session`."""
        command = bytes((ins,)) + header
        if secret:
            sealed = encipher(self._key, self._iv, zero_padded(secret + checksum(command + secret) + checked))
            self._iv = sealed[-BLOCK:]
        else:
            sealed = b""
            self._iv = running_cmac(self._key, self._iv, command)
        answer = native_data(ins, exchange_native(self._channel, ins, header + sealed))
        if ends:
            return answer
        return self._under_mac(answer) if answer_bytes is None else self._enciphered(answer, answer_bytes)

    def _under_mac(self, answer: bytes) -> bytes:
        data, mac = answer[:-MAC_BYTES], answer[-MAC_BYTES:]
        self._iv = running_cmac(self._key, self._iv, data + _STATUS_OK)
        _prove(mac, self._iv[:MAC_BYTES])
        return data

    def _enciphered(self, answer: bytes, length: int) -> bytes:
        opened = decipher(self._key, self._iv, _blocks(answer))
        self._iv = answer[-BLOCK:]
        data = opened[:length]
        _prove(opened, zero_padded(data + checksum(data + _STATUS_OK)))
        return data


class Ev2Session:
    """EV2: a key each for enciphering and MACs, a transaction identifier and a counter of commands."""

    def __init__(
        self, channel: CardChannel, enc_key: bytes, mac_key: bytes, transaction: bytes, counter: int = 0
    ) -> None:
        self._channel = channel
        self._enc_key = enc_key
        self._mac_key = mac_key
        self._transaction = transaction
        self._counter = counter

    def run(
        self,
        ins: int,
        header: bytes = b"",
        secret: bytes = b"",
        *,
        checked: bytes = b"",
        answer_bytes: int | None = None,
        ends: bool = False,
    ) -> bytes:
        """Run a command; see :class:`Session`."""
        sealed = encipher(self._enc_key, self._iv(b"\xa5\x5a"), padded(secret + checked)) if secret else b""
        body = header + sealed
        answer = native_data(ins, exchange_native(self._channel, ins, body + self._mac(ins, body)))
        self._counter += 1
        if ends:
            return answer
        data, mac = answer[:-MAC_BYTES], answer[-MAC_BYTES:]
        _prove(mac, self._mac(0, data))
        if answer_bytes is None:
            return data
        opened = decipher(self._enc_key, self._iv(b"\x5a\xa5"), _blocks(data))
        _prove(opened, padded(opened[:answer_bytes]))
        return opened[:answer_bytes]

    def _state(self) -> bytes:
        return self._counter.to_bytes(2, "little")

    def _iv(self, direction: bytes) -> bytes:
        return encipher(self._enc_key, ZERO_BLOCK, (direction + self._transaction + self._state()).ljust(BLOCK, b"\0"))

    def _mac(self, first: int, body: bytes) -> bytes:
        """MAC a command (its code first) or an answer (its status first): every second byte of the CMAC."""
        return cmac(self._mac_key, bytes((first,)) + self._state() + self._transaction + body)[1::2]


def _rotated(challenge: bytes) -> bytes:
    return challenge[1:] + challenge[:1]


def _exact(answer: bytes, length: int) -> bytes:
    if len(answer) != length:
        raise GarbledAnswerError(f"{len(answer)} bytes where an authentication has {length}")
    return answer


def _blocks(answer: bytes) -> bytes:
    if not answer or len(answer) % BLOCK:
        raise NotGenuineError("an enciphered answer that is no whole number of blocks")
    return answer


def _prove(claimed: bytes, computed: bytes) -> None:
    """Compare in constant time.

    Raises:
        NotGenuineError: they differ.
    """
    if not hmac.compare_digest(claimed, computed):
        raise NotGenuineError("the card does not have the key, or somebody changed its answer")
