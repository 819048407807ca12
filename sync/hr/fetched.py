"""What comes through a door that was asked: a file with its mark, nothing new, or why it could not be had."""

from dataclasses import dataclass

from contract.hr_file import BYTES_MAX

MARK_MAX = 300
SECONDS_MAX = 120.0
"""The longest that one door may take."""


class FetchError(Exception):
    """A door gave no file; the text says why, Japanese first. Nothing changed; the next look is its next chance."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file's bytes; the same ``mark`` means that the other side has nothing newer."""

    data: bytes
    mark: str


def demand_size(size: int) -> None:
    """Refuse what is larger than any file we read.

    Raises:
        FetchError: it is.
    """
    if size > BYTES_MAX:
        raise FetchError(f"大きすぎます / larger than {BYTES_MAX // 1024 // 1024} MiB")
