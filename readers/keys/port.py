"""The port that card keys stand behind. Masters never cross it."""

from typing import Protocol

MASTER_BYTES = 16
INPUT_BYTES_MIN = 16
INPUT_BYTES_MAX = 31
"""AN10922 pads its input to two blocks; from 16 bytes on that is plain CMAC, which every token can do."""


class KeyUnavailableError(Exception):
    """The key cannot be had: no such label, the token is gone or locked; the text says which and what to do."""


class KeyProvider(Protocol):
    """Derives per-card keys."""

    def derive(self, label: str, diversifier: bytes) -> bytes:
        """Give the AES-128 key (16 bytes) of one card: NXP AN10922 over ``diversifier`` under the master ``label``.

        Args:
            label: the master's name with its version, ``desfire-1``.
            diversifier: INPUT_BYTES_MIN to INPUT_BYTES_MAX bytes that differ by card (UID, application, system).

        Raises:
            KeyUnavailableError: the master cannot be used.
            ValueError: the diversifier's length is out of range.
        """
