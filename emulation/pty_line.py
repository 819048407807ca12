"""A serial line that ends in a pseudo-terminal: plugged in it has a path, pulled out it has none."""

import contextlib
import errno
import os
import select
import tty
from pathlib import Path

READ_BYTES_MAX = 65536


class PtyLine:
    """The far end of a serial line; ``path`` is what the program under test opens."""

    def __init__(self, path: Path) -> None:
        """Make it, plugged in.

        Args:
            path: a link that leads to the pseudo-terminal of the moment, as udev's names do.
        """
        self.path = path
        self._far = self._near = -1
        self.plug()

    def plug(self) -> None:
        """Plug it in, also after :meth:`unplug`."""
        self._far, self._near = os.openpty()
        tty.setraw(self._near)
        os.set_blocking(self._far, False)
        self.path.symlink_to(os.ttyname(self._near))

    def unplug(self) -> None:
        """Pull it out: the program's reads fail with EIO, and the path is gone."""
        self.path.unlink(missing_ok=True)
        for descriptor in (self._far, self._near):
            with contextlib.suppress(OSError):
                os.close(descriptor)
        self._far = self._near = -1

    def read(self, seconds: float) -> bytes:
        """Give what the program wrote within this time; empty if nothing or unplugged."""
        far = self._far
        if far < 0:
            select.select([], [], [], seconds)
            return b""
        try:
            if not select.select([far], [], [], seconds)[0]:
                return b""
            return os.read(far, READ_BYTES_MAX)
        except OSError as error:
            if error.errno in (errno.EIO, errno.EBADF, errno.EAGAIN):
                return b""
            raise

    def write(self, data: bytes) -> None:
        """Send to the program; what an unplugged line or a full buffer does not take is lost."""
        with contextlib.suppress(OSError):
            os.write(self._far, data)
