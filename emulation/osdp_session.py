"""OSDP's secure channel as a reader keeps it (IEC 60839-11-5 annex D), written from the standard's formulas.

It is a second reading of the standard beside libosdp's, for readers that lie while they hold the right key.
"""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 16
_END = b"\x80"


class ReaderSession:
    """Keys and rolling MACs of one session."""

    def __init__(self, key: bytes, cp_random: bytes) -> None:
        """Begin with the panel's challenge."""
        self._encryption = _encrypt(key, b"\x01\x82" + cp_random[:6] + bytes(8))
        self._mac_first = _encrypt(key, b"\x01\x01" + cp_random[:6] + bytes(8))
        self._mac_last = _encrypt(key, b"\x01\x02" + cp_random[:6] + bytes(8))
        self._cp_random = cp_random
        self._command_mac = self._reply_mac = bytes(_BLOCK)

    def client_cryptogram(self, pd_random: bytes) -> bytes:
        """Give the reader's proof."""
        return _encrypt(self._encryption, self._cp_random + pd_random)

    def first_reply_mac(self, server_cryptogram: bytes) -> bytes:
        """Take the panel's proof and give the MAC that the chain begins with."""
        self._reply_mac = _encrypt(self._mac_last, _encrypt(self._mac_first, server_cryptogram))
        return self._reply_mac

    def accepts(self, message: bytes, mac: bytes) -> bool:
        """Check a command's MAC and go on in the chain."""
        self._command_mac = self._mac(message, self._reply_mac)
        return self._command_mac[:4] == mac

    def seal(self, message: bytes) -> bytes:
        """Give a reply's MAC and go on in the chain."""
        self._reply_mac = self._mac(message, self._command_mac)
        return self._reply_mac[:4]

    def encrypt(self, data: bytes) -> bytes:
        """Encrypt a reply's data."""
        padded = data + _END
        padded += bytes(-len(padded) % _BLOCK)
        return _encrypt(self._encryption, padded, bytes(byte ^ 0xFF for byte in self._command_mac))

    def _mac(self, message: bytes, start: bytes) -> bytes:
        padded = message if len(message) % _BLOCK == 0 else message + _END + bytes(-(len(message) + 1) % _BLOCK)
        if len(padded) > _BLOCK:
            start = _encrypt(self._mac_first, padded[:-_BLOCK], start)[-_BLOCK:]
        return _encrypt(self._mac_last, padded[-_BLOCK:], start)


def _encrypt(key: bytes, data: bytes, start: bytes = bytes(_BLOCK)) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
    return encryptor.update(data) + encryptor.finalize()
