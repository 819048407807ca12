"""From the settings to what hangs on the box: what reports (readers, inputs) and what answers (locks, displays).

Each stack is imported only where the box has a part that needs it; nothing is opened before it runs, but for the keys.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contract.technologies import CardName
from domain.ids import AccessPointId, DoorId
from readers.cabinets.open import list_cabinet_inputs, list_cabinet_locks, open_cabinets
from readers.cards.qr import VisitCodeReader
from readers.cards.settings import open_technologies
from readers.drivers.open import DriverParts, open_driver
from readers.drivers.port import Driver
from readers.events import AlarmFound, Event
from readers.inputs.open import open_inputs
from readers.keys.open import check_keys_fit, open_keys
from readers.keys.port import KeyUnavailableError
from readers.outputs.board import OutputBoard
from readers.outputs.locks.open import open_locks
from readers.outputs.locks.port import Lock
from readers.outputs.locks.relay import LockWord
from readers.outputs.port import Display
from readers.outputs.settings import OsdpLock
from readers.settings import EdgeSettings, ReaderSettings, SettingsError

if TYPE_CHECKING:
    from readers.drivers.osdp import OsdpLines
    from readers.drivers.osdp_orders import OrderBox

CALM_WORDS: frozenset[LockWord] = frozenset(("lock_recovered",))
"""Words of a lock that are news in the log and nobody's alarm."""


Report = Callable[[Event], None]
"""Where observations and alarms go; called from any thread, it returns at once."""


@dataclass(frozen=True, slots=True)
class Assembly:
    """The box, put together: drivers by name, each to be run in a thread of its own, and the outputs."""

    drivers: list[tuple[str, Driver]]
    outputs: OutputBoard


def assemble(settings: EdgeSettings, report: Report, lives: Callable[[], bool]) -> Assembly:
    """Put the box together.

    Args:
        settings: the whole file.
        report: told what the drivers see and what goes wrong with a lock.
        lives: whether decisions are still made; while it says no, the keeper locks every door.

    Raises:
        SettingsError: parts do not fit together, or a key file cannot be used; says what to do.
    """
    try:
        lines = _open_lines(settings)
        sensors = list_cabinet_inputs(settings.cabinets, settings.cabinet_wiring)
        drivers = [*_open_readers(settings, lines), *open_inputs((*settings.inputs, *sensors))]
        drivers += open_cabinets(settings.cabinets, settings.cabinet_wiring)
        locks = open_locks(
            {DoorId(door): lock for door, lock in settings.locks.items()}
            | list_cabinet_locks(settings.cabinets, settings.cabinet_wiring),
            lambda door, word: _tell_lock(report, door, word),
            failures={DoorId(door.id): door.failure for door in settings.doors},
            lives=lives,
            open_osdp=None
            if lines is None
            else lambda door, lock: _open_osdp_lock(settings, lines, report, door, lock),
        )
        displays = _open_displays(settings, lines)
        if settings.outputs.kind == "console":
            from readers.outputs.console import Console, ConsoleDisplay, ConsoleLock

            console = Console()
            displays.append(ConsoleDisplay(console))
            unmoved = [DoorId(door.id) for door in settings.doors if door.id not in locks]
            locks |= {door: ConsoleLock(console, door) for door in unmoved}
        return Assembly(drivers, OutputBoard(locks, displays))
    except (ValueError, KeyUnavailableError) as error:
        raise SettingsError(str(error)) from None


def _open_lines(settings: EdgeSettings) -> "OsdpLines | None":
    if not settings.osdp_lines:
        return None
    from readers.drivers.osdp import OsdpLines

    return OsdpLines(settings.osdp_lines)


def _open_readers(settings: EdgeSettings, lines: "OsdpLines | None") -> list[tuple[str, Driver]]:
    keys = open_keys(settings.keys)
    check_keys_fit(settings.keys, {name for reader in settings.readers for name in _cards_of(settings, reader)})
    codes = VisitCodeReader(settings.site, settings.read_centre_key())
    opened: list[tuple[str, Driver]] = []
    for reader in settings.readers:
        names = _cards_of(settings, reader)
        cards = open_technologies(settings.cards, names, keys) if names else None
        parts = DriverParts(cards, settings.pcsc.felica_dialect, lines, codes)
        opened.append((reader.id, open_driver(reader, parts)))
    return opened


def _cards_of(settings: EdgeSettings, reader: ReaderSettings) -> tuple[CardName, ...]:
    """Give the technologies of a reader that reads cards itself; the others are told a number."""
    return (reader.cards or settings.cards.technologies) if reader.driver in {"nfc", "pcsc"} else ()


def _open_osdp_lock(settings: EdgeSettings, lines: "OsdpLines", report: Report, door: DoorId, lock: OsdpLock) -> Lock:
    from readers.outputs.locks.osdp import OsdpLock as LockOnLine

    line, address = lines.find(lock.path)
    failure = next(each.failure for each in settings.doors if each.id == door)
    return LockOnLine(
        line,
        address,
        lock.output,
        frees_by_on=failure == "fail_secure",
        trouble=lambda word: report(AlarmFound(word, door)),
    )


def _open_displays(settings: EdgeSettings, lines: "OsdpLines | None") -> list[Display]:
    displays: list[Display] = []
    if settings.kiosk is not None:
        from readers.outputs.kiosk.display import KioskDisplay

        displays.append(KioskDisplay(settings.kiosk))
    if lines is not None:
        from readers.outputs.osdp_panel import OsdpPanel

        at: dict[AccessPointId, list[OrderBox]] = {}
        for reader in settings.readers:
            if reader.driver == "osdp":
                line, address = lines.find(reader.path)
                at.setdefault(AccessPointId(reader.access_point), []).append(line.orders(address))
        displays.append(OsdpPanel(at))
    return displays


def _tell_lock(report: Report, door: DoorId | None, word: LockWord) -> None:
    if word not in CALM_WORDS:
        report(AlarmFound(word, door or "all doors"))
