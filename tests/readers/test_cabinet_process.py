"""A key cabinet as it ships: a real process, hooks and locks on a Modbus module, the keeper between them."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.cabinet_records import CabinetAsked, CabinetClosed, CabinetCounted, KeyRemoved, KeyReturned
from contract.records import Body
from domain.access.policy import PolicySnapshot
from domain.key_boxes import KeyBox, KeyHook, KeyRight
from emulation.modbus_relay import ModbusRelayModule
from tests.readers.box import Box
from tests.readers.cases import name_of, policy_now
from tests.readers.centre import Centre, describe, https_centre, until
from tests.servers import free_port

pytestmark = pytest.mark.real

DOOR, CONTACT = 0, 8
"""The coil of the cabinet's lock, and the input of its door; hook n has coil n and input n."""


@pytest.fixture
def module() -> Iterator[ModbusRelayModule]:
    served = ModbusRelayModule()
    for number in (1, 2, 3, CONTACT):
        served.set_input(number, on=True)  # every key hangs, the door is closed
    yield served
    served.close()


@pytest.fixture
def https_port(box: Box, centre: Centre) -> Iterator[int]:
    with https_centre(centre, ca_file=box.ca_file, certificate_file=box.server_crt, key_file=box.server_key) as port:
        yield port


@pytest.fixture
def wired(box: Box, module: ModbusRelayModule) -> "Wired":
    return Wired(box, module)


class Wired:
    """The box with a cabinet on the module, and its reader in front of it."""

    def __init__(self, box: Box, module: ModbusRelayModule) -> None:
        self.box = box
        self.box.readers["r-keys"] = "keys-1"
        self.module = module

    def write_settings(self, *, https_port: int) -> Path:
        path = self.box.write_settings(https_port=https_port)
        at = f'kind = "modbus"\nhost = "{self.module.host}"\nport = {self.module.port}\n'
        text = path.read_text()
        text += '[[cabinets]]\nid = "keys-1"\npositions = 3\n'
        text += "[cabinet_wiring.keys-1]\nsession_seconds = 20\nrelease_seconds = 20\n"
        text += f"[cabinet_wiring.keys-1.lock]\n{at}coil = {DOOR}\n"
        text += f'[cabinet_wiring.keys-1.contact]\n{at}input = {CONTACT}\nnormally = "closed"\n'
        for hook in (1, 2, 3):
            text += f"[[cabinet_wiring.keys-1.hooks]]\nposition = {hook}\n"
            text += f'[cabinet_wiring.keys-1.hooks.sensor]\n{at}input = {hook}\nnormally = "closed"\n'
            text += f"[cabinet_wiring.keys-1.hooks.lock]\n{at}coil = {hook}\n"
        path.write_text(text)
        return path

    def coils(self) -> list[bool]:
        return [self.module.coil(number) for number in (DOOR, 1, 2, 3)]


def keys_policy() -> PolicySnapshot:
    """The usual policy, and what anna may take out of the cabinet."""
    now = datetime.now(UTC)
    usual, hour = policy_now(), timedelta(hours=1)
    anna = replace(usual.credentials[name_of("anna")], keys=(KeyRight("e-1", "key/k2", now - hour, now + hour),))
    hooks = tuple(KeyHook(each, f"key/k{each}", (f"k{each}-0",)) for each in (1, 2, 3))
    cabinet = KeyBox("keys-1", timedelta(days=1), hooks=hooks)
    return replace(usual, credentials={**usual.credentials, name_of("anna"): anna}, cabinets={"keys-1": cabinet})


def found(centre: Centre, kind: type[Body]) -> list[Body]:
    return [body for body in centre.bodies if isinstance(body, kind)]


def test_a_key_goes_out_and_comes_back_over_a_modbus_module(wired: Wired, centre: Centre, https_port: int) -> None:
    centre.publish(keys_policy())
    wired.write_settings(https_port=https_port)
    with wired.box.running():
        until(lambda: found(centre, CabinetCounted), 40)
        counted = found(centre, CabinetCounted)[-1]
        assert isinstance(counted, CabinetCounted)
        assert [hung.copies for hung in counted.hanging] == [("k1-0",), ("k2-0",), ("k3-0",)]
        wired.box.tap("stranger", "r-keys")
        until(lambda: found(centre, CabinetAsked))
        assert wired.coils() == [False] * 4
        wired.box.tap("anna", "r-keys")
        until(lambda: wired.coils() == [True, False, True, False])
        wired.module.set_input(CONTACT, on=False)
        wired.module.set_input(2, on=False)
        until(lambda: found(centre, KeyRemoved))
        taken = found(centre, KeyRemoved)[-1]
        assert isinstance(taken, KeyRemoved)
        assert (taken.position, taken.copies, taken.entitlement, taken.tag) == (2, ("k2-0",), "e-1", None)
        wired.module.set_input(2, on=True)
        until(lambda: found(centre, KeyReturned))
        wired.module.set_input(CONTACT, on=True)
        until(lambda: found(centre, CabinetClosed))
        until(lambda: wired.coils() == [False] * 4)
    assert [body.reason for body in found(centre, CabinetAsked)] == [  # type: ignore[union-attr]
        "unknown_credential",
        "granted",
    ], describe(centre)


def test_an_agent_that_is_killed_leaves_no_lock_free_and_no_key_unwritten(
    wired: Wired, centre: Centre, https_port: int
) -> None:
    centre.publish(keys_policy())
    wired.write_settings(https_port=https_port)
    with wired.box.running():
        until(lambda: found(centre, CabinetCounted), 40)
    wired.write_settings(https_port=free_port())  # from here on the centre is away
    with wired.box.running() as process:
        _tap_until(wired, [True, False, True, False])
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        until(lambda: wired.coils() == [False] * 4)
        wired.module.set_input(2, on=False)  # nobody sees this one go
    asked = len(found(centre, CabinetAsked))
    wired.write_settings(https_port=https_port)
    with wired.box.running():
        until(lambda: len(found(centre, CabinetAsked)) > asked, 40)
        until(lambda: found(centre, CabinetCounted)[-1].empty == (2,), 40)  # type: ignore[union-attr]
    last = found(centre, CabinetAsked)[-1]
    assert isinstance(last, CabinetAsked)
    assert (last.granted, last.entitlements) == (True, ("e-1",))
    assert not found(centre, KeyRemoved)


def _tap_until(wired: Wired, coils: list[bool]) -> None:
    """Tap until it is answered: the hooks speak a moment after the reader."""
    begun = time.monotonic()
    while wired.coils() != coils:
        wired.box.tap("anna", "r-keys")
        with_patience = time.monotonic() + 2
        while wired.coils() != coils and time.monotonic() < with_patience:
            time.sleep(0.02)
        assert time.monotonic() - begun < 40
