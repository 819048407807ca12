"""What edge.toml may say about wired inputs."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from readers.inputs.open import open_inputs
from readers.inputs.settings import InputSettings

INPUT: TypeAdapter[InputSettings] = TypeAdapter(InputSettings)
CONTACT: dict[str, Any] = {"id": "main-contact", "doors": ["main"], "meaning": "contact"}
UHPPOTE: dict[str, Any] = CONTACT | {
    "kind": "uhppote",
    "controller": 405419896,
    "address": "192.0.2.8",
    "listen": "192.0.2.1:60001",
    "controller_door": 1,
}
MODBUS: dict[str, Any] = CONTACT | {"kind": "modbus", "host": "192.0.2.7", "input": 0, "normally": "closed"}


@pytest.mark.parametrize(
    "wanted",
    [
        CONTACT | {"kind": "gpio", "pin": 4, "normally": "closed"},
        MODBUS,
        UHPPOTE,
        CONTACT | {"kind": "osdp"},
        CONTACT | {"kind": "simulated", "path": "/run/sekisho/contact"},
    ],
)
def test_kinds(wanted: dict[str, Any]) -> None:
    settings = INPUT.validate_python(wanted)
    assert settings.kind == wanted["kind"]
    assert len(open_inputs([settings])) == (settings.kind != "osdp")


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (CONTACT | {"kind": "gpio", "pin": 4}, "normally"),
        (CONTACT | {"kind": "gpio", "pin": 28, "normally": "open"}, "pin"),
        (CONTACT | {"kind": "gpio", "pin": 4, "normally": "open", "meaning": "window"}, "meaning"),
        (UHPPOTE | {"meaning": "tamper"}, "tamper"),
        (UHPPOTE | {"listen": "192.0.2.1"}, "listen"),
        (MODBUS | {"input": 65536}, "input"),
        (CONTACT | {"kind": "simulated", "path": "x" * 108}, "path"),
        (CONTACT | {"doors": [], "kind": "simulated", "path": "x"}, "doors"),
        (CONTACT | {"id": "Main Contact", "kind": "simulated", "path": "x"}, "id"),
    ],
)
def test_a_wrong_setting_is_named(wanted: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        INPUT.validate_python(wanted)
    assert field in str(refused.value)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ([UHPPOTE, UHPPOTE | {"id": "b", "controller_door": 2, "listen": "192.0.2.1:60002"}], "inputs.b: "),
        ([UHPPOTE, UHPPOTE | {"id": "b", "controller": 7}], "inputs.b.listen: "),
        ([MODBUS, MODBUS | {"id": "b", "input": 4000}], "within a span of 2000"),
    ],
)
def test_contradictions_are_refused(inputs: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        open_inputs([INPUT.validate_python(each) for each in inputs])
