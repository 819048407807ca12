"""Outputs as lines of text, for a box without hardware. A writer thread takes the waiting, never the decision."""

import queue
import sys
import threading
from typing import TextIO

from domain.ids import AccessPointId, DoorId
from readers.events import Signal
from readers.words import Words

_LINES_MAX = 1000


class ConsoleOutputs:
    """Writes a line for each call; drops lines rather than wait when nobody reads them."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._lines: queue.Queue[str] = queue.Queue(_LINES_MAX)
        threading.Thread(target=self._write, name="console", daemon=True).start()

    def release(self, door: DoorId, seconds: float) -> None:
        """Say that the door is free."""
        self._say(f"door {door} released for {seconds:g} s")

    def hold(self, door: DoorId) -> None:
        """Say that the door is free for everybody."""
        self._say(f"door {door} unlocked")

    def relock(self, door: DoorId) -> None:
        """Say that the door is locked."""
        self._say(f"door {door} locked")

    def notice(self, point: AccessPointId) -> None:
        """Say that a card was seen."""
        self._say(f"{point} [noticed]")

    def present(self, point: AccessPointId, signal: Signal, words: Words) -> None:
        """Say what the display shows."""
        self._say(f"{point} [{signal}] {words.ja} / {words.en}")

    def alarm(self, alarm: str, detail: str) -> None:
        """Say the alarm."""
        self._say(f"ALARM {alarm}: {detail}")

    def _say(self, line: str) -> None:
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            return

    def _write(self) -> None:
        while True:
            self._stream.write(self._lines.get() + "\n")
            self._stream.flush()
