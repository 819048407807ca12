"""The port between card technologies and the stacks that carry them: a channel to one card, what reading it gives."""

from dataclasses import dataclass
from typing import Literal, Protocol

from contract.technologies import Technology
from readers.drivers.port import TroubleCause

Family = Literal["felica", "type_a", "type_b", "contact"]
"""How the card was found: FeliCa (JIS X 6319-4), ISO/IEC 14443 Type A or B, or by contacts (ISO/IEC 7816)."""


class CardLeftError(Exception):
    """The card does not answer any more: it was lifted, or the exchange was torn. One clear event: ``torn``."""


class NotGenuineError(Exception):
    """The card claims a technology of ours and failed to prove it; the text says at which step, without secrets."""


class GarbledAnswerError(Exception):
    """The card's answer is none that the standard knows. One clear event: ``garbled``."""


class RefusedCardError(Exception):
    """The card is of a known kind and its number must not be used; ``cause`` is what the one clear event says.

    ``random_id`` the number changes with every tap; ``emulated_id`` a phone's emulation claims it; ``unsupported`` a
    kind that never gives a number; ``several_cards`` another card answered in its place.
    """

    def __init__(self, cause: TroubleCause) -> None:
        super().__init__(cause)
        self.cause: TroubleCause = cause


class CardChannel(Protocol):
    """One card in the field, powered and selected; it lives as long as the presentation.

    ``exchange`` is blocking and answers within the stack's own bounds. For ``felica`` it carries whole frames, length
    byte first, both ways; for the other families it carries APDUs and gives the answer with its status word (SW1 SW2),
    6D00 in the name of a card that knows none.
    """

    @property
    def family(self) -> Family:
        """How the card was found."""

    @property
    def identifier(self) -> bytes:
        """The number polling gave: IDm (8 bytes), UID (4, 7, 10), PUPI; empty where the stack does not know it."""

    @property
    def answer_to_reset(self) -> bytes:
        """The PC/SC ATR, or empty on a stack that has none."""

    def exchange(self, command: bytes) -> bytes:
        """Send a command and give its answer.

        Raises:
            CardLeftError: no answer came.
            ReaderError: it was the reader that failed.
        """


@dataclass(frozen=True, slots=True)
class CardReading:
    """What a technology made of a card: the number that becomes the token, how much it proves, what proved it."""

    technology: Technology
    identifier: bytes
    assurance: int
    evidence: str = ""


class CardTechnology(Protocol):
    """One way to know a card."""

    def read(self, channel: CardChannel) -> CardReading | None:
        """Read and prove a card; None says that it is not of this kind and the next technology may try.

        Raises:
            CardLeftError, GarbledAnswerError: nothing is known of it.
            NotGenuineError: it is of this kind and failed; no other technology is tried.
            RefusedCardError: it is of this kind and its number is random or emulated; no other technology is tried.
        """
