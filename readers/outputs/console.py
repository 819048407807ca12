"""Locks and displays as lines of text, for a box without hardware. A writer thread takes the waiting."""

import queue
import sys
import threading
from typing import TextIO

from domain.ids import AccessPointId, DoorId
from readers.events import Signal
from readers.words import Words

_LINES_MAX = 1000


class Console:
    """Writes lines in order; drops them rather than wait when nobody reads."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._lines: queue.Queue[str] = queue.Queue(_LINES_MAX)
        threading.Thread(target=self._write, name="console", daemon=True).start()

    def say(self, line: str) -> None:
        """Write a line soon."""
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            return

    def _write(self) -> None:
        while True:
            self._stream.write(self._lines.get() + "\n")
            self._stream.flush()


class ConsoleLock:
    """A :class:`~readers.outputs.locks.port.Lock` that says what it would do."""

    def __init__(self, console: Console, door: DoorId) -> None:
        self._console = console
        self._door = door

    def release(self, seconds: float) -> None:
        """Say that the door is free."""
        self._console.say(f"door {self._door} released for {seconds:g} s")

    def hold(self) -> None:
        """Say that the door is free for everybody."""
        self._console.say(f"door {self._door} unlocked")

    def secure(self) -> None:
        """Say that the door is locked."""
        self._console.say(f"door {self._door} locked")

    def close(self) -> None:
        """Do nothing."""


class ConsoleDisplay:
    """A :class:`~readers.outputs.port.Display` for every access point of the box."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def notice(self, point: AccessPointId) -> None:
        """Say that a card was seen."""
        self._console.say(f"{point} [noticed]")

    def present(self, point: AccessPointId, signal: Signal, words: Words) -> None:
        """Say what the display shows."""
        self._console.say(f"{point} [{signal}] {words.ja} / {words.en}")

    def alarm(self, alarm: str, detail: str) -> None:
        """Say the alarm."""
        self._console.say(f"ALARM {alarm}: {detail}")

    def close(self) -> None:
        """Do nothing; the stream is not ours."""
