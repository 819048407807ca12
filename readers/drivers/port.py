"""The port that every card reader stands behind: what it says, and how it is run.

The words of technology, cause and health are those of ``contract.records``; the agent copies them into the journal.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from contract.technologies import Technology

TroubleCause = Literal[
    "torn", "several_cards", "random_id", "emulated_id", "garbled", "unsupported", "not_genuine", "forged_code"
]
"""Why a presented card gives no identifier:

``torn`` it left before it was read; ``several_cards`` more than one lies in the field; ``random_id`` its number changes
with every tap; ``emulated_id`` a phone's emulation claims the number; ``garbled`` what came was no card's answer;
``unsupported`` a card of a kind that has no readable number; ``not_genuine`` it claims a technology of ours and could
not prove it; ``forged_code`` a code that the centre did not sign.
"""

Health = Literal["ready", "lost", "busy", "failing"]
"""``ready`` reads cards; ``lost`` is not there; ``busy`` is held by somebody else; ``failing`` is there and broken."""


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A card was presented. One presentation gives one of these, however long the card stays.

    ``identifier`` is the card's own number (IDm 8 bytes, UID 4, 7 or 10), bits masked that vary by polling; it becomes
    a token at once and is never stored or logged. ``assurance`` is 0–3, ``evidence`` says in a few words what proved it
    (protocol and key version, never a key). ``seen_mono`` is ``time.monotonic()`` seconds. ``once`` is set for a code
    that opens one time: from when until when it counts.
    """

    reader: str
    technology: Technology
    identifier: bytes
    assurance: int
    seen_mono: float
    evidence: str = ""
    once: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class KeysEntered:
    """Keys pressed at a reader: ``0``–``9``, ``*`` (clear) and ``#`` (enter), in order. Never stored or logged."""

    reader: str
    keys: str
    seen_mono: float


@dataclass(frozen=True, slots=True)
class InputMoved:
    """A wired input changed, or was looked at for the first time: ``active`` in the sense its settings give it."""

    input: str
    active: bool


@dataclass(frozen=True, slots=True)
class HookSeen:
    """A hook of a key cabinet says what hangs on it; ``tag`` is what was read of it, by which ``technology``.

    Without a tag the hook tells alone whether something hangs there.
    """

    cabinet: str
    position: int
    occupied: bool
    technology: Technology | None = None
    tag: bytes | None = None


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


Observation = CardSeen | KeysEntered | InputMoved | HookSeen | ReadTrouble | ReaderHealth


class Driver(Protocol):
    """One reader, watched for as long as the agent lives."""

    def run(self, report: Callable[[Observation], None], stop: threading.Event) -> None:
        """Watch the reader until ``stop`` is set, telling ``report`` from this thread what happens.

        Never raises for a fault of the reader: it reports ReaderHealth and opens the reader again with back-off.
        """
