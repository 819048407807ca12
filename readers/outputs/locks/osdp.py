"""A lock on the relay of an OSDP reader. The reader's own timer ends every release, also when this process is gone.

Use it only where the reader hangs on the safe side of the door, or on a relay board there: a relay in a reader outside
opens for whoever takes it off the wall.
"""

import time
from collections.abc import Callable

from readers.drivers.osdp_line import OsdpLine
from readers.drivers.osdp_orders import LOCKED, Wiring

_HELD = float("inf")


class OsdpLock:
    """A :class:`~readers.outputs.locks.port.Lock`."""

    def __init__(
        self, line: OsdpLine, address: int, output: int, *, frees_by_on: bool, trouble: Callable[[str], None]
    ) -> None:
        """Take charge of an output; the door is locked.

        Args:
            line: the reader's line, which is in use until :meth:`close`.
            address: the reader's address there.
            output: the number of its output, from 0.
            frees_by_on: True where the lock is free while the output is on (fail-secure wiring), False where it is
                free while it is off.
            trouble: hears ``lock_unreachable`` (the reader was not there to be told in time) or ``lock_refused`` (it
                has no such output), from the line's thread; must return at once.

        Raises:
            ValueError: the line has no reader at this address.
        """
        self._orders = line.orders(address)
        self._line = line
        self._output = output
        self._is_open = True
        self._trouble = trouble
        self._orders.wire(output, Wiring(frees_by_on, self._complain))
        line.join()

    def release(self, seconds: float) -> None:
        """Free it for ``seconds``; a reader that is away then and comes back is told what is left, or nothing."""
        self._orders.move(self._output, time.monotonic() + seconds)

    def hold(self) -> None:
        """Free it until :meth:`secure`; the reader is told again three times before its timer of 1.8 s ends."""
        self._orders.move(self._output, _HELD)

    def secure(self) -> None:
        """Lock."""
        self._orders.move(self._output, LOCKED)

    def _complain(self, word: str) -> None:
        if self._is_open:
            self._trouble(word)

    def close(self) -> None:
        """Lock and leave the line; waits for the reader's answer, half a second at most. A second call does nothing."""
        if self._is_open:
            self._is_open = False
            self.secure()
            self._line.leave()
