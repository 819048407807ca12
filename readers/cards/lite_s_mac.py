"""The cryptography of FeliCa Lite-S: session key and MACs in two-key triple DES. Pure.

The card computes with each group of eight bytes reversed. Here card keys and challenges stand the way they are derived
and drawn (a card key is CK1 || CK2); :func:`block_of` gives the form in which a block carries them, and only there are
the bytes turned round. Layouts: FeliCa Lite-S User's Manual, MAC generation; checked against nfcpy's published
vectors, the read MAC_A's list of blocks against a second public implementation.
"""

from collections.abc import Sequence

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.modes import CBC

KEY_BYTES = 16
CHALLENGE_BYTES = 16
MAC_BYTES = 8
WRITE_COUNT_BYTES = 3
MAC_A_BLOCK = 0x91

_GROUP = 8
_ZERO_IV = bytes(_GROUP)
_UNUSED = b"\xff"


def block_of(value: bytes) -> bytes:
    """Give a card key or a challenge (16 bytes) as its block carries it: each half reversed. It is its own inverse."""
    return b"".join(value[at : at + _GROUP][::-1] for at in range(0, len(value), _GROUP))


def derive_session_key(card_key: bytes, challenge: bytes) -> bytes:
    """Give the session key (16 bytes) that card and reader share after the challenge was written to block RC.

    Args:
        card_key: KEY_BYTES, CK1 || CK2.
        challenge: CHALLENGE_BYTES, RC1 || RC2 as drawn.
    """
    return _encrypt(card_key, _ZERO_IV, challenge)


def chain_mac(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Give the MAC (MAC_BYTES) over data of whole groups; it is all there is to the MAC of block 81.

    Args:
        key: KEY_BYTES.
        iv: RC1, the first half of the challenge.
        data: a multiple of eight bytes, at least eight.
    """
    return _encrypt(key, iv, block_of(data))[-MAC_BYTES:][::-1]


def read_mac(session_key: bytes, challenge: bytes, blocks: Sequence[int], data: bytes) -> bytes:
    """Give the MAC_A of a read: over the numbers of the blocks asked for, MAC_A itself the last, and their data.

    Args:
        session_key: as :func:`derive_session_key` gives it.
        challenge: as it was drawn.
        blocks: up to three block numbers, without MAC_A.
        data: what they hold, 16 bytes each.
    """
    numbers = b"".join(number.to_bytes(2, "little") for number in (*blocks, MAC_A_BLOCK))
    return chain_mac(session_key, challenge[:_GROUP], numbers.ljust(_GROUP, _UNUSED) + data)


def write_mac(session_key: bytes, challenge: bytes, write_count: bytes, block: int, data: bytes) -> bytes:
    """Give the MAC_A of a write: halves of the session key exchanged, over write count, block numbers and data.

    Args:
        session_key: as :func:`derive_session_key` gives it.
        challenge: as it was drawn.
        write_count: WRITE_COUNT_BYTES as block WCNT has them now.
        block: the number of the block written.
        data: its 16 bytes.
    """
    head = write_count + b"\x00" + block.to_bytes(2, "little") + MAC_A_BLOCK.to_bytes(2, "little")
    return chain_mac(session_key[_GROUP:] + session_key[:_GROUP], challenge[:_GROUP], head + data)


def _encrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
    encryptor = Cipher(TripleDES(key + key[:_GROUP]), CBC(iv)).encryptor()
    return encryptor.update(data) + encryptor.finalize()
