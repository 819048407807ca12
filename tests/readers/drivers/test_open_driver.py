"""A reader's settings choose its driver; each stack is loaded only where it is used; the words are the contract's."""

import subprocess
import sys
from dataclasses import dataclass
from typing import get_args

import pytest

from contract.records import ReaderReported, ReadFailed, TapObserved
from contract.technologies import Technology
from readers.drivers.open import open_driver
from readers.drivers.port import Health, TroubleCause


@dataclass(frozen=True)
class Choice:
    driver: str
    path: str
    id: str = "west"


@pytest.mark.parametrize(
    ("driver", "path"),
    [
        ("nfc", "udp:127.0.0.1:54321"),
        ("nfc", "usb:054c:06c3"),
        ("pcsc", ""),
        ("simulated", "/tmp/x"),
        ("serial", "/x?holds=decimal"),
        ("wedge", "/x?holds=decimal"),
    ],
)
def test_every_driver_opens_without_its_reader(driver: str, path: str) -> None:
    assert callable(open_driver(Choice(driver, path)).run)


def test_an_unknown_driver_is_named_with_what_was_expected() -> None:
    with pytest.raises(ValueError, match="expected nfc, pcsc, osdp, serial, wedge or simulated, not wiegand"):
        open_driver(Choice("wiegand", ""))
    with pytest.raises(ValueError, match="osdp needs an"):
        open_driver(Choice("osdp", "/dev/ttyUSB0?address=1"))


def test_a_simulated_reader_loads_no_card_stack() -> None:
    program = (
        "import sys\n"
        "from types import SimpleNamespace\n"
        "from readers.drivers.open import open_driver\n"
        "open_driver(SimpleNamespace(id='n', driver='simulated', path='/tmp/n'))\n"
        "sys.exit(' '.join({'nfc', 'smartcard', 'usb1', 'osdp_sys', 'serial'} & set(sys.modules)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_ports_words_are_the_contracts() -> None:
    assert get_args(Technology) == get_args(TapObserved.model_fields["technology"].annotation)
    assert get_args(TroubleCause) == get_args(ReadFailed.model_fields["cause"].annotation)
    assert get_args(Health) == get_args(ReaderReported.model_fields["health"].annotation)
