"""The seeds of lottery rounds: derived from the centre's secret, so that no database and no page holds one early."""

from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.facilities.lottery import hash_seed
from gateway.site.keys import ensure_names_key

_SEED_BYTES = 32
_PURPOSE = "sekisho lottery seed 1"


def derive_seed(key_file: Path, round_id: str) -> str:
    """Give a round's seed, 64 hex digits: the same wherever the gateway runs with this key file.

    Raises:
        KeyFileError: the file holds something else than a key.
    """
    key = ensure_names_key(key_file)
    derived = HKDF(SHA256(), _SEED_BYTES, salt=None, info=f"{_PURPOSE}:{round_id}".encode())
    return derived.derive(key).hex()


def is_seed_ours(key_file: Path, round_id: str, seed_hash: str) -> bool:
    """Tell whether the published hash is that of our seed; others are held by whoever opened the round."""
    return hash_seed(derive_seed(key_file, round_id)) == seed_hash
