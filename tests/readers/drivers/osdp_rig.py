"""An OSDP line on a pseudo-terminal with devices on it, and the product's driver watching."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from emulation.osdp_bus import OsdpBus, OsdpDevice
from emulation.osdp_reader import OsdpReader as Peripheral
from emulation.pty_line import PtyLine
from readers.drivers.line_number import bits_identifier
from readers.drivers.osdp import OsdpReader
from readers.drivers.osdp_line import OsdpLine, Place
from readers.drivers.port import CardSeen, ReaderHealth
from readers.drivers.supervise import Pace
from tests.readers.drivers.watching import Watched, watching

KEY = bytes.fromhex("8f14e45fceea167a5a36dedd4bea2543")
OTHER_KEY = bytes.fromhex("c9f0f895fb98ab9159f51fd0297e236d")
PACE = Pace(back_off_first_seconds=0.02, back_off_max_seconds=0.1, stable_seconds=10, stall_seconds=3)
CARD_BITS, CARD_DATA = 26, bytes.fromhex("deadbec0")


def _identifier() -> bytes:
    found = bits_identifier(CARD_BITS, CARD_DATA)
    assert found is not None
    return found


CARD = _identifier()


class Rig:
    """A line, its bus and what each reader's driver reported."""

    def __init__(self, bus: OsdpBus, line: OsdpLine, watched: dict[int, Watched]) -> None:
        self.bus = bus
        self.line = line
        self.watched = watched

    @property
    def seen(self) -> Watched:
        return self.watched[1]

    @property
    def healths(self) -> list[tuple[str, str]]:
        return [(o.health, o.cause) for o in self.seen.observations if isinstance(o, ReaderHealth)]

    @property
    def cards(self) -> list[CardSeen]:
        return [o for o in self.seen.observations if isinstance(o, CardSeen)]


@contextmanager
def rig(tmp_path: Path, *devices: OsdpDevice, places: dict[int, Place] | None = None) -> Iterator[Rig]:
    bus = OsdpBus(PtyLine(tmp_path / "line"), devices)
    places = places or {1: Place(KEY)}
    line = OsdpLine(str(tmp_path / "line"), 115200, places, pace=PACE, jitter=lambda: 0.0)
    try:
        with ExitStack() as stack:
            watched = {
                address: stack.enter_context(watching(OsdpReader(f"reader-{address}", line, line.orders(address))))
                for address in places
            }
            yield Rig(bus, line, watched)
    finally:
        bus.close()


def present(peripheral: Peripheral) -> None:
    peripheral.present_card(CARD_BITS, CARD_DATA)
