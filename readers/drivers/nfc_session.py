"""One open nfcpy frontend, looked at again and again: cards found, each read once a presentation.

``sense()`` and never ``connect()``: connect hides I/O errors (and then spins), adds half a second, and lets the parsing
of torn tags escape as IndexError. A look asks every poll once, always in the same order; FeliCa last, for a FeliCa card
answers within 3 ms and can then be spoken to at once, while nfcpy waits 31 ms for a Type A card that is not there.
Polls are those its technologies need: a reader that knows FeliCa alone does not wait for others.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from readers.cards.felica_systems import FelicaTechnology, polled_systems
from readers.cards.port import CardTechnology
from readers.cards.reading import read_card
from readers.drivers.faults import ReaderError
from readers.drivers.nfc_channel import FoundCard, Frontend, Poll, open_channel, sense_card
from readers.drivers.presentation import BROKEN, MISSES_TO_LIFT, Sight
from readers.drivers.supervise import Look

PAUSE_SECONDS = 0.005
"""Between looks: the field rests, the processor too."""

BROKEN_LOOKS_MAX = 5
"""Looks in a row that fail inside the stack until the reader itself is taken for broken."""


def polls_of(technologies: Iterable[CardTechnology]) -> tuple[Poll, ...]:
    """Give what must be asked into the field for these technologies, in the order of a look."""
    technologies = tuple(technologies)
    type_a = any(not isinstance(each, FelicaTechnology) for each in technologies)
    felica = tuple(Poll("felica", system) for system in polled_systems(technologies))
    return (*((Poll("type_a"),) if type_a else ()), *felica)


@dataclass(frozen=True, slots=True)
class _Known:
    """A card that was read and has not been lifted since."""

    sight: Sight
    misses: int = 0


class NfcSession:
    """A :class:`~readers.drivers.supervise.Session` over one frontend."""

    def __init__(self, frontend: Frontend, technologies: Sequence[CardTechnology]) -> None:
        self._frontend = frontend
        self._technologies = technologies
        self._polls = polls_of(technologies)
        self._known: dict[bytes, _Known] = {}
        self._broken_looks = 0

    def look(self) -> Look:
        """Ask every poll once and read what is new; see :class:`~readers.drivers.supervise.Session`."""
        time.sleep(PAUSE_SECONDS)
        try:
            seen = self._see()
        except (OSError, ReaderError):
            raise
        except Exception as error:  # noqa: BLE001 (nfcpy answers garbage with IndexError, TypeError, struct.error …)
            return self._broken(error)
        is_torn = self._broken_looks == 1 and not seen and not self._known  # else it is a known card that is leaving
        self._broken_looks = 0
        return ("torn",) if is_torn else seen

    def close(self) -> None:
        """Close the frontend, which takes a device that is already gone without a word."""
        self._frontend.close()

    def _see(self) -> Look:
        found: dict[bytes, list[FoundCard]] = {}
        sensed: FoundCard | None = None
        for poll in self._polls:
            sensed = sense_card(self._frontend, poll)
            if sensed is not None:
                found.setdefault(sensed.number, []).append(sensed)
        self._known = {
            number: _Known(known.sight, misses)
            for number, known in self._known.items()
            if (misses := 0 if number in found else known.misses + 1) < MISSES_TO_LIFT
        }
        return [self._sight_of(answers, sensed) for answers in found.values()]

    def _sight_of(self, answers: Sequence[FoundCard], sensed: FoundCard | None) -> Sight:
        """Give what a card is: from memory while it lies there, else by reading it.

        Args:
            answers: its answers in this look, one for each of its systems that was asked for.
            sensed: what the look's last poll found.
        """
        number = answers[0].number
        if number in self._known:
            return self._known[number].sight
        card = next((each for each in answers if each is sensed), answers[0])
        systems = {each.poll.system for each in answers}
        technologies = [each for each in self._technologies if _suits(each, card, systems)]
        sight = self._read(card, technologies, is_lit=card is sensed)
        if sight not in BROKEN:
            self._known[number] = _Known(sight)
        return sight

    def _read(self, card: FoundCard, technologies: Sequence[CardTechnology], *, is_lit: bool) -> Sight:
        """Read a card, a second time at once if the first was disturbed and it still answers."""
        sight = read_card(open_channel(self._frontend, card, is_lit=is_lit), technologies)
        if sight not in BROKEN:
            return sight
        again = sense_card(self._frontend, card.poll)
        if again is None or again.number != card.number:
            return "torn"
        return read_card(open_channel(self._frontend, again, is_lit=True), technologies)

    def _broken(self, error: Exception) -> Look:
        """Sort a failure inside the stack: once may be a card that left, again is garbage, still more is the device."""
        self._broken_looks += 1
        if self._broken_looks >= BROKEN_LOOKS_MAX:
            raise ReaderError("failing", "garbled") from error
        return ("garbled",) if self._broken_looks > 1 else ()


def _suits(technology: CardTechnology, card: FoundCard, systems: set[int]) -> bool:
    """Tell whether a technology may know a card that was found so; a FeliCa one only on a system the card answered."""
    if isinstance(technology, FelicaTechnology):
        return card.poll.family == "felica" and not systems.isdisjoint(technology.systems)
    return card.poll.family != "felica"
