"""Each kind of input against the nearest thing to its hardware: mock pins, a module, a controller, a socket."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
from gpiozero.pins.mock import MockFactory

from emulation.modbus_relay import ModbusRelayModule
from emulation.uhppote_controller import UhppoteController
from readers.drivers.supervise import Pace
from readers.inputs.gpio import GpioSession, Normally, Pull
from readers.inputs.line import InputLine
from readers.inputs.open import open_inputs
from readers.inputs.settings import ModbusInput, SimulatedInput, UhppoteInput
from tests.readers.inputs.lines import running, wait
from tests.servers import free_port

PACE = Pace(back_off_first_seconds=0.01, back_off_max_seconds=0.05)


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    factory = MockFactory()
    yield factory
    factory.reset()


@pytest.mark.parametrize(
    ("normally", "pull", "level", "active"),
    [
        ("open", "up", True, False),
        ("open", "up", False, True),
        ("closed", "up", False, False),
        ("closed", "up", True, True),
        ("open", "down", False, False),
        ("open", "down", True, True),
        ("closed", "down", False, True),
    ],
)
def test_a_pins_level_and_what_it_means(
    pins: MockFactory, normally: Normally, pull: Pull, level: bool, active: bool
) -> None:
    def drive() -> None:
        pin = pins.pin(4)
        pin.drive_high() if level else pin.drive_low()

    def drive_other() -> None:
        pin = pins.pin(4)
        pin.drive_low() if level else pin.drive_high()

    line = InputLine(
        {"main-contact": "contact"},
        lambda: GpioSession("main-contact", 4, normally=normally, pull=pull, pin_factory=pins),
        pace=PACE,
    )
    with running(line) as watched:
        wait(lambda: watched.moves("main-contact") != [])
        drive()
        wait(lambda: watched.moves("main-contact")[-1] is active)
        drive_other()
        wait(lambda: watched.moves("main-contact")[-1] is not active)


def test_a_pin_that_somebody_else_has_is_told_and_taken_when_it_is_free(pins: MockFactory) -> None:
    other = GpioSession("other", 4, normally="open", pull="up", pin_factory=pins)
    line = InputLine(
        {"a": "tamper"}, lambda: GpioSession("a", 4, normally="open", pull="up", pin_factory=pins), pace=PACE
    )
    with running(line) as watched:
        wait(lambda: watched.health("a") == [("failing", "pin_unusable")])
        other.close()
        watched.wait_moves("a", False)


def test_a_modules_inputs_are_one_line_through_a_cut() -> None:
    module = ModbusRelayModule()
    module.set_input(2, on=True)
    common = {"kind": "modbus", "doors": ("main",), "host": module.host, "port": module.port}
    ((name, driver),) = open_inputs(
        [
            ModbusInput.model_validate(
                common | {"id": "contact", "meaning": "contact", "input": 2, "normally": "closed"}
            ),
            ModbusInput.model_validate(
                common | {"id": "exit", "meaning": "request_to_exit", "input": 5, "normally": "open"}
            ),
        ]
    )
    assert name == f"inputs 127.0.0.1:{module.port}/1"
    with running(driver) as watched:
        watched.wait_moves("contact", False)
        watched.wait_moves("exit", False)
        module.set_input(5, on=True)
        watched.wait_moves("exit", False, True)
        module.cut()
        wait(lambda: watched.health("exit")[-1] == ("lost", "unreachable"))
        module.set_input(2, on=False)
        module.plug()
        watched.wait_moves("contact", False, True)
        watched.wait_moves("exit", False, True, True)
        assert watched.health("contact") == [("ready", ""), ("lost", "unreachable"), ("ready", "")]
    module.close()


def uhppote_inputs(controller: UhppoteController, listen: str) -> list[UhppoteInput]:
    common = {"kind": "uhppote", "doors": ("main",), "controller": controller.serial, "address": controller.address}
    return [
        UhppoteInput.model_validate(common | {"id": each, "meaning": each, "listen": listen, "controller_door": 3})
        for each in ("contact", "request_to_exit", "fire")
    ]


def test_a_controllers_events_and_what_it_answers() -> None:
    controller = UhppoteController()
    ((_, driver),) = open_inputs(uhppote_inputs(controller, f"127.0.0.1:{free_port()}"))
    with running(driver) as watched:
        for name in ("contact", "request_to_exit", "fire"):
            watched.wait_moves(name, False)
        began = time.monotonic()
        controller.press_button(3)
        watched.wait_moves("request_to_exit", False, True)
        assert time.monotonic() - began < 0.9  # by the event, not by the next question
        controller.press_button(3, pressed=False)
        controller.press_button(1)
        controller.open_contact(3)
        watched.wait_moves("contact", False, True)
        controller.fire = True  # told in no event: found by asking
        watched.wait_moves("fire", False, True)
        watched.wait_moves("request_to_exit", False, True, False)
    controller.close()


def test_a_silent_controller_is_lost_and_a_strangers_event_is_not_heard() -> None:
    controller = UhppoteController()
    listen = f"127.0.0.1:{free_port()}"
    ((_, driver),) = open_inputs(uhppote_inputs(controller, listen))
    with running(driver) as watched:
        watched.wait_moves("contact", False)
        with UhppoteStranger(controller.serial + 1, listen) as stranger:
            stranger.open_contact(3)
            stranger.send(b"\x17\x20" + bytes(62))
            stranger.send(b"nonsense")
        controller.loses = 1  # one lost answer is no fault
        time.sleep(1.5)
        assert watched.moves("contact") == [False]
        assert watched.health("contact") == [("ready", "")]
        controller.mute = True
        wait(lambda: watched.health("contact")[-1] == ("lost", "unreachable"))
        controller.open_contact(3)
        controller.mute = False
        watched.wait_moves("contact", False, True)
    controller.close()


class UhppoteStranger(UhppoteController):
    """Another controller that tells its events to where nobody asked it to."""

    def __init__(self, serial: int, listen: str) -> None:
        super().__init__(serial)
        host, _, port = listen.rpartition(":")
        self._listener = (host, int(port))
        self._tells_doors = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, packet: bytes) -> None:
        self._socket.sendto(packet, self._listener)


def test_a_socket_is_an_input_and_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "contact"
    wanted = SimulatedInput(id="contact", doors=("main",), meaning="contact", kind="simulated", path=str(path))
    ((_, driver),) = open_inputs([wanted])

    def say(payload: bytes) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(payload, str(path))

    with running(driver) as watched:
        watched.wait_moves("contact", False)
        assert path.stat().st_mode & 0o777 == 0o600
        say(json.dumps({"active": True}).encode())
        watched.wait_moves("contact", False, True)
        for nonsense in (b"", b"\xff", b'{"active": 1}', b'{"active": false, "x": 1}', b'{"active": false' + b" " * 99):
            say(nonsense)
        time.sleep(0.1)
        assert watched.moves("contact") == [False, True]
        path.unlink()
        wait(lambda: ("lost", "unplugged") in watched.health("contact"))
        watched.wait_moves("contact", False, True, False)
    assert not path.exists()


def test_many_lines_stop_at_once(tmp_path: Path) -> None:
    wanted = [
        SimulatedInput(id=f"c{n}", doors=("main",), meaning="contact", kind="simulated", path=str(tmp_path / str(n)))
        for n in range(20)
    ]
    stop = threading.Event()
    threads = [threading.Thread(target=driver.run, args=(lambda _: None, stop)) for _, driver in open_inputs(wanted)]
    for thread in threads:
        thread.start()
    stop.set()
    for thread in threads:
        thread.join(5)
    assert not any(thread.is_alive() for thread in threads)
