"""A serial device, set up by pyserial and read without waiting; a pseudo-terminal is one too."""

import contextlib
import errno
import os
import termios

import serial

from readers.drivers.faults import ReaderError, fault_of

READ_BYTES_MAX = 4096
BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400)
_GONE = {errno.EIO, errno.ENODEV, errno.ENXIO, errno.ENOENT, errno.EBADF}


class SerialPort:
    """One open device, ours alone."""

    def __init__(self, path: str, baud: int) -> None:
        """Open it with 8 data bits, no parity, one stop bit.

        Raises:
            ReaderError: it is not there, is another program's, or may not be opened by this user.
        """
        try:
            self._device = serial.Serial(path, baud, timeout=0, write_timeout=0, exclusive=True)
            self._tell_silence_from_loss()
        except (OSError, ValueError) as error:  # a path that is no terminal raises either
            raise _fault(error) from error

    def _tell_silence_from_loss(self) -> None:
        """Let an empty read mean a line that is gone; pyserial's setting (VMIN 0) gives one for silence too."""
        attributes = termios.tcgetattr(self.fileno())
        attributes[6][termios.VMIN] = 1
        termios.tcsetattr(self.fileno(), termios.TCSANOW, attributes)
        os.set_blocking(self.fileno(), False)

    def fileno(self) -> int:
        """Give the descriptor, to wait on."""
        return int(self._device.fileno())

    def read(self) -> bytes:
        """Give what has arrived, at most READ_BYTES_MAX bytes; empty when nothing has.

        Raises:
            ReaderError: the device is gone.
        """
        try:
            data = os.read(self.fileno(), READ_BYTES_MAX)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise _fault(error) from error
        if not data:
            raise ReaderError("lost", "unplugged")
        return data

    def write(self, data: bytes) -> None:
        """Send at once; what a full buffer does not take is lost, as on a line that nobody hears.

        Raises:
            ReaderError: the device is gone.
        """
        try:
            os.write(self.fileno(), data)
        except BlockingIOError:
            return
        except OSError as error:
            raise _fault(error) from error

    def close(self) -> None:
        """Give it back, without waiting for what was not sent."""
        with contextlib.suppress(OSError, termios.error):
            self._device.reset_output_buffer()
        with contextlib.suppress(OSError):
            self._device.close()


def _fault(error: OSError | ValueError) -> ReaderError:
    number = getattr(error, "errno", None)
    if number in _GONE:
        return ReaderError("lost", "unplugged")
    if number in (errno.EAGAIN, errno.EBUSY):
        return ReaderError("busy", "other_process")
    return fault_of(error) if isinstance(error, OSError) and number else ReaderError("failing", "io_error")
