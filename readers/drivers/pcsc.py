"""Readers through PC/SC: CCID readers such as RC-S300, ACR1252 and OMNIKEY.

Our own loop over the low-level calls: pyscard's monitor threads die with the service and see nothing afterwards. Each
reader has a context of its own; the pseudo reader wakes it when readers come and go; the first status call starts from
UNAWARE, so a card that already lies there is seen.

A card is read once a presentation, inside a transaction, so that no other program comes between. While it lies there
each look only asks the reader for its number: some readers notice a swap late. A torn read is repeated, so it mends.
"""

from collections.abc import Sequence

from smartcard import scard

from readers.cards.felica_fcf import FelicaFcf
from readers.cards.felica_idm import FelicaIdm
from readers.cards.felica_lite_s import FelicaLiteS
from readers.cards.felica_over_pcsc import FelicaDialect
from readers.cards.port import CardLeftError, CardTechnology, GarbledAnswerError, RefusedCardError
from readers.cards.reading import read_card
from readers.cards.type_a_uid import Iso14443Uid
from readers.drivers.faults import ReaderError
from readers.drivers.pcsc_card import ConnectedCard, HeldElsewhereError, PcscChannel, check_service
from readers.drivers.port import ReaderHealth
from readers.drivers.presentation import BROKEN, MISSES_TO_LIFT, Reading, Sight
from readers.drivers.supervise import Look, Pace, SupervisedReader

NUMBERS_ALONE: tuple[CardTechnology, ...] = (FelicaIdm(), Iso14443Uid())
"""What a reader knows that was told nothing: numbers that anybody can read."""

PLUG_AND_PLAY = "\\\\?PnP?\\Notification"
WAIT_MS = 500
"""The longest status call: a stop is noticed within it."""

SETTLE_MS = 100
"""The same while a lifted card is still debounced, or a card waits for another program to let go of it."""


def pcsc_reader(
    reader: str,
    path: str,
    *,
    cards: Sequence[CardTechnology] = NUMBERS_ALONE,
    felica_dialect: FelicaDialect = "none",
    pace: Pace | None = None,
) -> SupervisedReader:
    """Make the driver of one PC/SC reader.

    Args:
        reader: the reader's id.
        path: how the reader's PC/SC name begins ("" is the first one); the service adds numbers to the maker's name.
        cards: the technologies it knows, strongest first.
        felica_dialect: how the reader passes FeliCa frames on.
        pace: how patient its supervisor is.

    Raises:
        ValueError: a technology needs FeliCa frames, and the dialect passes none on.
    """
    if felica_dialect == "none" and any(isinstance(each, FelicaFcf | FelicaLiteS) for each in cards):
        raise ValueError(
            f"felica_dialect of reader {reader}: felica_lite_s・felica_fcf には acs に対応した読取機が必要です "
            "(expected acs: felica_lite_s and felica_fcf need a reader that passes frames on)"
        )
    return SupervisedReader(reader, lambda: PcscSession(reader, path, cards, felica_dialect), pace=pace)


class PcscSession:
    """One context and one reader of it."""

    def __init__(
        self,
        reader: str,
        name_prefix: str,
        cards: Sequence[CardTechnology] = NUMBERS_ALONE,
        felica_dialect: FelicaDialect = "none",
    ) -> None:
        self._reader = reader
        self._cards = cards
        self._dialect: FelicaDialect = felica_dialect
        result, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        check_service(result)
        try:
            self._name, self._readers_count = self._find(name_prefix)
        except ReaderError:
            self.close()
            raise
        self._state = scard.SCARD_STATE_UNAWARE
        self._sight: Sight | None = None  # of the card that lies there, once it could be read
        self._card_read = (b"", b"")  # that card's ATR and number
        self._short_looks_due = 0

    def look(self) -> Look:
        """Wait for a change, or for as long as a look may take; see :class:`~readers.drivers.supervise.Session`."""
        atr = self._wait()
        if not self._is_present:
            self._short_looks_due = MISSES_TO_LIFT if self._sight else max(self._short_looks_due - 1, 0)
            self._sight = None
            return ()
        sight = self._read(atr)
        self._short_looks_due = 1 if sight is None or sight in BROKEN else 0
        if sight is None and self._sight is None:
            return (ReaderHealth(self._reader, "busy", "exclusive_use"),)
        if sight in BROKEN and isinstance(self._sight, Reading):
            return ()  # it is leaving, or another has come, and the service has not noticed yet
        self._sight = sight or self._sight
        return (self._sight,) if self._sight else ()

    def close(self) -> None:
        """Release the context; a service that is gone has released it already."""
        scard.SCardReleaseContext(self._context)

    @property
    def _is_present(self) -> bool:
        return bool(self._state & scard.SCARD_STATE_PRESENT)

    def _find(self, name_prefix: str) -> tuple[str, int]:
        result, names = scard.SCardListReaders(self._context, [])
        check_service(result)
        name = next((name for name in names if name.startswith(name_prefix)), None)
        if name is None:
            raise ReaderError("lost", "unplugged")
        return name, len(names)

    def _wait(self) -> bytes:
        """Wait for a change, at most as long as a look may take; gives the ATR of the card that lies there, or b""."""
        wait_ms = SETTLE_MS if self._short_looks_due else WAIT_MS
        known = [(PLUG_AND_PLAY, self._readers_count << 16), (self._name, self._state)]
        result, states = scard.SCardGetStatusChange(self._context, wait_ms, known)
        if result != scard.SCARD_E_TIMEOUT:
            check_service(result)
        (_, pnp_state, _), (_, state, atr) = states
        if state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE):
            raise ReaderError("lost", "unplugged")
        if pnp_state & scard.SCARD_STATE_CHANGED:
            self._name, self._readers_count = self._find(self._name)
        self._state = state & ~scard.SCARD_STATE_CHANGED
        return bytes(atr)

    def _read(self, atr: bytes) -> Sight | None:
        """Read the card that lies there, unless it was read already; None when another program holds it for itself."""
        if self._state & scard.SCARD_STATE_MUTE:
            return "unsupported"
        try:
            with ConnectedCard(self._context, self._name) as card:
                number = card.read_number()
                if self._sight is not None and self._sight not in BROKEN and self._card_read == (atr, number):
                    return self._sight
                with card.transaction():
                    sight = read_card(PcscChannel(card, atr, number, self._dialect), self._cards)
                if sight not in BROKEN:
                    self._card_read = (atr, number)
                return sight
        except HeldElsewhereError:
            return None
        except CardLeftError:
            return "torn"
        except GarbledAnswerError:
            return "garbled"
        except RefusedCardError as refused:
            return refused.cause
