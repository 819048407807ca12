"""An nfcpy reader looked at step by step: the real session and the real watch, without thread and clock."""

from emulation.card import Card
from emulation.port100 import Port100, UsbBus
from readers.cards.port import CardTechnology
from readers.drivers.field_watch import FieldWatch
from readers.drivers.nfc import open_nfc_frontend
from readers.drivers.nfc_session import NfcSession
from readers.drivers.port import CardSeen, Observation
from readers.drivers.presentation import MISSES_TO_LIFT

LOOKS = MISSES_TO_LIFT + 1
"""Until a card that is gone has been lifted."""


class Reader:
    """A session on a software device, looked at step by step, and what a reader would report of it."""

    def __init__(self, *cards: CardTechnology) -> None:
        self.device = Port100(instant=True)
        self.session = NfcSession(open_nfc_frontend("usb", UsbBus(self.device)), cards)
        self.reported: list[Observation] = []
        self._watch = FieldWatch("west")

    def look(self, times: int = 1) -> list[Observation]:
        """Look so often, and give what was new."""
        mark = len(self.reported)
        for _ in range(times):
            self.reported += self._watch.look(self.session.look())  # type: ignore[arg-type]
        return self.reported[mark:]

    def present(self, card: Card, looks: int = 2) -> list[Observation]:
        """Lay a card down, lift it, and give what was new."""
        self.device.put(card)
        seen = self.look(looks)
        self.device.remove(card)
        return seen + self.look(LOOKS)

    def seen(self, card: Card) -> CardSeen:
        """The same, for a card that is read and nothing else."""
        (seen,) = self.present(card)
        assert isinstance(seen, CardSeen)
        return seen
