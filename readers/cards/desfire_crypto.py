"""How DESFire puts AES-128 together: CBC over whole blocks, its paddings, its checksum, and a CMAC that can run on.

The cipher and the standard CMAC are the cryptography library's. EV1 begins each CMAC where the one before ended (its IV
is not zero), which no library offers: :func:`running_cmac`.
"""

import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

BLOCK = 16
KEY_BYTES = 16
ZERO_BLOCK = bytes(BLOCK)


def encipher(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Encipher whole blocks, AES-128 CBC."""
    cipher = Cipher(AES(key), modes.CBC(iv)).encryptor()
    return cipher.update(data) + cipher.finalize()


def decipher(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Decipher whole blocks, AES-128 CBC."""
    cipher = Cipher(AES(key), modes.CBC(iv)).decryptor()
    return cipher.update(data) + cipher.finalize()


def cmac(key: bytes, message: bytes) -> bytes:
    """Give the CMAC (NIST SP 800-38B), 16 bytes."""
    mac = CMAC(AES(key))
    mac.update(message)
    return mac.finalize()


def running_cmac(key: bytes, iv: bytes, message: bytes) -> bytes:
    """Give a CMAC whose chain begins at ``iv``, 16 bytes; with a zero block it is the standard's."""
    subkey = _doubled(encipher(key, ZERO_BLOCK, ZERO_BLOCK))
    if not message or len(message) % BLOCK:
        subkey, message = _doubled(subkey), padded(message)
    last = bytes(x ^ y for x, y in zip(message[-BLOCK:], subkey, strict=True))
    return encipher(key, iv, message[:-BLOCK] + last)[-BLOCK:]


def padded(data: bytes) -> bytes:
    """Pad to whole blocks by ISO/IEC 9797-1 method 2: 80 and zeros, always at least the 80."""
    return zero_padded(data + b"\x80")


def zero_padded(data: bytes) -> bytes:
    """Pad to whole blocks with zeros; whole blocks stay as they are."""
    return data.ljust(-(-len(data) // BLOCK) * BLOCK, b"\0")


def checksum(data: bytes) -> bytes:
    """Give the CRC-32 as DESFire has it: without the last inversion, least significant byte first."""
    return (zlib.crc32(data) ^ 0xFFFFFFFF).to_bytes(4, "little")


def _doubled(block: bytes) -> bytes:
    """Double in GF(2^128) (SP 800-38B, 6.1)."""
    doubled = int.from_bytes(block, "big") << 1
    return (doubled ^ 0x87 if doubled >> 128 else doubled).to_bytes(BLOCK + 1, "big")[-BLOCK:]
