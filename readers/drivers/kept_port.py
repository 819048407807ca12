"""A serial port that is opened again, with back-off, for as long as somebody wants it."""

from collections.abc import Callable

from readers.drivers.faults import ReaderError
from readers.drivers.serial_port import SerialPort
from readers.drivers.supervise import Pace, back_off_seconds


class KeptPort:
    """The port and what is wrong with it. ``fault`` is None while it is open and well."""

    def __init__(self, path: str, baud: int, pace: Pace, jitter: Callable[[], float]) -> None:
        """Make it; it is opened by :meth:`keep`."""
        self.path = path
        self.fault: ReaderError | None = None
        self._baud = baud
        self._pace = pace
        self._jitter = jitter
        self._port: SerialPort | None = None
        self._attempt = 0
        self._retry_mono = 0.0
        self._opened_mono = 0.0

    @property
    def is_open(self) -> bool:
        """Tell whether it is open."""
        return self._port is not None

    @property
    def descriptors(self) -> list[int]:
        """Give what to wait on: one descriptor, or none while it is closed."""
        return [self._port.fileno()] if self._port is not None else []

    def begin(self) -> None:
        """Open it at the next :meth:`keep` without waiting for an earlier failure's pause."""
        self._attempt, self._retry_mono = 0, 0.0

    def keep(self, now_mono: float) -> bool:
        """Open it if it is closed and its pause is over; tells whether it was opened.

        Raises:
            ReaderError: it could not be opened; the next pause has begun.
        """
        if self._port is not None or now_mono < self._retry_mono:
            return False
        try:
            self._port = SerialPort(self.path, self._baud)
        except ReaderError as fault:
            self.close(fault, now_mono)
            raise
        self.fault, self._opened_mono = None, now_mono
        return True

    def read(self) -> bytes:
        """Give what has arrived; empty for nothing or while it is closed.

        Raises:
            ReaderError: it is gone, or was when something was last sent; :meth:`close` it.
        """
        if self._port is None:
            return b""
        if self.fault is not None:
            raise self.fault
        return self._port.read()

    def send(self, data: bytes) -> bool:
        """Send; False while it is closed or when it is gone."""
        if self._port is None:
            return False
        try:
            self._port.write(data)
        except ReaderError as fault:
            self.fault = fault
            return False
        return True

    def close(self, fault: ReaderError, now_mono: float) -> None:
        """Close it for this fault and begin a pause; one that was open for long begins with the shortest."""
        if self._port is not None:
            self._port.close()
            self._port = None
            if now_mono - self._opened_mono > self._pace.stable_seconds:
                self._attempt = 0
        self.fault = fault
        self._retry_mono = now_mono + back_off_seconds(self._pace, self._attempt, self._jitter())
        self._attempt += 1
