"""How a process proves that it is fit for work, to the starter that waits for it.

The starter names a file and a word of its own; the process writes the word there, and below it what it still lacks.
Nothing lacking is birth.
"""

import contextlib
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from readers.whole_file import replace_file

FILE, WORD, RELEASE, RETURNED = "SEKISHO_BORN_FILE", "SEKISHO_BORN_WORD", "SEKISHO_RELEASE", "SEKISHO_RETURNED"
LOOK_SECONDS = 0.5
MARK_BYTES_MAX = 1024


@dataclass(frozen=True, slots=True)
class BirthMark:
    """What the starter told: where to leave which word, which release this is, and which one was taken back."""

    file: Path
    word: str
    release: str = ""
    returned: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self | None:
        """Give what the starter told; None for a process that was started without one."""
        if not (environment.get(FILE) and environment.get(WORD)):
            return None
        return cls(
            Path(environment[FILE]), environment[WORD], environment.get(RELEASE, ""), environment.get(RETURNED, "")
        )

    def environment(self) -> dict[str, str]:
        """Give what to tell the process."""
        return {FILE: str(self.file), WORD: self.word, RELEASE: self.release, RETURNED: self.returned}

    def write(self, lacking: Sequence[str]) -> None:
        """Say what is still lacking; nothing is birth.

        Raises:
            OSError: the disk refused.
        """
        replace_file(self.file, "\n".join((self.word, *lacking)).encode())

    def read(self) -> tuple[str, ...] | None:
        """Give what the process still lacks; None while it has not said anything."""
        try:
            with self.file.open("rb") as file:
                lines = file.read(MARK_BYTES_MAX).decode("ascii").splitlines()
        except (OSError, UnicodeDecodeError):
            return None
        return tuple(lines[1:]) if lines and lines[0] == self.word else None


def watch_birth(mark: BirthMark, lacking: Callable[[], Sequence[str]], stop: threading.Event) -> threading.Thread:
    """Write the mark from a thread of its own, at each change, until nothing is lacking or ``stop`` is set."""

    def watch() -> None:
        said: Sequence[str] | None = None
        while True:
            now = lacking()
            if now != said:
                with contextlib.suppress(OSError):  # the next look tries again; unborn is the safe side
                    mark.write(now)
                    said = now
            if (said is not None and not said) or stop.wait(LOOK_SECONDS):
                return

    thread = threading.Thread(target=watch, name="birth", daemon=True)
    thread.start()
    return thread
