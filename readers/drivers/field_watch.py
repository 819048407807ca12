"""What one reader's looks mean over time; it outlives the sessions, so that reopening a reader repeats no tap."""

import time
from collections.abc import Callable, Collection

from readers.drivers.port import CardSeen, Observation, ReadTrouble
from readers.drivers.presentation import EMPTY, Field, Reading, Sight, step_field

KEPT_SECONDS = 5.0
"""How long a presentation is remembered without a look (a reader reopening, a service restarting)."""

STATIC_NUMBER_ASSURANCE = 1
"""A number anybody can read identifies and proves nothing."""


class FieldWatch:
    """Turns looks into observations for one reader."""

    def __init__(self, reader: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._reader = reader
        self._clock = clock
        self._field: Field = EMPTY
        self._looked_mono = 0.0

    def look(self, seen: Collection[Sight]) -> tuple[Observation, ...]:
        """Take one look into account and give what is new."""
        now = self._clock()
        if now - self._looked_mono > KEPT_SECONDS:
            self._field = EMPTY
        self._looked_mono = now
        self._field, fresh = step_field(self._field, seen)
        return tuple(self._observation(sight, now) for sight in fresh)

    def _observation(self, sight: Sight, now: float) -> Observation:
        if isinstance(sight, Reading):
            return CardSeen(self._reader, sight.technology, sight.identifier, sight.assurance, now, sight.evidence)
        return ReadTrouble(self._reader, sight)
