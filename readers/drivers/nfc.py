"""Readers through nfcpy: Sony RC-S380 on USB, and the software antenna on UDP. How they are found and opened."""

import re
import socket
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

import nfc
import nfc.clf
import nfc.clf.device
import nfc.clf.transport

from readers.cards.felica_idm import FelicaIdm
from readers.cards.felica_systems import FelicaTechnology
from readers.cards.jpki import Jpki
from readers.cards.port import CardTechnology
from readers.cards.type_a_uid import Iso14443Uid
from readers.drivers.faults import ReaderError, fault_of, loaded_kernel_modules
from readers.drivers.nfc_channel import Frontend
from readers.drivers.nfc_session import NfcSession
from readers.drivers.supervise import Pace, SupervisedReader

NUMBERS_ALONE: tuple[CardTechnology, ...] = (FelicaIdm(), Iso14443Uid())
"""What a reader knows that was told nothing: numbers that anybody can read."""

UDP_PATH = re.compile(r"udp:127\.0\.0\.1:([1-9][0-9]{0,4})")
"""Only loopback: whoever can send a datagram to a UDP reader can present a card."""

USB_PATH = re.compile(r"usb(:[0-9a-fA-F]{4}(:[0-9a-fA-F]{4})?|:[0-9]{1,3}(:[0-9]{1,3})?)?")

_PORT_MAX = 65535

TRANSFER_TIMEOUT_MS = 1000
"""For one USB transfer. nfcpy waits for ever by default; its longest sensing command takes 30 ms."""

_PORT400_PRODUCTS = {(0x054C, 0x0DC8), (0x054C, 0x0DC9)}  # RC-S300/S and /P: another protocol, no nfcpy driver


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


def nfc_reader(
    reader: str,
    path: str,
    *,
    cards: Sequence[CardTechnology] = NUMBERS_ALONE,
    usb: UsbBus | None = None,
    pace: Pace | None = None,
) -> SupervisedReader:
    """Make the driver of one nfcpy reader.

    Args:
        reader: the reader's id.
        path: ``udp:127.0.0.1:PORT`` (FeliCa) or ``usb``, ``usb:VVVV:PPPP``, ``usb:BBB:DDD`` (FeliCa and Type A).
        cards: the technologies it knows, strongest first; on UDP those for FeliCa alone, where nfcpy waits a whole
            second for each Type A card that is not there.
        usb: another bus than libusb's, for a software device.
        pace: how patient its supervisor is.

    Raises:
        ValueError: the path is none of these, a technology needs another driver, or none is left to read.
    """
    udp = UDP_PATH.fullmatch(path)
    if not (_is_nameless(int(udp[1])) if udp else USB_PATH.fullmatch(path)):
        raise ValueError(
            f"path of reader {reader}: 「udp:127.0.0.1:ポート」(サービス名のない番号)「usb」"
            "「usb:054c:06c3」「usb:001:002」のいずれか (expected udp:127.0.0.1:PORT, a port without a service's name, "
            "usb, usb:VENDOR:PRODUCT or usb:BUS:DEVICE)"
        )
    if any(isinstance(each, Jpki) for each in cards):
        raise ValueError(
            f'cards of reader {reader}: jpki は driver = "pcsc" の読取機で読みます '
            "(jpki: expected a reader with driver pcsc; this one asks for no Type B cards)"
        )
    technologies = tuple(each for each in cards if not udp or isinstance(each, FelicaTechnology))
    if not technologies:
        raise ValueError(
            f"cards of reader {reader}: この読取機で読めるカードの種類がありません "
            "(expected a technology that this reader can read; on UDP one for FeliCa)"
        )
    return SupervisedReader(reader, lambda: NfcSession(open_nfc_frontend(path, usb), technologies), pace=pace)


def _is_nameless(port: int) -> bool:
    """Tell whether nfcpy can read the port back: it falls over the name of a service, as of 57000, "dircproxy"."""
    return port <= _PORT_MAX and socket.getnameinfo(("127.0.0.1", port), socket.NI_NUMERICHOST)[1].isdecimal()


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
