"""What a pin does for each kind of lock, on gpiozero's own mock pins."""

from collections.abc import Iterator

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from readers.outputs.locks.gpio import FailureMode, GpioRelay
from readers.outputs.locks.relay import RelayError


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    factory = MockFactory()
    yield factory
    factory.reset()
    Device.pin_factory = None


def levels(pins: MockFactory, pin: int) -> list[bool]:
    """The level each time it was driven."""
    return [state.state for state in pins.pin(pin).states]


@pytest.mark.parametrize(
    ("failure", "active_low", "locked"),
    [
        ("fail_secure", False, False),
        ("fail_secure", True, True),
        ("fail_safe", False, True),
        ("fail_safe", True, False),
    ],
)
def test_levels(pins: MockFactory, failure: FailureMode, active_low: bool, locked: bool) -> None:
    relay = GpioRelay(17, failure=failure, active_low=active_low, pin_factory=pins)
    relay.lock()
    pin = pins.pin(17)
    assert pin.function == "output"
    assert pin.state is locked
    relay.free(None)
    assert pin.state is not locked
    relay.free(3.0)
    assert pin.state is not locked
    relay.lock()
    assert pin.state is locked


@pytest.mark.parametrize("failure", ["fail_secure", "fail_safe"])
def test_claiming_the_pin_never_frees_the_lock(pins: MockFactory, failure: FailureMode) -> None:
    """From the moment the pin is an output it has the locked level: no blip that frees a magnet."""
    pins.pin(17)
    GpioRelay(17, failure=failure, pin_factory=pins).lock()
    driven = levels(pins, 17)[1:]  # the first is the level as an input
    assert set(driven) <= {failure == "fail_safe"}


def test_closing_keeps_the_level(pins: MockFactory) -> None:
    relay = GpioRelay(17, failure="fail_safe", pin_factory=pins)
    relay.lock()
    relay.close()
    assert pins.pin(17).function == "output"
    assert pins.pin(17).state is True


def test_a_pin_that_somebody_else_has_is_a_trouble(pins: MockFactory) -> None:
    first = GpioRelay(17, failure="fail_secure", pin_factory=pins)
    first.lock()
    with pytest.raises(RelayError, match="lock_unreachable"):
        GpioRelay(17, failure="fail_secure", pin_factory=pins).lock()
    first.free(None)
    assert pins.pin(17).state is True
