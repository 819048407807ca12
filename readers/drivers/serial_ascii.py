"""Readers that write lines of text to a serial device: number readers, and scanners of visitors' QR codes.

A reader's ``path`` is ``/dev/ttyACM0?baud=9600&framing=line&holds=hexadecimal``: the device and how it speaks. Scanners
and readers are to be set to serial (USB CDC); a keyboard wedge types into whatever has the focus and is not supported.

The line proves nothing: a number is technology ``line``, assurance 1, a code is what its signature makes it.
"""

import re
import select
import time
from collections.abc import Callable
from typing import Annotated, Literal
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from readers.cards.qr import VisitCodeReader
from readers.drivers.faults import ReaderError
from readers.drivers.line_number import decimal_identifier, hexadecimal_identifier
from readers.drivers.port import CardSeen, Observation, ReadTrouble
from readers.drivers.repeats import RepeatWatch
from readers.drivers.serial_port import SerialPort
from readers.drivers.supervise import Look, Pace, SupervisedReader

LINE_BYTES_MAX = 512
TORN_SECONDS = 0.5
"""A line that has not gone on for so long will not end any more."""

LINES_PER_SECOND_MAX = 40
"""More lines than that no reader writes; the device is closed for a while."""

_LOOK_SECONDS = 0.25
_LINE_ENDS = re.compile(rb"[\r\n]+")
_STX, _ETX, _PADDING = b"\x02", b"\x03", b"\r\n"
_LINE_ASSURANCE = 1


class SerialPath(BaseModel):
    """How a serial reader speaks: the query of its path.

    ``framing`` is ``line`` (ended by CR, LF or both) or ``stx`` (between STX and ETX); ``holds`` is what a line is: a
    number in ``hexadecimal`` or ``decimal`` digits, or a visitor's ``code``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    device: Annotated[str, Field(pattern=r"^/")]
    baud: Annotated[int, Field(ge=1200, le=230400)] = 9600
    framing: Literal["line", "stx"] = "line"
    holds: Literal["hexadecimal", "decimal", "code"]


def serial_reader(
    reader: str, path: str, codes: VisitCodeReader | None = None, *, pace: Pace | None = None
) -> SupervisedReader:
    """Make the driver of one serial reader.

    Args:
        reader: the reader's id.
        path: the device and how it speaks, as :class:`SerialPath` has it.
        codes: reads visitors' codes; needed where lines hold them.
        pace: how patient its supervisor is.

    Raises:
        ValueError: the path says something else; names it and what was expected.
    """
    device, _, query = path.partition("?")
    try:
        spoken = SerialPath.model_validate({"device": device, **dict(parse_qsl(query))})
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        raise ValueError(
            f"path of reader {reader}: {'.'.join(map(str, fault['loc']))} が正しくありません。"
            f"例 /dev/ttyACM0?baud=9600&framing=line&holds=decimal / {fault['msg']}"
        ) from None
    if spoken.holds == "code" and codes is None:
        raise ValueError(
            f"path of reader {reader}: holds=code には設定に拠点の名前が必要です"
            f" / holds=code needs the site's id in the settings"
        )
    read = codes.read if spoken.holds == "code" and codes is not None else _number_reader(spoken.holds)
    repeats = RepeatWatch()  # it outlives the sessions: reopening a reader repeats no tap
    return SupervisedReader(reader, lambda: SerialSession(reader, spoken, read, repeats), pace=pace)


LineReader = Callable[[str, str, float], CardSeen | ReadTrouble]


class SerialSession:
    """One open device and the line that is arriving."""

    def __init__(self, reader: str, spoken: SerialPath, read: LineReader, repeats: RepeatWatch) -> None:
        self._reader = reader
        self._read = read
        self._repeats = repeats
        self._split = split_stx if spoken.framing == "stx" else split_lines
        self._port = SerialPort(spoken.device, spoken.baud)
        self._rest = b""
        self._is_overlong = False
        self._arrived_mono = 0.0
        self._second_mono = 0.0
        self._second_lines = 0

    def look(self) -> Look:
        """Wait for bytes and give what the lines say; see :class:`~readers.drivers.supervise.Session`."""
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


def split_lines(data: bytes) -> tuple[list[bytes], bytes]:
    """Give the lines that CR, LF or both have ended, without empty ones, and what has not ended."""
    *lines, rest = _LINE_ENDS.split(data)
    return [line for line in lines if line], rest


def split_stx(data: bytes) -> tuple[list[bytes], bytes]:
    """Give what stood between STX and ETX, and what has not ended; noise before an STX is given with the line."""
    *pieces, rest = data.split(_ETX)
    lines = [piece.strip(_PADDING) for piece in pieces]
    lines = [line[1:] if line.startswith(_STX) and line.count(_STX) == 1 else line for line in lines]
    return [line for line in lines if line], rest.lstrip(_PADDING)


def _number_reader(holds: str) -> LineReader:
    identify = decimal_identifier if holds == "decimal" else hexadecimal_identifier

    def read(reader: str, line: str, seen_mono: float) -> CardSeen | ReadTrouble:
        identifier = identify(line)
        if identifier is None:
            return ReadTrouble(reader, "garbled")
        return CardSeen(reader, "line", identifier, _LINE_ASSURANCE, seen_mono, "number on a serial line")

    return read
