"""Tag readers at hooks, told by a module's registers over TCP: which key hangs where, also when two are swapped."""

import threading
from collections.abc import Iterator

import pytest

from emulation.modbus_relay import ModbusRelayModule
from readers.cabinets.open import open_cabinets
from readers.cabinets.settings import CabinetSettings, CabinetWiring
from readers.drivers.port import HookSeen, Observation, ReaderHealth
from tests.readers.inputs.lines import wait

ONE, OTHER = bytes.fromhex("04112233445566"), bytes.fromhex("04aabbccddeeff")
KEYS = CabinetSettings(id="keys-1", positions=2)


@pytest.fixture
def module() -> Iterator[ModbusRelayModule]:
    made = ModbusRelayModule()
    made.set_registers(0, ONE)
    yield made
    made.close()


class Running:
    """The driver that a cabinet's wiring gives, in a thread, and what it reported."""

    def __init__(self, module: ModbusRelayModule) -> None:
        self.seen: list[Observation] = []
        self._stop = threading.Event()
        tag = {"kind": "modbus", "host": module.host, "port": module.port, "tag_bytes": 7}
        hooks = [{"position": each, "tag": tag | {"first_register": 8 * (each - 1)}} for each in (1, 2)]
        wiring = CabinetWiring.model_validate({"hooks": hooks})
        [(self.name, driver)] = open_cabinets([KEYS], {"keys-1": wiring})
        self._thread = threading.Thread(target=driver.run, args=(self.seen.append, self._stop), daemon=True)
        self._thread.start()

    def hooks(self) -> list[HookSeen]:
        return [each for each in self.seen if isinstance(each, HookSeen)]

    def wait_for(self, count: int) -> list[HookSeen]:
        wait(lambda: len(self.hooks()) >= count, lambda: self.seen)
        return self.hooks()

    def health(self) -> list[tuple[str, str]]:
        return [(each.health, each.cause) for each in self.seen if isinstance(each, ReaderHealth)]

    def close(self) -> None:
        self._stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture
def running(module: ModbusRelayModule) -> Iterator[Running]:
    made = Running(module)
    made.wait_for(2)
    yield made
    made.close()


def hanging(position: int, tag: bytes) -> HookSeen:
    return HookSeen("keys-1", position, occupied=True, technology="iso14443_uid", tag=tag)


def test_each_hook_says_which_tag_hangs_there_and_then_what_changed(
    running: Running, module: ModbusRelayModule
) -> None:
    assert running.hooks() == [hanging(1, ONE), HookSeen("keys-1", 2, occupied=False)]
    module.set_registers(8, OTHER)
    assert running.wait_for(3)[2:] == [hanging(2, OTHER)]
    module.set_registers(0, bytes(8))
    assert running.wait_for(4)[3:] == [HookSeen("keys-1", 1, occupied=False)]


def test_two_keys_that_are_swapped_are_seen(running: Running, module: ModbusRelayModule) -> None:
    module.set_registers(8, OTHER)
    running.wait_for(3)
    module.set_registers(0, OTHER)
    module.set_registers(8, ONE)
    assert set(running.wait_for(5)[3:]) == {hanging(1, OTHER), hanging(2, ONE)}


def test_a_module_that_is_away_is_told_and_every_hook_speaks_again_after(
    running: Running, module: ModbusRelayModule
) -> None:
    module.cut()
    wait(lambda: ("lost", "unreachable") in running.health(), lambda: running.seen)
    module.set_registers(0, bytes(8))
    module.plug()
    assert running.wait_for(4)[2:] == [HookSeen("keys-1", each, occupied=False) for each in (1, 2)]
    assert running.health()[-1] == ("ready", "")


def test_registers_that_the_module_has_not_are_told(module: ModbusRelayModule) -> None:
    module.refuses = True
    refused = Running(module)
    wait(lambda: ("failing", "refused") in refused.health(), lambda: refused.seen)
    assert refused.hooks() == []
    refused.close()
