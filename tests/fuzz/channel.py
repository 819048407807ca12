"""A card that answers whatever the fuzzer wrote, and a witness that writes down what a software card answers.

The bytes of such a card: one that chooses how it was found, then its answers, each behind its length in two bytes. A
card whose bytes have run out was lifted.
"""

from collections.abc import Iterable

from readers.cards.port import CardChannel, CardLeftError, Family

EXCHANGES_MAX = 64
"""More than the longest honest reading: a certificate of 4096 bytes takes 19."""

_LENGTH_BYTES, _LENGTH_MASK = 2, 0x1FF  # answers of 0 to 511 bytes: twice what a short APDU carries
_STORAGE_ATR = bytes.fromhex("3b8f8001804f0ca0000003060300030000000068")
_FAMILIES: tuple[tuple[Family, bytes, bytes], ...] = (
    ("type_a", bytes.fromhex("04782e21801d80"), b""),
    ("type_a", bytes.fromhex("08112233"), b""),
    ("type_a", b"", b""),
    ("type_a", bytes.fromhex("04782e21801d80"), _STORAGE_ATR),
    ("type_b", bytes.fromhex("11223344"), b""),
    ("felica", bytes.fromhex("012e4cd8aabb0102"), b""),
    ("contact", b"", bytes.fromhex("3b00")),
)
TYPE_A, RANDOM_TYPE_A, TYPE_B, FELICA = 0, 1, 4, 5
"""What a card's first byte says."""


class FuzzChannel:
    """A CardChannel over the fuzzer's bytes; it fails whoever asks without end."""

    def __init__(self, data: bytes) -> None:
        self.family, self.identifier, self.answer_to_reset = _FAMILIES[(data[0] if data else 0) % len(_FAMILIES)]
        self._rest = data[1:]
        self._exchanges = 0

    def exchange(self, command: bytes) -> bytes:
        self._exchanges += 1
        assert self._exchanges <= EXCHANGES_MAX, "the reader asks without end"
        assert command
        if len(self._rest) < _LENGTH_BYTES:
            raise CardLeftError
        length = int.from_bytes(self._rest[:_LENGTH_BYTES], "big") & _LENGTH_MASK
        answer, self._rest = self._rest[_LENGTH_BYTES:][:length], self._rest[_LENGTH_BYTES + length :]
        return answer


class Witness:
    """A CardChannel that passes everything on and keeps the answers."""

    def __init__(self, channel: CardChannel) -> None:
        self.family = channel.family
        self.identifier = channel.identifier
        self.answer_to_reset = channel.answer_to_reset
        self.answers: list[bytes] = []
        self._channel = channel

    def exchange(self, command: bytes) -> bytes:
        self.answers.append(self._channel.exchange(command))
        return self.answers[-1]


def card_bytes(found: int, answers: Iterable[bytes]) -> bytes:
    """Give the bytes of a card that answers so."""
    return bytes((found,)) + b"".join(len(answer).to_bytes(_LENGTH_BYTES, "big") + answer for answer in answers)
