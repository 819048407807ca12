"""What can be wrong with a reader, in words that name what to do about it."""

import errno
from collections.abc import Iterable
from pathlib import Path

from readers.drivers.port import Health

CLAIMING_MODULES = ("port100", "pn533_usb", "pn533")
"""Kernel modules that take a USB reader before we can; the installer blacklists them."""

ALARMING_CAUSES = frozenset(
    ("default_key", "reader_key_mismatch", "insecure_line", "line_tampered", "line_flooded", "flooded", "tampered")
)
"""Causes behind which a person may stand: a reader that cannot be trusted, a housing opened, a line that is flooded."""

_CAUSES: dict[int, tuple[Health, str]] = {
    errno.EBUSY: ("busy", "other_process"),
    errno.EADDRINUSE: ("busy", "other_process"),
    errno.EACCES: ("failing", "permission_denied"),
    errno.EPERM: ("failing", "permission_denied"),
    errno.ENODEV: ("lost", "unplugged"),
    errno.EIO: ("lost", "io_error"),
    errno.ETIMEDOUT: ("failing", "not_answering"),
}


class ReaderError(Exception):
    """The reader cannot be used for now; ``health`` and ``cause`` are what the health event will say."""

    def __init__(self, health: Health, cause: str) -> None:
        super().__init__(f"{health}: {cause}")
        self.health: Health = health
        self.cause = cause


def fault_of(error: OSError, loaded_modules: Iterable[str] = ()) -> ReaderError:
    """Name what an I/O error means for the reader.

    Args:
        error: what opening or sensing raised.
        loaded_modules: the kernel's modules; a busy USB reader whose module is among them is held by the kernel.
    """
    health, cause = _CAUSES.get(error.errno or 0, ("failing", "io_error"))
    if health == "busy":
        loaded = set(loaded_modules)
        cause = next((f"kernel_module_{name}" for name in CLAIMING_MODULES if name in loaded), cause)
    return ReaderError(health, cause)


def loaded_kernel_modules(listing: Path = Path("/proc/modules")) -> frozenset[str]:
    """Give the names of the kernel's loaded modules; empty where the listing cannot be read."""
    try:
        return frozenset(line.split(" ", 1)[0] for line in listing.read_text().splitlines())
    except OSError:
        return frozenset()
