"""An honest OSDP reader: libosdp's own peripheral, fed by a bus. What it was told is kept in order."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import osdp_sys
from osdp import Capability, CardFormat, Command, Event, LibFlag, LogLevel, PDCapabilities, PDInfo, StatusReportType

Told = dict[str, Any]


class OsdpReader:
    """A reader with lamp, tone, display, keypad, two relays and two inputs."""

    def __init__(self, address: int, key: bytes | None) -> None:
        """Make it; without a key it is as it left the factory (install mode)."""
        self.address = address
        self.told: list[Told] = []
        self._news = threading.Condition()
        self._lock = threading.Lock()
        self._channel = _Channel()
        flags = [LibFlag.EnforceSecure] if key else []
        osdp_sys.set_loglevel(LogLevel.Emergency)
        capabilities = PDCapabilities(
            [
                (Capability.LEDControl, 1, 1),
                (Capability.AudibleControl, 1, 1),
                (Capability.TextOutput, 1, 1),
                (Capability.OutputControl, 1, 2),
                (Capability.ContactStatusMonitoring, 1, 2),
            ]
        )
        info = PDInfo(address, self._channel, scbk=key, flags=flags).get()
        self._device = osdp_sys.PeripheralDevice(info, capabilities=capabilities.get())
        self._device.set_command_callback(self._take)

    def answer(self, frame: bytes) -> Iterable[bytes]:
        """Hear a command; see :class:`~emulation.osdp_bus.OsdpDevice`."""
        with self._lock:
            self._channel.heard = frame
            self._device.refresh()
            said, self._channel.said = self._channel.said, b""
        return [said.lstrip(b"\xff")] if said else []

    def present_card(self, bits: int, data: bytes) -> None:
        """Present a card of so many bits, from the left of ``data``."""
        self._tell(
            {"event": Event.CardRead, "format": CardFormat.Wiegand, "direction": 0, "length": bits, "data": data}
        )

    def press(self, keys: bytes) -> None:
        """Press keys, by the reader's codes."""
        self._tell({"event": Event.KeyPress, "data": keys})

    def report_self(self, *, tampered: bool, powerless: bool = False) -> None:
        """Tell that the case is open, or the power low."""
        self._tell({"event": Event.Status, "type": StatusReportType.Local, "report": bytes((tampered, powerless))})

    def report_inputs(self, states: bytes) -> None:
        """Tell the state of both inputs, a byte each."""
        self._tell({"event": Event.Status, "type": StatusReportType.Input, "report": states})

    def wait_for(self, matches: Callable[[Told], bool], *, after: int = 0, seconds: float = 10) -> Told:
        """Give the first command from index ``after`` on that matches.

        Raises:
            AssertionError: none came.
        """
        until = time.monotonic() + seconds
        with self._news:
            while True:
                for told in self.told[after:]:
                    if matches(told):
                        return told
                left = until - time.monotonic()
                if left <= 0 or not self._news.wait(left):
                    raise AssertionError(f"nothing of that kind within {seconds} s among {self.told[after:]}")

    def wait_for_relay(self, control_code: int, *, after: int = 0) -> Told:
        """Give the first output command with this control code."""
        return self.wait_for(
            lambda told: told["command"] == Command.Output and told["control_code"] == control_code, after=after
        )

    def _tell(self, event: Told) -> None:
        with self._lock:
            self._device.submit_event({"reader_no": 0, **event})

    def _take(self, command: Told) -> tuple[int, None]:
        with self._news:
            self.told.append({**command, "mono": time.monotonic()})
            self._news.notify_all()
        return 0, None


class _Channel:
    """Holds one command whole, for the library loses what arrives in pieces."""

    id = 1

    def __init__(self) -> None:
        self.heard = self.said = b""

    def read(self, most: int) -> bytes:
        given, self.heard = self.heard[:most], self.heard[most:]
        return given

    def write(self, data: bytes) -> int:
        self.said += data
        return len(data)

    def flush(self) -> None:
        """Keep the command: the library flushes before it answers."""
