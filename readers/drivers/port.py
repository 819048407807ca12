"""The port that every card reader stands behind: what it says, and how it is run.

The words of technology, cause and health are those of ``contract.records``; the agent copies them into the journal.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

Technology = Literal["felica_idm", "iso14443_uid", "simulated"]
"""What kind of number a card gave; equal numbers of two kinds are two cards."""

TroubleCause = Literal["torn", "several_cards", "random_id", "emulated_id", "garbled", "unsupported"]
"""Why a presented card gives no identifier:

``torn`` it left before it was read; ``several_cards`` more than one lies in the field; ``random_id`` its number changes
with every tap; ``emulated_id`` a phone's emulation claims the number; ``garbled`` what came was no card's answer;
``unsupported`` a card of a kind that has no readable number.
"""

Health = Literal["ready", "lost", "busy", "failing"]
"""``ready`` reads cards; ``lost`` is not there; ``busy`` is held by somebody else; ``failing`` is there and broken."""


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A card was presented. One presentation gives one of these, however long the card stays.

    ``identifier`` is the card's own number (IDm 8 bytes, UID 4, 7 or 10), bits masked that vary by polling; it becomes
    a token at once and is never stored or logged. ``assurance`` is 0–3. ``seen_mono`` is ``time.monotonic()`` seconds.
    """

    reader: str
    technology: Technology
    identifier: bytes
    assurance: int
    seen_mono: float


@dataclass(frozen=True, slots=True)
class ReadTrouble:
    """A card was presented and gives no usable identifier; one clear event a presentation."""

    reader: str
    cause: TroubleCause


@dataclass(frozen=True, slots=True)
class ReaderHealth:
    """The reader came, went or changed health. ``cause`` is a stable lower_snake word, empty when ready."""

    reader: str
    health: Health
    cause: str


Observation = CardSeen | ReadTrouble | ReaderHealth


class Driver(Protocol):
    """One reader, watched for as long as the agent lives."""

    def run(self, report: Callable[[Observation], None], stop: threading.Event) -> None:
        """Watch the reader until ``stop`` is set, telling ``report`` from this thread what happens.

        Never raises for a fault of the reader: it reports ReaderHealth and opens the reader again with back-off.
        """
