"""The lines of a reader that tells text: where they end, what a silence or a flood means, and what they say."""

import re
import select
import time
from collections.abc import Callable
from typing import Protocol

from readers.drivers.faults import ReaderError
from readers.drivers.port import CardSeen, Observation, ReadTrouble
from readers.drivers.repeats import RepeatWatch
from readers.drivers.supervise import Look, Pace, SupervisedReader

LINE_BYTES_MAX = 512
TORN_SECONDS = 0.5
"""A line that has not gone on for so long will not end any more."""

LINES_PER_SECOND_MAX = 40
"""More lines than that no reader writes; the device is closed for a while."""

_LOOK_SECONDS = 0.25
_PAUSE_SECONDS = 0.1
_PASSING_SECONDS_MAX = 1.0
_LINE_ENDS = re.compile(rb"[\r\n]+")

LineReader = Callable[[str, str, float], CardSeen | ReadTrouble]
"""From a reader's id, a line's text and when it was seen (monotonic seconds) to what it says."""

LineSplitter = Callable[[bytes], tuple[list[bytes], bytes]]
"""From the bytes so far to the lines that have ended, and what has not."""


class LinePort(Protocol):
    """An open device that text arrives at."""

    def fileno(self) -> int:
        """Give the descriptor, to wait on."""

    def read(self) -> bytes:
        """Give the text that has arrived, without waiting; raises ReaderError when the device is gone."""

    def close(self) -> None:
        """Give the device back."""


class LineSession:
    """One open device and the line that is arriving; a :class:`~readers.drivers.supervise.Session`."""

    def __init__(
        self, reader: str, port: LinePort, split: LineSplitter, read: LineReader, repeats: RepeatWatch
    ) -> None:
        """Begin with what the device tells from now on."""
        self._reader = reader
        self._port = port
        self._split = split
        self._read = read
        self._repeats = repeats
        self._is_fresh = False
        self._rest = b""
        self._is_overlong = False
        self._arrived_mono = 0.0
        self._second_mono = 0.0
        self._second_lines = 0

    def look(self) -> Look:
        """Wait for text and give what the lines say; see :class:`~readers.drivers.supervise.Session`."""
        if not self._is_fresh:
            self._let_pass()
        select.select([self._port], [], [], TORN_SECONDS / 2 if self._rest else _LOOK_SECONDS)
        data = self._port.read()
        now = time.monotonic()
        if not data:
            return self._torn(now)
        self._arrived_mono = now
        lines, self._rest = self._split(self._rest + data)
        self._count(len(lines), now)
        observations = [seen for line in lines if (seen := self._observation(line, now)) is not None]
        if len(self._rest) > LINE_BYTES_MAX:
            observations += [] if self._is_overlong else [ReadTrouble(self._reader, "garbled")]
            self._rest, self._is_overlong = self._rest[:1], True
        return observations

    def close(self) -> None:
        """Give the device back."""
        self._port.close()

    def _let_pass(self) -> None:
        """Let pass by what was under way when the device was opened: the end of a number is a number, too."""
        until = time.monotonic() + _PASSING_SECONDS_MAX
        while select.select([self._port], [], [], _PAUSE_SECONDS)[0]:
            self._port.read()
            if time.monotonic() > until:
                raise ReaderError("failing", "flooded")
        self._is_fresh = True

    def _count(self, lines: int, now: float) -> None:
        if now - self._second_mono > 1.0:
            self._second_mono, self._second_lines = now, 0
        self._second_lines += lines
        if self._second_lines > LINES_PER_SECOND_MAX:
            raise ReaderError("failing", "flooded")

    def _torn(self, now: float) -> Look:
        if not self._rest or now - self._arrived_mono < TORN_SECONDS:
            return ()
        self._rest, told = b"", self._is_overlong
        self._is_overlong = False
        return () if told else (ReadTrouble(self._reader, "torn"),)

    def _observation(self, line: bytes, now: float) -> Observation | None:
        """Give what one line says; None for the rest of an overlong one, and for a held card that is told again."""
        if self._is_overlong:
            self._is_overlong = False
            return None
        if self._repeats.is_repeat(line[: LINE_BYTES_MAX + 1], now):
            return None
        if len(line) > LINE_BYTES_MAX:
            return ReadTrouble(self._reader, "garbled")
        return self._read(self._reader, line.decode("latin-1").strip(" \t\r\n"), now)


def read_lines(
    reader: str, open_port: Callable[[], LinePort], split: LineSplitter, read: LineReader, pace: Pace | None
) -> SupervisedReader:
    """Make the driver of a reader that tells lines.

    Args:
        reader: the reader's id.
        open_port: opens its device; raises ReaderError where that cannot be.
        split: finds the lines' ends.
        read: says what a line says.
        pace: how patient its supervisor is.
    """
    repeats = RepeatWatch()  # it outlives the sessions: reopening a reader repeats no tap
    return SupervisedReader(reader, lambda: LineSession(reader, open_port(), split, read, repeats), pace=pace)


def split_lines(data: bytes) -> tuple[list[bytes], bytes]:
    """Give the lines that CR, LF or both have ended, without empty ones, and what has not ended."""
    *lines, rest = _LINE_ENDS.split(data)
    return [line for line in lines if line], rest
