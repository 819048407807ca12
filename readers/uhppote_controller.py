"""A uhppote controller (UT0311-L0x) by the package ``uhppoted``: its doors, what it senses, where it tells events.

The protocol has neither encryption nor a password, and each answer is one UDP packet that may be lost: the controller
belongs on a network of its own, behind ours, and every request here is safe to repeat.
"""

import ipaddress
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

TIMEOUT_SECONDS = 1.0
DOORS = 4
RELEASE_SECONDS_MAX = 255

_MODES = {"normally_open": 1, "controlled": 3}
_FIRE = 0x01

_log = logging.getLogger(__name__)


class UhppoteError(Exception):
    """The controller did not do what it was asked: ``unreachable`` (no answer, or no right one) or ``refused``."""

    def __init__(self, kind: Literal["unreachable", "refused"]) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Sensed:
    """What a controller senses: by door from 0, contact open, button pressed, relay free; and the fire input."""

    opened: tuple[bool, ...]
    pressed: tuple[bool, ...]
    freed: tuple[bool, ...]
    fire: bool


class UhppoteController:
    """One controller. Calls may come from any thread and return within ``timeout_seconds``."""

    def __init__(self, serial: int, address: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        """Make a controller.

        Args:
            serial: the number on its board.
            address: IPv4 address, with ``:port`` if that is not 60000.
            timeout_seconds: how long an answer is waited for, 0.05 to 30.
        """
        from uhppoted import uhppote

        self.serial = serial
        self._at = (serial, address, "udp")
        self._api = uhppote.Uhppote()
        self._timeout_seconds = timeout_seconds

    def set_door(self, door: int, mode: Literal["normally_open", "controlled"], release_seconds: int) -> None:
        """Set a door's mode, and for how long :meth:`open_door` frees it.

        Raises:
            UhppoteError: it is not known to be set.
        """
        answer = self._ask(self._api.set_door_control, door, _MODES[mode], release_seconds)
        if (answer.door, answer.mode, answer.delay) != (door, _MODES[mode], release_seconds):
            raise UhppoteError("refused")

    def open_door(self, door: int) -> None:
        """Free a door for its release time, which the controller itself ends.

        Raises:
            UhppoteError: it is not known to be free.
        """
        if not self._ask(self._api.open_door, door).opened:
            raise UhppoteError("refused")

    def sense(self) -> Sensed:
        """Ask what it senses.

        Raises:
            UhppoteError: it gave no answer.
        """
        return sensed_of(self._ask(self._api.get_status))

    def send_events_to(self, host: str, port: int) -> None:
        """Let it tell doors and buttons, too, to this address, as they move.

        Raises:
            UhppoteError: it is not known to have understood.
        """
        told = self._ask(self._api.set_listener, ipaddress.IPv4Address(host), port, 0)
        if not (told.ok and self._ask(self._api.record_special_events, True).updated):  # noqa: FBT003 (their signature)
            raise UhppoteError("refused")

    def _ask(self, question: Callable[..., Any], *arguments: object) -> Any:
        try:
            answer = question(self._at, *arguments, timeout=self._timeout_seconds)
        except (OSError, ValueError) as error:
            _log.debug("controller %s: %s", self.serial, error)
            raise UhppoteError("unreachable") from error
        if answer is None or answer.controller != self.serial:
            raise UhppoteError("unreachable")
        return answer


def event_of(packet: bytes, serial: int) -> Sensed | None:
    """Give what a controller's event packet senses; None for a packet of another controller, or none at all."""
    from uhppoted import decode

    try:
        event = decode.event(packet)
    except ValueError:
        return None
    return sensed_of(event) if event.controller == serial else None


def sensed_of(told: Any) -> Sensed:
    """Give what a status answer or an event senses; the two name their fields alike."""
    doors = range(1, DOORS + 1)
    return Sensed(
        opened=tuple(bool(getattr(told, f"door_{door}_open")) for door in doors),
        pressed=tuple(bool(getattr(told, f"door_{door}_button")) for door in doors),
        freed=tuple(bool(told.relays >> (door - 1) & 1) for door in doors),
        fire=bool(told.inputs & _FIRE),
    )
