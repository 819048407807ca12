"""A Sony RC-S380 (Port-100) in software: nfcpy's unmodified rcs380 driver runs on it as on the USB transport.

It models the framing, the RF field with its time-outs, FeliCa and Type A cards and their collisions, and what breaks:
unplugging, garbled frames, a device that stops answering. A radio command of no card takes its whole RF time-out, as
on the device; ``rf_delay_seconds`` is the time a card takes to answer, ``usb_delay_seconds`` what each command to the
device costs besides; an ``instant`` device waits for nothing. Timing is a model, not a measurement.
"""

import errno
import os
import struct
import threading
import time

from emulation.card import Card, take_power

RC_S380 = (0x054C, 0x06C3)
RC_S300 = (0x054C, 0x0DC8)
ACK = bytes.fromhex("0000ff00ff00")
ERROR_FRAME = bytes.fromhex("0000ffffff")
_HOST, _DEVICE = 0xD6, 0xD7
_IN_SET_RF, _IN_COMM_RF, _SWITCH_RF, _GET_FIRMWARE, _GET_DATA_FORMAT = 0x00, 0x04, 0x06, 0x20, 0x22
_MODULATIONS = {(1, 1): "212F", (1, 2): "424F", (2, 3): "106A", (3, 7): "106B"}
_RECEIVE_TIMEOUT, _COLLISION = b"\x80\x00\x00\x00", b"\x08\x00\x00\x00"
_TICKS_PER_SECOND = 10_000


