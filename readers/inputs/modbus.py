"""Discrete inputs of a Modbus/TCP module, asked all at once every 50 ms; one line a module."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from readers.drivers.faults import ReaderError
from readers.inputs.gpio import Normally
from readers.inputs.port import Sample
from readers.modbus_module import ModbusError, ModbusModule

POLL_SECONDS = 0.05
SPAN_MAX = 2000
"""How many inputs one question may span (Modbus Application Protocol 1.1b3, 6.2)."""


@dataclass(frozen=True, slots=True)
class ModbusInput:
    """Where an input is, counted from 0 as on the wire, and what its circuit is at rest."""

    number: int
    normally: Normally


class ModbusSession:
    """A connection to one module."""

    def __init__(self, host: str, port: int, unit: int, inputs: Mapping[str, ModbusInput]) -> None:
        self._module = ModbusModule(host, port)
        self._unit = unit
        self._inputs = inputs
        self._first = min(each.number for each in inputs.values())
        self._count = max(each.number for each in inputs.values()) - self._first + 1
        self._next_mono = 0.0

    def sample(self, within_seconds: float) -> Sequence[Sample]:
        """Give every input's state, when it is time to ask again; see :class:`~readers.inputs.port.InputSession`."""
        wait = self._next_mono - time.monotonic()
        if wait > within_seconds:
            time.sleep(within_seconds)
            return ()
        time.sleep(max(0.0, wait))
        asked_mono = time.monotonic()
        self._next_mono = asked_mono + POLL_SECONDS
        try:
            closed = self._module.read_inputs(self._unit, self._first, self._count)
        except ModbusError as error:
            raise ReaderError("lost" if error.kind == "unreachable" else "failing", error.kind) from None
        now = time.monotonic()
        return [
            Sample(name, closed[each.number - self._first] == (each.normally == "open"), now)
            for name, each in self._inputs.items()
        ]

    def close(self) -> None:
        """Close the connection."""
        self._module.close()
