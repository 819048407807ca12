"""A lock on a pin of the board, by gpiozero; on hardware its back-end is lgpio, the kernel's own character device.

What the pin does follows from what the lock does without power: a fail-secure lock (an electric strike) is energised to
be free, a fail-safe one (a magnet) is energised to be locked. The pin gets its locked level
within microseconds of becoming an output, long before a relay could follow. Reading an output pin back only says what
was written to it, so there is no look.

When the keeper ends, the pin keeps the level it had until the kernel takes the line back; what stays then is the
board's. A fail-safe lock may therefore lose its power, and open, while no keeper runs: that is what fail-safe means.
"""

from typing import TYPE_CHECKING, Literal

from readers.outputs.locks.relay import RelayError

if TYPE_CHECKING:
    from gpiozero import Factory, OutputDevice

FailureMode = Literal["fail_secure", "fail_safe"]
"""What a lock does without power: stays locked, or is free."""


class GpioRelay:
    """One pin (BCM number) that energises one lock."""

    looks = False

    def __init__(
        self, pin: int, *, failure: FailureMode, active_low: bool = False, pin_factory: "Factory | None" = None
    ) -> None:
        """Make a relay; nothing is claimed yet.

        Args:
            pin: BCM number.
            failure: what the lock does without power.
            active_low: the relay board closes its contact at a low level.
            pin_factory: where pins come from; None leaves the choice to gpiozero (lgpio first).
        """
        self.line = f"gpio {pin}"
        self._pin = pin
        self._energised_is_free = failure == "fail_secure"
        self._active_low = active_low
        self._pin_factory = pin_factory
        self._device: OutputDevice | None = None

    def free(self, seconds: float | None) -> None:
        """Free the lock; a pin has no timer of its own."""
        del seconds
        self._write(free=True)

    def lock(self) -> None:
        """Lock."""
        self._write(free=False)

    def look(self) -> bool | None:
        """Tell nothing: a pin read back is what was written."""
        return None

    def close(self) -> None:
        """Keep the pin: giving it back would take a fail-safe lock's power away."""

    def _write(self, *, free: bool) -> None:
        from gpiozero import OutputDevice
        from gpiozero.exc import GPIOZeroError

        try:
            if self._device is None:
                self._device = OutputDevice(
                    self._pin,
                    active_high=not self._active_low,
                    initial_value=not self._energised_is_free,
                    pin_factory=self._pin_factory,
                )
            self._device.value = free == self._energised_is_free
        except (GPIOZeroError, OSError) as error:
            raise RelayError("lock_unreachable") from error
