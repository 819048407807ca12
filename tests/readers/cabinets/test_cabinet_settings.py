"""What edge.toml may say about a cabinet's wiring, and what the box makes of it."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.keys.cabinet import CabinetSpec
from readers.cabinets.open import find_misfits, list_cabinet_inputs, list_cabinet_locks, name_sensors
from readers.cabinets.settings import CabinetSettings, CabinetWiring
from readers.inputs.open import open_inputs
from readers.outputs.settings import GpioLock, ModbusLock, SimulatedLock

KEYS = CabinetSettings(id="keys-1", positions=3)
MODULE: dict[str, Any] = {"kind": "modbus", "host": "192.0.2.7"}
SENSOR: dict[str, Any] = MODULE | {"input": 1, "normally": "closed"}
TAG: dict[str, Any] = MODULE | {"first_register": 0, "tag_bytes": 7}
WIRED: dict[str, Any] = {
    "lock": MODULE | {"coil": 0},
    "contact": MODULE | {"input": 8, "normally": "closed"},
    "hooks": [
        {"position": 1, "sensor": MODULE | {"input": 1, "normally": "closed"}, "lock": MODULE | {"coil": 1}},
        {"position": 2, "sensor": {"kind": "gpio", "pin": 4, "normally": "closed"}, "lock": {"kind": "gpio", "pin": 5}},
    ],
}


def wiring(**changes: Any) -> CabinetWiring:
    return CabinetWiring.model_validate(WIRED | changes)


def test_hooks_are_sensed_and_locked_as_doors_are() -> None:
    wirings = {"keys-1": wiring()}
    inputs = list_cabinet_inputs([KEYS], wirings)
    assert [each.id for each in inputs] == ["keys-1-door", "keys-1-hook-1", "keys-1-hook-2"]
    assert {each.meaning for each in inputs} == {"contact"}
    assert [name for name, _ in open_inputs(inputs)] == ["input keys-1-hook-2", "inputs 192.0.2.7:502/1"]
    locks = list_cabinet_locks([KEYS], wirings)
    assert {name: type(lock) for name, lock in locks.items()} == {
        "keys-1": ModbusLock,
        "keys-1-hook-1": ModbusLock,
        "keys-1-hook-2": GpioLock,
    }
    assert wirings["keys-1"].spec(KEYS) == CabinetSpec("keys-1", 3, has_hook_locks=True, has_contact=True)
    assert name_sensors([KEYS])["keys-1-hook-3"] == ("keys-1", 3)
    assert name_sensors([KEYS])["keys-1-door"] == ("keys-1", None)


def test_a_cabinet_that_nothing_is_wired_to_moves_nothing() -> None:
    assert list_cabinet_locks([KEYS], {}) == {}
    assert list_cabinet_inputs([KEYS], {}) == []
    assert CabinetWiring().spec(KEYS) == CabinetSpec("keys-1", 3)


def test_a_simulated_lock_is_every_hooks() -> None:
    played = CabinetWiring(simulated="/run/keys.sock", lock=SimulatedLock(kind="simulated", path="/run/keys.moves"))
    assert list(played.list_locks(KEYS)) == ["keys-1", *(f"keys-1-hook-{each}" for each in (1, 2, 3))]
    assert played.spec(KEYS).has_contact


def test_what_fits_no_cabinet_is_named() -> None:
    assert find_misfits({"keys-1": 3}, {"keys-1": wiring()}) == []
    assert find_misfits({"keys-1": 1}, {"keys-1": wiring(), "keys-2": wiring()}) == [
        ("cabinet_wiring.keys-2", "expected one of keys-1, not keys-2"),
        ("cabinet_wiring.keys-1.hooks", "position 2: expected 1 to 1"),
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hooks": [{"position": 1}, {"position": 1}]}, "position 1"),
        ({"simulated": "/run/keys.sock"}, "simulated"),
        ({"session_seconds": 61}, "session_seconds"),
        ({"hooks": [{"position": 0}]}, "position"),
        ({"contact": {"kind": "gpio", "pin": 4}}, "normally"),
        ({"lock": {"kind": "osdp", "path": "x"}}, "kind"),
        ({"surplus": 1}, "surplus"),
        ({"hooks": [{"position": 1, "sensor": SENSOR, "tag": TAG}]}, "not together with a sensor"),
        (
            {"hooks": [{"position": 1, "tag": TAG}, {"position": 2, "tag": TAG | {"first_register": 3}}]},
            "shares register 3",
        ),
        ({"hooks": [{"position": 1, "tag": TAG}], "contact": None, "simulated": "/run/keys.sock"}, "simulated"),
        ({"hooks": [{"position": 1, "tag": TAG | {"tag_bytes": 33}}]}, "tag_bytes"),
    ],
)
def test_a_wrong_setting_is_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        wiring(**changes)
