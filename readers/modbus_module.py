"""One module on Modbus/TCP, its relays, inputs and registers, by pymodbus: a connection that is watched and made again.

Modbus has neither encryption nor a password: whoever reaches the module's port moves its relays. It belongs on a
network of its own, behind the controller.
"""

import logging
import time
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pymodbus.pdu import ModbusPDU

TIMEOUT_SECONDS = 1.0
BACK_OFF_FIRST_SECONDS = 0.25
BACK_OFF_MAX_SECONDS = 5.0


class ModbusError(Exception):
    """The module did not do what it was asked.

    ``unreachable``: no connection, no answer in time, or one that is not to the question; ``refused``: it answered with
    a Modbus exception.
    """

    def __init__(self, kind: Literal["unreachable", "refused"]) -> None:
        super().__init__(kind)
        self.kind = kind


class ModbusModule:
    """A module and its connection. Used by one thread only; each call returns within twice ``timeout_seconds``."""

    def __init__(self, host: str, port: int, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        from pymodbus.client import ModbusTcpClient

        logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # a module that is away is told by us, once
        self._client = ModbusTcpClient(host, port=port, timeout=timeout_seconds, retries=0)
        self._failures = 0
        self._again_mono = 0.0

    def write_coil(self, unit: int, coil: int, *, on: bool) -> None:
        """Set a coil.

        Raises:
            ModbusError: it is not known to be set.
        """
        self._ask("write_coil", coil, on, unit)

    def read_coil(self, unit: int, coil: int) -> bool:
        """Read a coil back.

        Raises:
            ModbusError: it could not be read.
        """
        return bool(self._ask("read_coils", coil, 1, unit).bits[0])

    def read_inputs(self, unit: int, first: int, count: int) -> list[bool]:
        """Read ``count`` discrete inputs from ``first`` on.

        Raises:
            ModbusError: they could not be read.
        """
        return [bool(bit) for bit in self._ask("read_discrete_inputs", first, count, unit).bits[:count]]

    def read_registers(self, unit: int, first: int, count: int) -> list[int]:
        """Read ``count`` holding registers from ``first`` on.

        Raises:
            ModbusError: they could not be read.
        """
        registers = self._ask("read_holding_registers", first, count, unit).registers
        if len(registers) != count:
            raise ModbusError("refused")
        return list(registers)

    def close(self) -> None:
        """Close the connection; the next call opens it again."""
        self._client.close()  # type: ignore[no-untyped-call]

    def _ask(self, question: str, address: int, value: int, unit: int) -> "ModbusPDU":
        from pymodbus.exceptions import ModbusException

        if time.monotonic() < self._again_mono:
            raise ModbusError("unreachable")
        try:
            if question == "write_coil":
                answer = self._client.write_coil(address, bool(value), device_id=unit)
            elif question == "read_coils":
                answer = self._client.read_coils(address, count=value, device_id=unit)
            elif question == "read_holding_registers":
                answer = self._client.read_holding_registers(address, count=value, device_id=unit)
            else:
                answer = self._client.read_discrete_inputs(address, count=value, device_id=unit)
        except (ModbusException, OSError) as error:
            # What answers late must not be taken for the answer to the next question.
            self._client.close()  # type: ignore[no-untyped-call]
            wait = min(BACK_OFF_FIRST_SECONDS * 2.0 ** min(self._failures, 16), BACK_OFF_MAX_SECONDS)
            self._failures += 1
            self._again_mono = time.monotonic() + wait
            raise ModbusError("unreachable") from error
        self._failures = 0
        if answer.isError():
            raise ModbusError("refused")
        return answer
