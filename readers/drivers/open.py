"""From a reader's settings to its driver. Each stack is imported only where a reader uses it."""

from typing import Protocol

from readers.drivers.port import Driver


class ReaderChoice(Protocol):
    """What choosing a driver needs of ``readers.settings.ReaderSettings``."""

    @property
    def id(self) -> str:
        """The reader's id."""

    @property
    def driver(self) -> str:
        """``nfc``, ``pcsc`` or ``simulated``."""

    @property
    def path(self) -> str:
        """Where the driver finds the reader; its form is the driver's."""


def open_driver(settings: ReaderChoice) -> Driver:
    """Make the driver that a reader's settings name; nothing is opened until it runs.

    Raises:
        ValueError: the driver is unknown or its path malformed; says what was expected.
    """
    match settings.driver:
        case "nfc":
            from readers.drivers.nfc import nfc_reader

            return nfc_reader(settings.id, settings.path)
        case "pcsc":
            from readers.drivers.pcsc import pcsc_reader

            return pcsc_reader(settings.id, settings.path)
        case "simulated":
            from readers.drivers.simulated import simulated_reader

            return simulated_reader(settings.id, settings.path)
        case _:
            raise ValueError(
                f"driver of reader {settings.id}: nfc・pcsc・simulated のいずれか（{settings.driver} は使えません） "
                f"(expected nfc, pcsc or simulated, not {settings.driver})"
            )
