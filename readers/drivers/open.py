"""From a reader's settings to its driver. Each stack is imported only where a reader uses it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from readers.drivers.port import Driver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from readers.cards.felica_over_pcsc import FelicaDialect
    from readers.cards.port import CardTechnology
    from readers.cards.qr import VisitCodeReader
    from readers.drivers.osdp import OsdpLines


class ReaderChoice(Protocol):
    """What choosing a driver needs of ``readers.settings.ReaderSettings``."""

    @property
    def id(self) -> str:
        """The reader's id."""

    @property
    def driver(self) -> str:
        """``nfc``, ``pcsc``, ``osdp``, ``serial``, ``wedge`` or ``simulated``."""

    @property
    def path(self) -> str:
        """Where the driver finds the reader; its form is the driver's."""


@dataclass(frozen=True, slots=True)
class DriverParts:
    """What a driver is made with besides its settings.

    ``cards`` are the technologies of a reader that reads cards itself, None for their numbers alone; ``felica_dialect``
    how a PC/SC reader passes FeliCa frames on. A box's readers share its OSDP lines and who reads visitors' codes.
    """

    cards: "Sequence[CardTechnology] | None" = None
    felica_dialect: "FelicaDialect" = "none"
    osdp_lines: "OsdpLines | None" = None
    visit_codes: "VisitCodeReader | None" = None


NO_PARTS = DriverParts()


def open_driver(settings: ReaderChoice, parts: DriverParts = NO_PARTS) -> Driver:
    """Make the driver that a reader's settings name; nothing is opened until it runs.

    Raises:
        ValueError: the driver is unknown or its path malformed; says what was expected.
    """
    match settings.driver:
        case "nfc":
            from readers.drivers.nfc import NUMBERS_ALONE, nfc_reader

            return nfc_reader(settings.id, settings.path, cards=parts.cards or NUMBERS_ALONE)
        case "pcsc":
            from readers.drivers.pcsc import NUMBERS_ALONE, pcsc_reader

            cards = parts.cards or NUMBERS_ALONE
            return pcsc_reader(settings.id, settings.path, cards=cards, felica_dialect=parts.felica_dialect)
        case "osdp" if parts.osdp_lines is not None:
            return parts.osdp_lines.reader(settings.id, settings.path)
        case "osdp":
            raise ValueError(
                f"driver of reader {settings.id}: osdp には [[osdp_lines]] が必要です / osdp needs an [[osdp_lines]]"
            )
        case "serial":
            from readers.drivers.serial_ascii import serial_reader

            return serial_reader(settings.id, settings.path, parts.visit_codes)
        case "wedge":
            from readers.drivers.wedge import wedge_reader

            return wedge_reader(settings.id, settings.path, parts.visit_codes)
        case "simulated":
            from readers.drivers.simulated import simulated_reader

            return simulated_reader(settings.id, settings.path, parts.visit_codes)
        case _:
            raise ValueError(
                f"driver of reader {settings.id}: nfc・pcsc・osdp・serial・wedge・simulated のいずれか"
                f"（{settings.driver} は使えません） "
                f"(expected nfc, pcsc, osdp, serial, wedge or simulated, not {settings.driver})"
            )
