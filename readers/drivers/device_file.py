"""A device that a path names: what an error on it means, and what has arrived at it."""

import errno
import os

from readers.drivers.faults import ReaderError, fault_of

_GONE = {errno.EIO, errno.ENODEV, errno.ENXIO, errno.ENOENT, errno.EBADF}


def device_fault(error: OSError | ValueError) -> ReaderError:
    """Name what an error means for the reader: a device that is not there, or not there any more, is unplugged."""
    number = getattr(error, "errno", None)
    if number in _GONE:
        return ReaderError("lost", "unplugged")
    if number == errno.EAGAIN:  # a lock that another program has
        return ReaderError("busy", "other_process")
    return fault_of(error) if isinstance(error, OSError) and number else ReaderError("failing", "io_error")


def read_arrived(descriptor: int, bytes_max: int) -> bytes:
    """Give what has arrived at a descriptor that does not block, at most ``bytes_max`` bytes; empty when nothing has.

    Raises:
        ReaderError: the device is gone.
    """
    try:
        data = os.read(descriptor, bytes_max)
    except BlockingIOError:
        return b""
    except OSError as error:
        raise device_fault(error) from error
    if not data:
        raise ReaderError("lost", "unplugged")
    return data
