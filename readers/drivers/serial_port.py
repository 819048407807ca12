"""A serial device, set up by pyserial and read without waiting; a pseudo-terminal is one too."""

import contextlib
import os
import termios

import serial

from readers.drivers.device_file import device_fault, read_arrived

READ_BYTES_MAX = 4096
BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400)


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
            raise device_fault(error) from error

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
        return read_arrived(self.fileno(), READ_BYTES_MAX)

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
            raise device_fault(error) from error

    def close(self) -> None:
        """Give it back, without waiting for what was not sent."""
        with contextlib.suppress(OSError, termios.error):
            self._device.reset_output_buffer()
        with contextlib.suppress(OSError):
            self._device.close()
