"""Files that hold a secret: there, and readable by their owner alone."""

from pathlib import Path

OTHERS = 0o077
"""The mode bits that a secret file must not have."""


def check_secret_file(path: Path) -> Path:
    """Give the path of a secret file.

    Raises:
        ValueError: there is no such file, or others may read it; the text says what to do.
    """
    if not path.is_file():
        raise ValueError(f"expected a readable file; there is none at {path}")
    mode = path.stat().st_mode & 0o777
    if mode & OTHERS:
        raise ValueError(f"expected a file only its owner may read (mode 600), {path} has mode {mode:o}: chmod 600 it")
    return path
