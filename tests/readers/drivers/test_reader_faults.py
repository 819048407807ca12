"""A health event names who holds the reader."""

import errno
from pathlib import Path

import pytest

from readers.drivers.faults import fault_of, loaded_kernel_modules


@pytest.mark.parametrize(
    ("number", "modules", "health", "cause"),
    [
        (errno.EBUSY, ["port100", "nfc"], "busy", "kernel_module_port100"),
        (errno.EBUSY, ["pn533", "pn533_usb"], "busy", "kernel_module_pn533_usb"),
        (errno.EBUSY, ["usbcore"], "busy", "other_process"),
        (errno.EACCES, ["port100"], "failing", "permission_denied"),
        (errno.ENODEV, [], "lost", "unplugged"),
        (errno.ETIMEDOUT, [], "failing", "not_answering"),
    ],
)
def test_an_error_is_named_after_what_to_do_about_it(number: int, modules: list[str], health: str, cause: str) -> None:
    fault = fault_of(OSError(number, ""), modules)
    assert (fault.health, fault.cause) == (health, cause)


def test_the_kernels_modules_are_read_and_missing_ones_are_none(tmp_path: Path) -> None:
    listing = tmp_path / "modules"
    listing.write_text("port100 24576 0 - Live 0x0\nnfc 131072 1 port100, Live 0x0\n")
    assert loaded_kernel_modules(listing) == {"port100", "nfc"}
    assert loaded_kernel_modules(tmp_path / "absent") == frozenset()
