"""Readers through nfcpy: Sony RC-S380 on USB, and the software antenna on UDP.

``sense()`` and never ``connect()``: connect hides I/O errors (and then spins), adds half a second, and lets the parsing
of torn tags escape as IndexError. A look senses each technology once; FeliCa by polling *one* system, always the same.
"""

import re
import time
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Protocol

import nfc
import nfc.clf
import nfc.clf.device
import nfc.clf.transport

from readers.drivers.faults import ReaderError, fault_of, loaded_kernel_modules
from readers.drivers.presentation import Reading, Sight
from readers.drivers.supervise import Look, Pace, SupervisedReader

POLLED_SYSTEM = 0xFE00
"""The common area, where the FCF format of staff and student cards lives. Polling the wildcard instead would let each
make of card pick another system, and with it another IDm."""

UDP_PATH = re.compile(r"udp:127\.0\.0\.1:([1-9][0-9]{0,4})")
"""Only loopback: whoever can send a datagram to a UDP reader can present a card."""

USB_PATH = re.compile(r"usb(:[0-9a-fA-F]{4}(:[0-9a-fA-F]{4})?|:[0-9]{1,3}(:[0-9]{1,3})?)?")

PAUSE_SECONDS = 0.02
"""Between looks: the field rests, the processor too."""

_PORT_MAX = 65535

TRANSFER_TIMEOUT_MS = 1000
"""For one USB transfer. nfcpy waits for ever by default; its longest sensing command takes 30 ms."""

BROKEN_LOOKS_MAX = 5
"""Looks in a row that fail inside the stack until the reader itself is taken for broken."""

_PORT400_PRODUCTS = {(0x054C, 0x0DC8), (0x054C, 0x0DC9)}  # RC-S300/S and /P: another protocol, no nfcpy driver


class Frontend(Protocol):
    """The two methods of ``nfc.ContactlessFrontend`` that are used."""

    def sense(self, *targets: Any, **options: Any) -> Any:
        """Sense the targets once and give the one that answered, or None."""

    def close(self) -> None:
        """Give the device back."""


class Transport(Protocol):
    """Frames to and from a USB device: ``nfc.clf.transport.USB``, or a software device."""

    TYPE: str
    manufacturer_name: str | None
    product_name: str | None

    def read(self, timeout: int = 0) -> bytearray:
        """Give the next frame; ``timeout`` in ms, 0 is for ever. Raises OSError."""

    def write(self, frame: bytes, timeout: int = 0) -> None:
        """Send a frame. Raises OSError."""

    def close(self) -> None:
        """Give the device back."""


class UsbBus(Protocol):
    """How devices are found and opened: the class ``nfc.clf.transport.USB``, or a software bus."""

    def find(self, path: str) -> Sequence[tuple[int, int, int, int]] | None:
        """Give (vendor, product, bus, address) of each device on the path. FileNotFoundError: libusb is missing."""

    def __call__(self, bus: int, address: int) -> Transport:
        """Open a device. Raises OSError, its errno saying why not."""


def nfc_reader(reader: str, path: str, *, usb: UsbBus | None = None, pace: Pace | None = None) -> SupervisedReader:
    """Make the driver of one nfcpy reader.

    Args:
        reader: the reader's id.
        path: ``udp:127.0.0.1:PORT`` (FeliCa) or ``usb``, ``usb:VVVV:PPPP``, ``usb:BBB:DDD`` (FeliCa and Type A).
        usb: another bus than libusb's, for a software device.
        pace: how patient its supervisor is.

    Raises:
        ValueError: the path is none of these.
    """
    udp = UDP_PATH.fullmatch(path)
    if not (int(udp[1]) <= _PORT_MAX if udp else USB_PATH.fullmatch(path)):
        raise ValueError(
            f"path of reader {reader}: 「udp:127.0.0.1:ポート」「usb」「usb:054c:06c3」「usb:001:002」のいずれか "
            "(expected udp:127.0.0.1:PORT, usb, usb:VENDOR:PRODUCT or usb:BUS:DEVICE)"
        )
    technologies = ("212F",) if udp else ("212F", "106A")
    return SupervisedReader(reader, lambda: NfcSession(open_nfc_frontend(path, usb), technologies), pace=pace)


