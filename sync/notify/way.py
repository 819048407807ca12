"""What a way of sending is: it takes a letter and says what is known afterwards; the round decides what to do next."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.zones.my_number import find_my_numbers


class Outcome(StrEnum):
    """What became of a letter."""

    sent = "sent"
    transient = "transient"  # try again later
    overload = "overload"  # the other side asks for a pause: hold the whole way
    poison = "poison"  # this letter will never be taken
    closed = "closed"  # the way takes nothing from us until a person has looked


@dataclass(frozen=True, slots=True)
class Told:
    """An outcome, in words without personal data, and the pause that was asked for."""

    outcome: Outcome
    fault: str = ""
    pause_seconds: float = 0.0


SENT = Told(Outcome.sent)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it leaves.

    ``id`` is the same at every repetition. ``text`` may be read by the recipient alone; ``short`` by anyone on the way.
    ``link`` is a whole address of our own pages.
    """

    id: str
    target: str
    kind: str
    title: str
    text: str
    short: str
    link: str
    created_at: datetime


def hold_back(letter: Letter) -> Told | None:
    """Give why a letter must not leave: it holds what may be a 個人番号; None where it may."""
    has_number = any(find_my_numbers(text) for text in (letter.title, letter.text, letter.short))
    return Told(Outcome.poison, "may hold a My Number") if has_number else None


class Way(Protocol):
    """A way of sending; it keeps its connection until it is closed."""

    def send(self, letter: Letter) -> Told:
        """Send a letter; every failure is told, none is raised."""

    def close(self) -> None:
        """Give back the connection."""
