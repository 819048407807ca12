"""What edge.toml may say about a lock, and which lock comes of it."""

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.access.door import FailureMode
from domain.ids import DoorId
from emulation.modbus_relay import ModbusRelayModule
from emulation.uhppote_controller import UhppoteController
from readers.outputs.locks.open import open_locks
from readers.outputs.locks.port import Lock
from readers.outputs.settings import KioskSettings, LockSettings, NoLock, OsdpLock, SimulatedLock

LOCK: TypeAdapter[LockSettings] = TypeAdapter(LockSettings)
MAIN = DoorId("main")
SOON = 15.0


def lock_of(text: str) -> LockSettings:
    return LOCK.validate_python(tomllib.loads(f"lock = {text}")["lock"])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{ kind = "gpio", pin = 17 }', "gpio"),
        ('{ kind = "gpio", pin = 17, active_low = true }', "gpio"),
        ('{ kind = "modbus", host = "192.0.2.7", coil = 0 }', "modbus"),
        ('{ kind = "uhppote", controller = 405419896, address = "192.0.2.8", door = 1 }', "uhppote"),
        ('{ kind = "uhppote", controller = 405419896, address = "192.0.2.8:60000", door = 4 }', "uhppote"),
        ('{ kind = "osdp", path = "/dev/ttyUSB0?address=1" }', "osdp"),
        ('{ kind = "simulated", path = "locks.jsonl" }', "simulated"),
        ('{ kind = "none" }', "none"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert lock_of(text).kind == kind


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('{ kind = "magic" }', "kind"),
        ('{ kind = "gpio", pin = 40 }', "pin"),
        ('{ kind = "gpio", pin = 17, coil = 1 }', "coil"),
        ('{ kind = "modbus", host = "", coil = 0 }', "host"),
        ('{ kind = "modbus", host = "h", coil = -1 }', "coil"),
        ('{ kind = "uhppote", controller = 0, address = "192.0.2.8", door = 1 }', "controller"),
        ('{ kind = "uhppote", controller = 7, address = "example", door = 1 }', "address"),
        ('{ kind = "uhppote", controller = 7, address = "192.0.2.8", door = 5 }', "door"),
        ('{ kind = "simulated", path = "" }', "path"),
    ],
)
def test_a_wrong_setting_is_named(text: str, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        lock_of(text)
    assert field in str(refused.value)


def test_the_kiosk_stays_on_loopback() -> None:
    points = {"main_in": {"name": "正面玄関・入", "name_en": "Main entrance, in"}}
    assert KioskSettings.model_validate({"port": 8090, "points": points}).address == "127.0.0.1"
    for wrong in ({"port": 8090, "points": points, "address": "0.0.0.0"}, {"port": 8090, "points": {}}):
        with pytest.raises(ValidationError):
            KioskSettings.model_validate(wrong)


class Osdp:
    """Stands for a lock that a reader line's driver makes."""

    def release(self, seconds: float) -> None: ...
    def hold(self) -> None: ...
    def secure(self) -> None: ...
    def close(self) -> None: ...


def test_an_osdp_lock_is_the_lines_own() -> None:
    settings = OsdpLock(kind="osdp", path="/dev/ttyUSB0?address=1")
    lock = Osdp()
    made: list[tuple[str, OsdpLock]] = []

    def open_osdp(door: DoorId, told: OsdpLock) -> Lock:
        made.append((door, told))
        return lock

    assert open_locks({MAIN: settings, DoorId("west"): NoLock()}, lambda *_: None, open_osdp=open_osdp) == {MAIN: lock}
    assert made == [(MAIN, settings)]
    with pytest.raises(ValueError, match="ttyUSB0"):
        open_locks({MAIN: settings}, lambda *_: None)


@pytest.mark.real
def test_locks_of_every_kept_kind_move_through_one_keeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")  # the keeper's pins; that they move is seen by no trouble told
    module, controller = ModbusRelayModule(), UhppoteController()
    told: list[tuple[Any, str]] = []
    locks = open_locks(
        {
            MAIN: SimulatedLock(kind="simulated", path=str(tmp_path / "book")),
            DoorId("west"): lock_of(f'{{ kind = "modbus", host = "{module.host}", port = {module.port}, coil = 2 }}'),
            DoorId("north"): lock_of(f'{{ kind = "modbus", host = "{module.host}", port = {module.port}, coil = 3 }}'),
            DoorId("pin"): lock_of('{ kind = "gpio", pin = 17 }'),
            DoorId("staff"): lock_of(
                f'{{ kind = "uhppote", controller = {controller.serial}, address = "{controller.address}", door = 3 }}'
            ),
        },
        lambda door, word: told.append((door, word)),
        failures={DoorId("north"): FailureMode.fail_safe},
    )

    def free() -> list[bool]:
        path = tmp_path / "book"
        book = path.read_text().splitlines() if path.exists() else []
        return ["freed" in "".join(book[-1:]), module.coil(2), not module.coil(3), controller.is_free(3)]

    def wait(wanted: list[bool]) -> None:
        until = time.monotonic() + SOON
        while free() != wanted:
            assert time.monotonic() < until, (free(), told)
            time.sleep(0.01)

    for lock in locks.values():
        lock.hold()
    wait([True] * 4)
    for lock in locks.values():
        lock.secure()
    wait([False] * 4)
    for lock in locks.values():
        lock.release(0.9)
    wait([True] * 4)
    wait([False] * 4)
    for lock in locks.values():
        lock.close()
    assert told == []
    module.close()
    controller.close()
