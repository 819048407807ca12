"""The card's side of FeliCa Lite-S cryptography, written apart from the reader's so that one can be held to the other.

Everything stands as it lies in the card's blocks, where each group of eight bytes is turned round.
"""

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

GROUP = 8


def turned(data: bytes) -> bytes:
    """Turn each group of eight bytes round."""
    return b"".join(bytes(reversed(data[at : at + GROUP])) for at in range(0, len(data), GROUP))


def session_key_of(ck_block: bytes, rc_block: bytes) -> bytes:
    """Give the session key for the contents of blocks CK and RC, in the cipher's own order."""
    return _cbc(turned(ck_block), bytes(GROUP), turned(rc_block))


def mac_of(session_key: bytes, rc_block: bytes, data: bytes) -> bytes:
    """Give the MAC of data as blocks MAC and MAC_A carry it."""
    return turned(_cbc(session_key, turned(rc_block)[:GROUP], turned(data))[-GROUP:])


def write_mac_of(session_key: bytes, rc_block: bytes, data: bytes) -> bytes:
    """Give the MAC that a write must bring: the same with the halves of the key exchanged."""
    return mac_of(session_key[GROUP:] + session_key[:GROUP], rc_block, data)


def _cbc(key: bytes, iv: bytes, data: bytes) -> bytes:
    cipher = Cipher(TripleDES(key + key[:GROUP]), modes.CBC(iv)).encryptor()
    return cipher.update(data) + cipher.finalize()
