"""A reader that writes lines to a serial device, as number readers and QR scanners do."""

from emulation.pty_line import PtyLine


class SerialReader:
    """The reader at the far end of a line."""

    def __init__(self, line: PtyLine, *, begin: bytes = b"", end: bytes = b"\r\n") -> None:
        """Make it.

        Args:
            line: where it writes.
            begin: what it writes before each line (STX).
            end: what it writes after each line.
        """
        self._line = line
        self._begin = begin
        self._end = end

    def tell(self, text: str) -> None:
        """Write a line."""
        self.write(self._begin + text.encode("latin-1") + self._end)

    def write(self, data: bytes) -> None:
        """Write bytes as they are."""
        self._line.write(data)
