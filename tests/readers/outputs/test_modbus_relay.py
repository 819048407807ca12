"""Locks on a Modbus/TCP module against pymodbus's own server: read-back, cuts, slow answers, stuck coils (F21)."""

import time
from collections.abc import Callable, Iterator

import pytest

from domain.ids import DoorId
from emulation.modbus_relay import ModbusRelayModule
from readers.modbus_module import ModbusModule
from readers.outputs.keeping import Move
from readers.outputs.locks.modbus import ModbusRelay
from readers.outputs.locks.relay import LockWord, RelayError
from readers.outputs.locks.relays import Relays
from readers.outputs.mover import Mover

MAIN, WEST = DoorId("main"), DoorId("west")
SOON = 15.0


@pytest.fixture
def module() -> Iterator[ModbusRelayModule]:
    served = ModbusRelayModule()
    yield served
    served.close()


@pytest.fixture
def relay(module: ModbusRelayModule) -> Iterator[ModbusRelay]:
    connection = ModbusModule(module.host, module.port, timeout_seconds=0.3)
    yield ModbusRelay("module", connection, unit=1, coil=3, failure="fail_secure")
    connection.close()


def wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_coil_is_written_and_read_back(module: ModbusRelayModule, relay: ModbusRelay) -> None:
    relay.free(5.0)
    assert module.coil(3)
    assert relay.look() is True
    relay.lock()
    assert not module.coil(3)
    assert relay.look() is False


def test_a_fail_safe_lock_is_energised_to_be_locked(module: ModbusRelayModule) -> None:
    connection = ModbusModule(module.host, module.port)
    relay = ModbusRelay("module", connection, unit=1, coil=3, failure="fail_safe")
    relay.lock()
    assert module.coil(3)
    assert relay.look() is False
    relay.free(None)
    assert not module.coil(3)
    relay.close()


@pytest.mark.parametrize("stuck", [True, False])
def test_a_stuck_coil_is_found_by_the_write_itself(module: ModbusRelayModule, relay: ModbusRelay, stuck: bool) -> None:
    module.stuck[3] = stuck
    with pytest.raises(RelayError, match="lock_stuck"):
        relay.lock() if stuck else relay.free(5.0)


def test_a_refusal_and_an_unknown_coil(module: ModbusRelayModule, relay: ModbusRelay) -> None:
    module.refuses = True
    with pytest.raises(RelayError, match="lock_refused"):
        relay.lock()


def test_a_slow_answer_is_none_and_is_never_taken_for_a_later_one(
    module: ModbusRelayModule, relay: ModbusRelay
) -> None:
    relay.lock()
    module.answer_seconds = 1.0
    with pytest.raises(RelayError, match="lock_unreachable"):
        relay.free(5.0)
    module.answer_seconds = 0.0
    time.sleep(1.0)
    relay.lock()
    assert relay.look() is False


def test_a_cut_is_told_once_and_what_is_wanted_then_is_done(module: ModbusRelayModule) -> None:
    told: list[tuple[str, LockWord]] = []
    relays = Relays()
    plan = {"kind": "modbus", "host": module.host, "port": module.port, "unit": 1, "failure": "fail_secure"}
    doors = {MAIN: relays.make(MAIN, plan | {"coil": 0}), WEST: relays.make(WEST, plan | {"coil": 1})}
    assert doors[MAIN].line == doors[WEST].line
    mover = Mover("module", doors, lambda door, word: told.append((door, word)))
    mover.want(Move(MAIN, free=True))
    mover.want(Move(WEST, free=False))
    wait(lambda: module.coil(0))
    module.cut()
    wait(lambda: ("main", "lock_unreachable") in told and ("west", "lock_unreachable") in told)
    mover.want(Move(MAIN, free=False))
    mover.want(Move(WEST, free=True))
    time.sleep(0.5)
    assert module.coil(0)  # nobody can lock it: that is why it is told
    module.plug()
    wait(lambda: not module.coil(0) and module.coil(1))
    wait(lambda: told.count(("main", "lock_recovered")) == 1)
    assert told.count(("main", "lock_unreachable")) == 1
    mover.end_by(time.monotonic() + 1)
    assert mover.join(SOON)


def test_a_coil_that_somebody_else_moves_is_moved_back(module: ModbusRelayModule) -> None:
    told: list[tuple[str, LockWord]] = []
    plan = {"kind": "modbus", "host": module.host, "port": module.port, "unit": 1, "coil": 0, "failure": "fail_secure"}
    mover = Mover("module", {MAIN: Relays().make(MAIN, plan)}, lambda door, word: told.append((door, word)))
    mover.want(Move(MAIN, free=False))
    time.sleep(0.2)
    module.set_coil(0, on=True)
    wait(lambda: ("main", "lock_strayed") in told)
    wait(lambda: not module.coil(0))
    module.stuck[0] = True
    wait(lambda: ("main", "lock_stuck") in told)
    mover.end_by(time.monotonic() + 1)
    assert mover.join(SOON)
