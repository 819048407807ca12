"""NXP AN10922, AES-128: how a card's own key comes from a master and what is different about the card."""

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from readers.keys.port import INPUT_BYTES_MAX, INPUT_BYTES_MIN

_AES128 = b"\x01"


def diversification_input(diversifier: bytes) -> bytes:
    """Give what the master authenticates: the constant of AES-128 and the diversifier (AN10922, 2.2).

    The standard pads its input to two blocks *before* CMAC, which is no plain CMAC for a shorter diversifier. From 16
    bytes on both are the same, so a token's own CMAC serves; shorter ones are refused.

    Raises:
        ValueError: the diversifier has not INPUT_BYTES_MIN to INPUT_BYTES_MAX bytes.
    """
    if not INPUT_BYTES_MIN <= len(diversifier) <= INPUT_BYTES_MAX:
        raise ValueError(
            f"a diversifier has {INPUT_BYTES_MIN} to {INPUT_BYTES_MAX} bytes; this one has {len(diversifier)}"
        )
    return _AES128 + diversifier


def derive_card_key(master: bytes, diversifier: bytes) -> bytes:
    """Give the AES-128 key (16 bytes) of one card under a master (16 bytes) that this process holds.

    Raises:
        ValueError: the diversifier's length is out of range.
    """
    mac = CMAC(AES(master))
    mac.update(diversification_input(diversifier))
    return mac.finalize()
