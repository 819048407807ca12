"""Readers that write lines of text to a serial device: number readers, and scanners of visitors' QR codes.

A reader's ``path`` is ``/dev/ttyACM0?baud=9600&framing=line&holds=hexadecimal``: the device and how it speaks. Scanners
that can be set to serial (USB CDC) are better so: one that types is a keyboard, see :mod:`readers.drivers.wedge`.
"""

from typing import Annotated, Literal

from pydantic import Field

from readers.cards.qr import VisitCodeReader
from readers.drivers.line_path import LinePath, line_reader, spoken_by
from readers.drivers.line_session import read_lines, split_lines
from readers.drivers.serial_port import SerialPort
from readers.drivers.supervise import Pace, SupervisedReader

_STX, _ETX, _PADDING = b"\x02", b"\x03", b"\r\n"
_EXAMPLE = "/dev/ttyACM0?baud=9600&framing=line&holds=decimal"


class SerialPath(LinePath):
    """How a serial reader speaks: ``framing`` is ``line`` (ended by CR, LF or both), or ``stx`` (from STX to ETX)."""

    baud: Annotated[int, Field(ge=1200, le=230400)] = 9600
    framing: Literal["line", "stx"] = "line"


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
    spoken = spoken_by(reader, path, SerialPath, _EXAMPLE)
    read = line_reader(reader, spoken, codes, "number on a serial line")
    split = split_stx if spoken.framing == "stx" else split_lines
    return read_lines(reader, lambda: SerialPort(spoken.device, spoken.baud), split, read, pace)


def split_stx(data: bytes) -> tuple[list[bytes], bytes]:
    """Give what stood between STX and ETX, and what has not ended; noise before an STX is given with the line."""
    *pieces, rest = data.split(_ETX)
    lines = [piece.strip(_PADDING) for piece in pieces]
    lines = [line[1:] if line.startswith(_STX) and line.count(_STX) == 1 else line for line in lines]
    return [line for line in lines if line], rest.lstrip(_PADDING)