class Port100:
    """The device and its transport in one (``read``, ``write``, ``close`` as nfcpy's USB transport has them)."""

    TYPE = "USB"
    manufacturer_name = "SONY"
    product_name = "RC-S380/P"

    def __init__(
        self,
        *,
        rf_delay_seconds: float = 0.003,
        usb_delay_seconds: float = 0,
        instant: bool = False,
        usb_id: tuple[int, int] = RC_S380,
    ) -> None:
        self.usb_id = usb_id
        self._instant = instant
        self._rf_delay_seconds = rf_delay_seconds
        self._usb_delay_seconds = usb_delay_seconds
        self._cards: list[Card] = []
        self._frames: list[bytes] = []
        self._modulation = ""
        self._unplug_errno = 0
        self._refusal_errno = 0
        self._garbled_left = 0
        self._garbage = ERROR_FRAME
        self._hanging = threading.Event()
        self.opened_count = 0

    @property
    def is_plugged(self) -> bool:
        """Tell whether the device is on its bus."""
        return not self._unplug_errno

    def open(self) -> "Port100":
        """Claim the device as a program would; gives the device itself.

        Raises:
            OSError: it is unplugged (ENODEV), or refused as :meth:`refuse` says.
        """
        error = errno.ENODEV if self._unplug_errno else self._refusal_errno
        if error:
            raise OSError(error, os.strerror(error))
        self._frames.clear()
        self.opened_count += 1
        return self

    def refuse(self, error: int) -> None:
        """Refuse to be opened: EBUSY while something else holds it, EACCES without permission, 0 no more."""
        self._refusal_errno = error

    def put(self, card: Card) -> None:
        """Lay a card on the reader."""
        self._cards.append(card)

    def remove(self, card: Card | None = None) -> None:
        """Take a card off, or all of them."""
        taken = [present for present in self._cards if card is None or present is card]
        self._cards = [present for present in self._cards if present not in taken]
        for each in taken:
            take_power(each)

    def unplug(self, error: int = errno.ENODEV) -> None:
        """Pull the cable: transfers fail with ``error`` (ENODEV; on some controllers EIO), opening with ENODEV."""
        self._unplug_errno = error

    def plug(self) -> None:
        """Plug it in again."""
        self._unplug_errno = 0

    def garble(self, frames: int, garbage: bytes = ERROR_FRAME) -> None:
        """Let the next so many answers be ``garbage`` instead."""
        self._garbled_left = frames
        self._garbage = garbage

    def hang(self) -> None:
        """Answer nothing any more, until :meth:`recover`."""
        self._hanging.set()

    def recover(self) -> None:
        """Answer again."""
        self._hanging.clear()

    def write(self, frame: bytes, timeout: int = 0) -> None:  # noqa: ARG002 (the signature is the transport's)
        """Take a frame from the driver: an ACK, which aborts, or a command."""
        self._fail_if_unplugged()
        if frame == ACK:
            self._frames.clear()
            return
        (length,) = struct.unpack("<H", frame[5:7])
        host, command, *data = frame[8 : 8 + length]
        if host != _HOST:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        answer = _frame(bytes((_DEVICE, command + 1)) + self._execute(command, bytes(data)))
        if self._garbled_left:
            self._garbled_left -= 1
            answer = self._garbage
        self._frames += [ACK, answer]

    def read(self, timeout: int = 0) -> bytearray:
        """Give the next frame; waits ``timeout`` ms (0: for ever) when the device hangs.

        Raises:
            OSError: ETIMEDOUT, or the device is unplugged.
        """
        until = time.monotonic() + timeout / 1000 if timeout else None
        while self._hanging.is_set() and (until is None or time.monotonic() < until):
            time.sleep(0.005)
        self._fail_if_unplugged()
        if self._hanging.is_set() or not self._frames:
            raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        return bytearray(self._frames.pop(0))

    def close(self) -> None:
        """Let go of the device."""
        self._frames.clear()

    def _fail_if_unplugged(self) -> None:
        if self._unplug_errno:
            raise OSError(self._unplug_errno, os.strerror(self._unplug_errno))

    def _execute(self, command: int, data: bytes) -> bytes:
        self._wait(self._usb_delay_seconds)
        if command == _SWITCH_RF and data == b"\x00":
            for card in self._cards:
                take_power(card)
        if command == _IN_COMM_RF:
            return self._communicate(struct.unpack("<H", data[:2])[0] / _TICKS_PER_SECOND, data[2:])
        if command == _IN_SET_RF:
            self._modulation = _MODULATIONS.get((data[0], data[1]), "")
        return {_GET_FIRMWARE: b"\x11\x01", _GET_DATA_FORMAT: b"\x00\x01"}.get(command, b"\x00")

    def _wait(self, seconds: float) -> None:
        if not self._instant:
            time.sleep(seconds)

    def _communicate(self, timeout_seconds: float, frame: bytes) -> bytes:
        answers = [answer for card in self._cards if (answer := card.answer(self._modulation, frame)) is not None]
        self._wait(self._rf_delay_seconds if answers else timeout_seconds)
        if not answers:
            return _RECEIVE_TIMEOUT
        return _COLLISION if len(answers) > 1 else b"\x00\x00\x00\x00\x08" + answers[0]


class UsbBus:
    """A USB bus with software devices, in the shape of nfcpy's class ``nfc.clf.transport.USB``."""

    def __init__(self, *devices: Port100) -> None:
        self._devices = devices

    def find(self, path: str) -> list[tuple[int, int, int, int]]:  # noqa: ARG002 (every path finds every device)
        """Give (vendor, product, bus, address) of what is plugged in."""
        return [(*each.usb_id, 1, address) for address, each in enumerate(self._devices) if each.is_plugged]

    def __call__(self, bus: int, address: int) -> Port100:  # noqa: ARG002 (there is one bus)
        """Open the device at an address. Raises OSError as :meth:`Port100.open` does."""
        return self._devices[address].open()


def _frame(data: bytes) -> bytes:
    """Frame data as the device does: preamble, length and its checksum, data and its checksum."""
    length = struct.pack("<H", len(data))
    return b"\x00\x00\xff\xff\xff" + length + bytes((-sum(length) & 0xFF,)) + data + bytes((-sum(data) & 0xFF, 0))
