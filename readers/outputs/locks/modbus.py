"""A lock on a coil of a Modbus/TCP relay module. Each write is read back; what differs is stuck (F21).

A coil knows no time: the keeper ends each pulse. Without a keeper a coil stays as it was written, unless the module has
a communication watchdog of its own; where it has one, set it to 5 s (the keeper reads each coil back twice a second).
"""

from readers.modbus_module import ModbusError, ModbusModule
from readers.outputs.locks.gpio import FailureMode
from readers.outputs.locks.relay import LockWord, RelayError

_WORDS: dict[str, LockWord] = {"unreachable": "lock_unreachable", "refused": "lock_refused"}


class ModbusRelay:
    """One coil that energises one lock."""

    looks = True

    def __init__(self, line: str, module: ModbusModule, *, unit: int, coil: int, failure: FailureMode) -> None:
        """Make a relay on a module that its line shares."""
        self.line = line
        self._module = module
        self._unit = unit
        self._coil = coil
        self._energised_is_free = failure == "fail_secure"

    def free(self, seconds: float | None) -> None:
        """Free the lock; see :class:`~readers.outputs.locks.relay.Relay`."""
        del seconds
        self._write(free=True)

    def lock(self) -> None:
        """Lock; see :class:`~readers.outputs.locks.relay.Relay`."""
        self._write(free=False)

    def look(self) -> bool:
        """Read the coil back."""
        try:
            return self._module.read_coil(self._unit, self._coil) == self._energised_is_free
        except ModbusError as error:
            raise RelayError(_WORDS[error.kind]) from None

    def close(self) -> None:
        """Close the module's connection."""
        self._module.close()

    def _write(self, *, free: bool) -> None:
        try:
            self._module.write_coil(self._unit, self._coil, on=free == self._energised_is_free)
        except ModbusError as error:
            raise RelayError(_WORDS[error.kind]) from None
        if self.look() != free:
            raise RelayError("lock_stuck")
