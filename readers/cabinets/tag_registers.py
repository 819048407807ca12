"""Tag readers at hooks whose module tells in holding registers (Modbus/TCP) which tag hangs at each.

A number counts once it was read twice in a row: a tag that swings past its reader, and registers that are written while
they are read, are nobody's removal.
"""

import time
from collections.abc import Mapping

from readers.cabinets.settings import TagSensor
from readers.drivers.faults import ReaderError
from readers.drivers.port import HookSeen
from readers.drivers.supervise import Look, Pace, SupervisedReader
from readers.modbus_module import ModbusError, ModbusModule

POLL_SECONDS = 0.2


def tag_reader(cabinet: str, tags: Mapping[int, TagSensor], *, pace: Pace | None = None) -> SupervisedReader:
    """Make the driver of a cabinet's hooks at one module; ``tags`` by position, all of one host, port and unit."""
    return SupervisedReader(cabinet, lambda: TagSession(cabinet, tags), pace=pace)


class TagSession:
    """A connection to one module; its first looks tell every hook, later ones what changed."""

    def __init__(self, cabinet: str, tags: Mapping[int, TagSensor]) -> None:
        first = next(iter(tags.values()))
        self._cabinet = cabinet
        self._tags = tags
        self._module = ModbusModule(first.host, first.port)
        self._read: dict[int, bytes] = {}
        self._told: dict[int, bytes] = {}
        self._next_mono = 0.0

    def look(self) -> Look:
        """Ask all hooks; see :class:`~readers.drivers.supervise.Session`."""
        time.sleep(max(0.0, self._next_mono - time.monotonic()))
        self._next_mono = time.monotonic() + POLL_SECONDS
        before, self._read = self._read, {position: self._ask(tag) for position, tag in self._tags.items()}
        news = {
            position: number
            for position, number in self._read.items()
            if before.get(position) == number != self._told.get(position)
        }
        self._told |= news
        return tuple(self._see(position, number) for position, number in news.items())

    def close(self) -> None:
        """Close the connection."""
        self._module.close()

    def _ask(self, tag: TagSensor) -> bytes:
        try:
            words = self._module.read_registers(tag.unit, tag.first_register, len(tag.registers))
        except ModbusError as error:
            raise ReaderError("lost" if error.kind == "unreachable" else "failing", error.kind) from None
        return b"".join(word.to_bytes(2) for word in words)[: tag.tag_bytes]

    def _see(self, position: int, number: bytes) -> HookSeen:
        if not any(number):
            return HookSeen(self._cabinet, position, occupied=False)
        technology = self._tags[position].technology
        return HookSeen(self._cabinet, position, occupied=True, technology=technology, tag=number)
