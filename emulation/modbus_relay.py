"""A relay module on Modbus/TCP for tests and demonstrations: pymodbus's own server on loopback, in a thread.

It can be cut from the network, made slow, and a coil of it can be made to stick.
"""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

COILS = 16
INPUTS = 16
REGISTERS = 64
_READ_COILS, _READ_INPUTS, _READ_REGISTERS, _WRITE_COIL = 1, 2, 3, 5
_START_SECONDS = 10.0
T = TypeVar("T")


class ModbusRelayModule:
    """A module with ``COILS`` relays, ``INPUTS`` inputs and ``REGISTERS`` holding registers, unit 1; all from 0."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        """Start serving on a free port."""
        self.port = 0
        self.answer_seconds = 0.0
        """How long each answer is withheld."""
        self.stuck: dict[int, bool] = {}
        """Coils that stay as they are, whatever is written."""
        self.refuses = False
        """Whether every question is answered with an exception."""
        self._coils = [False] * COILS
        self._inputs = [False] * INPUTS
        self._registers = [0] * REGISTERS
        self._loop = asyncio.new_event_loop()
        self._server: ModbusTcpServer | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="modbus module", daemon=True)
        self._thread.start()
        self.plug()

    def coil(self, number: int) -> bool:
        """Tell whether a relay is energised."""
        return self.stuck.get(number, self._coils[number])

    def set_coil(self, number: int, *, on: bool) -> None:
        """Move a relay as somebody else on its network might."""
        self._coils[number] = on

    def set_input(self, number: int, *, on: bool) -> None:
        """Close or open the circuit of a discrete input."""
        self._inputs[number] = on

    def set_registers(self, first: int, content: bytes) -> None:
        """Let holding registers from ``first`` on say these bytes, the high one of each first."""
        words = [int.from_bytes(content[each : each + 2].ljust(2, b"\0")) for each in range(0, len(content), 2)]
        self._registers[first : first + len(words)] = words

    def plug(self) -> None:
        """Connect it to the network, at the port it had."""
        self._do(self._plug())

    def cut(self) -> None:
        """Cut it from the network: connections end, new ones are refused; the relays stay as they are."""
        self._do(self._cut())

    def close(self) -> None:
        """Stop serving."""
        self.cut()
        self._do(self._drain())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _plug(self) -> None:
        blocks = ([_bits(COILS)], [_bits(INPUTS)], [_registers()], [SimData(0, values=0)])
        device = SimDevice(1, simdata=blocks, action=self._access)
        self._server = ModbusTcpServer(device, address=(self.host, self.port))
        await self._server.serve_forever(background=True)
        listening: Any = self._server.transport
        self.port = listening.sockets[0].getsockname()[1]

    async def _cut(self) -> None:
        if self._server is not None:
            await self._server.shutdown()  # type: ignore[no-untyped-call]
            self._server = None
            await asyncio.sleep(0)  # the transports close in the loop's next turn

    async def _drain(self) -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _access(
        self,
        function: int,
        _start: int,
        address: int,
        count: int,
        registers: list[int],
        values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        """Serve from our own lists: the server's registers are made to say what they say."""
        if self.answer_seconds:
            await asyncio.sleep(self.answer_seconds)
        if self.refuses:
            return ExcCodes.DEVICE_FAILURE
        if function == _READ_REGISTERS:
            registers[:] = self._registers
            return None if address + count <= REGISTERS else ExcCodes.ILLEGAL_ADDRESS
        if function == _WRITE_COIL and values is not None:
            self._coils[address] = bool(values[0])
        bits = self._inputs if function == _READ_INPUTS else [self.coil(number) for number in range(COILS)]
        registers[0] = sum(1 << number for number, bit in enumerate(bits) if bit)
        if values is not None:
            values[:] = [bits[address]]
        return None if address + count <= len(bits) else ExcCodes.ILLEGAL_ADDRESS

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_START_SECONDS)


def _bits(count: int) -> SimData:
    return SimData(0, values=[False] * count, datatype=DataType.BITS)


def _registers() -> SimData:
    return SimData(0, values=[0] * REGISTERS, datatype=DataType.REGISTERS)
