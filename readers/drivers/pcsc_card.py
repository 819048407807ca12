"""One card connected through PC/SC, and what a failed call on it or on the service means."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from smartcard import scard

from readers.cards.answer_to_reset import family_of
from readers.cards.felica_over_pcsc import FelicaDialect, exchange_frame
from readers.cards.iso_apdu import SUCCESS, parse_answer
from readers.cards.port import CardLeftError, Family, RefusedCardError
from readers.drivers.faults import ReaderError
from readers.drivers.port import Health

GET_DATA = bytes((0xFF, 0xCA, 0x00, 0x00, 0x00))
"""PC/SC part 3, Get Data: the reader tells the number it found the card by, UID, PUPI or IDm."""

_LEFT = {
    scard.SCARD_W_REMOVED_CARD,
    scard.SCARD_E_NO_SMARTCARD,
    scard.SCARD_W_UNPOWERED_CARD,
    scard.SCARD_W_RESET_CARD,
    scard.SCARD_E_NOT_TRANSACTED,
}
_FAULTS: dict[int, tuple[Health, str]] = {
    scard.SCARD_E_NO_SERVICE: ("lost", "no_service"),
    scard.SCARD_E_SERVICE_STOPPED: ("lost", "no_service"),
    scard.SCARD_F_COMM_ERROR: ("lost", "no_service"),
    scard.SCARD_E_INVALID_HANDLE: ("lost", "no_service"),
    scard.SCARD_E_READER_UNAVAILABLE: ("lost", "unplugged"),
    scard.SCARD_E_UNKNOWN_READER: ("lost", "unplugged"),
    scard.SCARD_E_NO_READERS_AVAILABLE: ("lost", "unplugged"),
    scard.SCARD_W_SECURITY_VIOLATION: ("failing", "permission_denied"),  # polkit refuses this user
}


class HeldElsewhereError(Exception):
    """Another program holds the card for itself."""


def check_service(result: int) -> None:
    """Raise ReaderError unless a call on the service succeeded."""
    if result != scard.SCARD_S_SUCCESS:
        raise ReaderError(*_FAULTS.get(result, ("failing", "pcsc_error")))


def check_card(result: int) -> None:
    """Sort a failed call on a card.

    Raises:
        HeldElsewhereError: another program holds it.
        CardLeftError: it left.
        ReaderError: it was the reader or the service that failed.
        RefusedCardError: the reader cannot speak with such a card (``unsupported``).
    """
    if result == scard.SCARD_S_SUCCESS:
        return
    if result == scard.SCARD_E_SHARING_VIOLATION:
        raise HeldElsewhereError
    if result in _LEFT:
        raise CardLeftError(f"{result & 0xFFFFFFFF:08X}")
    if result in _FAULTS:
        check_service(result)
    raise RefusedCardError("unsupported")


class ConnectedCard:
    """A card that other programs may use too, except during :meth:`transaction`.

    It is left as it is when the connection closes: powering it down would change a random number and fire a second
    insertion.
    """

    def __init__(self, context: Any, reader_name: str) -> None:
        """Connect. Raises what :func:`check_card` does."""
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, self._card, protocol = scard.SCardConnect(context, reader_name, scard.SCARD_SHARE_SHARED, protocols)
        check_card(result)
        self._header = scard.SCARD_PCI_T1 if protocol == scard.SCARD_PROTOCOL_T1 else scard.SCARD_PCI_T0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        scard.SCardDisconnect(self._card, scard.SCARD_LEAVE_CARD)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep every other program from the card. Raises what :func:`check_card` does."""
        check_card(scard.SCardBeginTransaction(self._card))
        try:
            yield
        finally:
            scard.SCardEndTransaction(self._card, scard.SCARD_LEAVE_CARD)

    def transmit(self, command: bytes) -> bytes:
        """Send a command and give the answer. Raises what :func:`check_card` does."""
        result, answer = scard.SCardTransmit(self._card, self._header, list(command))
        check_card(result)
        return bytes(answer)

    def read_number(self) -> bytes:
        """Give the number that the reader found the card by; empty if it tells none.

        Raises:
            GarbledAnswerError: the answer is none; and what :func:`check_card` raises.
        """
        answer = parse_answer(self.transmit(GET_DATA))
        return answer.data if answer.status == SUCCESS else b""


@dataclass(frozen=True, slots=True)
class PcscChannel:
    """A connected card as technologies see it; see :class:`~readers.cards.port.CardChannel`."""

    card: ConnectedCard
    answer_to_reset: bytes
    number: bytes
    dialect: FelicaDialect

    @property
    def family(self) -> Family:
        """How the card was found, as far as its ATR tells."""
        return family_of(self.answer_to_reset, self.number)

    @property
    def identifier(self) -> bytes:
        """What Get Data gave; a contact card has no number."""
        return b"" if self.family == "contact" else self.number

    def exchange(self, command: bytes) -> bytes:
        """Send an APDU, or for FeliCa a frame, and give the answer.

        Raises:
            RefusedCardError: the reader passes no FeliCa frames on.
            CardLeftError, GarbledAnswerError, ReaderError: there is none.
        """
        if self.family == "felica":
            return exchange_frame(self.card.transmit, self.dialect, command)
        return self.card.transmit(command)