def open_nfc_frontend(path: str, usb: UsbBus | None = None) -> Frontend:
    """Open a path of :func:`nfc_reader`: the first device on it that nfcpy knows and that can be opened.

    Devices are opened one by one, for nfcpy's own search swallows why it could not open one.

    Raises:
        ReaderError: no such device, held by a kernel module or another process, no permission, or an RC-S300.
    """
    if path.startswith("udp"):
        return nfc.ContactlessFrontend(path)  # type: ignore[no-any-return]
    bus = usb or nfc.clf.transport.USB
    try:
        found = bus.find(path)
    except FileNotFoundError as error:
        raise ReaderError("failing", "libusb_missing") from error
    fault = ReaderError("lost", "unplugged")
    for vendor, product, number, address in found or ():
        driver = nfc.clf.device.usb_device_map.get((vendor, product))
        if (vendor, product) in _PORT400_PRODUCTS:
            fault = ReaderError("failing", "rc_s300_needs_pcsc")
        if driver is None:
            continue
        try:
            return frontend_over(bus(number, address), driver)
        except OSError as error:
            fault = fault_of(error, loaded_kernel_modules())
    raise fault


def frontend_over(transport: Transport, driver: str = "rcs380") -> Frontend:
    """Run one of nfcpy's USB drivers, unmodified, on a transport whose reads end in time.

    Raises:
        OSError: the device does not answer, or is gone.
        ReaderError: its answers are garbage.
    """
    frontend = nfc.ContactlessFrontend()
    try:
        frontend.device = import_module(f"nfc.clf.{driver}").init(_BoundedTransport(transport))
    except OSError:
        transport.close()
        raise
    except Exception as error:
        transport.close()
        raise ReaderError("failing", "garbled") from error
    frontend.device._path = "usb"  # noqa: SLF001 (nfcpy's own connect() sets it so; its __str__ needs it)
    return frontend  # type: ignore[no-any-return]


class NfcSession:
    """One open frontend, looked at once each :meth:`look`."""

    def __init__(self, frontend: Frontend, technologies: Sequence[str]) -> None:
        self._frontend = frontend
        self._technologies = technologies
        self._broken_looks = 0

    def look(self) -> Look:
        """Sense each technology once; see :class:`~readers.drivers.supervise.Session`."""
        time.sleep(PAUSE_SECONDS)
        try:
            seen = [sight for technology in self._technologies if (sight := self._sense(technology)) is not None]
        except (OSError, ReaderError):
            raise
        except Exception as error:  # noqa: BLE001 (nfcpy answers garbage with IndexError, TypeError, struct.error …)
            return self._broken(error)
        is_torn = self._broken_looks == 1 and not seen
        self._broken_looks = 0
        return ("torn",) if is_torn else seen

    def close(self) -> None:
        """Close the frontend, which takes a device that is already gone without a word."""
        self._frontend.close()

    def _sense(self, technology: str) -> Sight | None:
        found = self._frontend.sense(_target(technology), iterations=1)
        if found is None:
            return None
        if technology.endswith("F"):
            return Reading("felica_idm", bytes(found.sensf_res[1:9]))
        return Reading("iso14443_uid", bytes(found.sdd_res)) if found.sdd_res else "unsupported"

    def _broken(self, error: Exception) -> Sequence[Sight]:
        """Sort a failure inside the stack: once may be a card that left, again is garbage, still more is the device."""
        self._broken_looks += 1
        if self._broken_looks >= BROKEN_LOOKS_MAX:
            raise ReaderError("failing", "garbled") from error
        return ("garbled",) if self._broken_looks > 1 else ()


class _BoundedTransport:
    """A transport whose reads end in time whatever the driver asks."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.TYPE = transport.TYPE
        self.manufacturer_name = transport.manufacturer_name
        self.product_name = transport.product_name

    def read(self, timeout: int = 0) -> bytearray:
        return self._transport.read(timeout or TRANSFER_TIMEOUT_MS)

    def write(self, frame: bytes, timeout: int = 0) -> None:
        self._transport.write(frame, timeout or TRANSFER_TIMEOUT_MS)

    def close(self) -> None:
        self._transport.close()


def _target(technology: str) -> Any:
    if technology.endswith("F"):
        polling = bytearray((0x00, POLLED_SYSTEM >> 8, POLLED_SYSTEM & 0xFF, 0x01, 0x00))
        return nfc.clf.RemoteTarget(technology, sensf_req=polling)
    return nfc.clf.RemoteTarget(technology)
