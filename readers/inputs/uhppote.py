"""What a uhppote controller senses: its doors' contacts and buttons, its fire input; one line a controller.

The controller tells each move as it happens, in one UDP packet that may be lost, and is asked for everything once a
second: so a move is known within milliseconds as a rule and within a second at the worst.
"""

import contextlib
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from readers.drivers.faults import ReaderError
from readers.inputs.port import Meaning, Sample
from readers.uhppote_controller import Sensed, UhppoteController, UhppoteError, event_of

ASK_SECONDS = 1.0
ASK_AGAIN = 3
"""Unanswered questions in a row after which the controller counts as lost: UDP may lose one."""

PACKET_BYTES_MAX = 1024


@dataclass(frozen=True, slots=True)
class UhppoteInput:
    """A door (1–4) of the controller and what of it is meant: ``contact``, ``request_to_exit`` or ``fire``."""

    door: int
    meaning: Meaning


class UhppoteSession:
    """A controller that tells this box its events."""

    def __init__(self, serial: int, address: str, listen: tuple[str, int], inputs: Mapping[str, UhppoteInput]) -> None:
        """Listen, and let the controller know where.

        Args:
            serial: the number on its board.
            address: where it is; see :class:`~readers.uhppote_controller.UhppoteController`.
            listen: this box's address as the controller reaches it, and a port that no other line has.
            inputs: what is wanted of it.

        Raises:
            ReaderError: it does not answer, or refuses.
            OSError: the address is not this box's, or the port is taken.
        """
        self._controller = UhppoteController(serial, address)
        self._inputs = inputs
        self._ask_mono = 0.0
        self._unanswered = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind(listen)
            self._controller.send_events_to(*self._socket.getsockname())
        except UhppoteError as error:
            self._socket.close()
            raise _fault(error) from None
        except OSError:
            self._socket.close()
            raise

    def sample(self, within_seconds: float) -> Sequence[Sample]:
        """Give what the controller tells or answers; see :class:`~readers.inputs.port.InputSession`."""
        now = time.monotonic()
        if now >= self._ask_mono:
            self._ask_mono = now + ASK_SECONDS
            return self._ask()
        self._socket.settimeout(max(0.001, min(within_seconds, self._ask_mono - now)))
        with contextlib.suppress(TimeoutError):
            packet = self._socket.recv(PACKET_BYTES_MAX)
            if (sensed := event_of(packet, self._controller.serial)) is not None:
                return self._samples(sensed)
        return ()

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()

    def _ask(self) -> Sequence[Sample]:
        try:
            sensed = self._controller.sense()
        except UhppoteError as error:
            self._unanswered += 1
            if self._unanswered >= ASK_AGAIN:
                raise _fault(error) from None
            return ()
        self._unanswered = 0
        return self._samples(sensed)

    def _samples(self, sensed: Sensed) -> Sequence[Sample]:
        now = time.monotonic()
        return [Sample(name, _is_active(sensed, each), now) for name, each in self._inputs.items()]


def _is_active(sensed: Sensed, wanted: UhppoteInput) -> bool:
    match wanted.meaning:
        case "contact":
            return sensed.opened[wanted.door - 1]
        case "request_to_exit":
            return sensed.pressed[wanted.door - 1]
        case _:
            return sensed.fire


def _fault(error: UhppoteError) -> ReaderError:
    return ReaderError("lost" if error.kind == "unreachable" else "failing", error.kind)
