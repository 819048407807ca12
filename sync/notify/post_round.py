"""One round of sending: take what is due, send it, write down what became of each letter before the next.

A letter that fails in passing is tried again after a growing pause and given up after the last. A way that asks for a
pause, or takes nothing at all, keeps its letters without a try counted. A repetition after a crash has the same id.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from contract.message_words import MessageWords
from store.alarms import Alarm, insert_alarms
from store.deliveries import (
    DeliveryKey,
    DueDelivery,
    claim_due,
    save_given_up,
    save_put_off,
    save_retry,
    save_sent,
)
from store.tx import Store
from sync.notify.letter import write_digest, write_letter
from sync.notify.way import Letter, Outcome, Told, Way, hold_back

RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
"""The pauses after each failed try; one failure more gives up, a day after the first."""
CLOSED_PAUSE = timedelta(minutes=30)
"""A way that takes nothing is asked again so much later."""
LEASE = timedelta(minutes=30)
AT_ONCE = 50
"""Letters of one claim: even if each of them waits for the time-out of its way, they fit into the lease."""
ROUNDS_MAX = 200


@dataclass(slots=True)
class PostRound:
    """What a round takes: the database, the clock, the ways by name, the words by language, and our address."""

    store: Store
    now: Callable[[], datetime]
    ways: Mapping[str, Way]
    words: Mapping[str, MessageWords]
    site_url: str
    told: Counter[str] = field(default_factory=Counter)
    _held: dict[str, Told] = field(default_factory=dict)

    def run(self, *, digest: bool = False) -> Mapping[str, int]:
        """Send all that is due, of digests or of the rest; gives how many letters came to which outcome."""
        for _ in range(ROUNDS_MAX):
            dues = self._claim(digest=digest)
            if not dues:
                break
            for some in _letters_of(dues, digest=digest):
                self._send(some, digest=digest)
        return dict(self.told)

    def _claim(self, *, digest: bool) -> list[DueDelivery]:
        open_ways = [way for way in self.ways if way not in self._held]
        if not open_ways:
            return []
        with self.store.transaction(self.now()) as tx:
            return claim_due(tx, ways=open_ways, digest=digest, lease=LEASE, limit=AT_ONCE)

    def _send(self, dues: Sequence[DueDelivery], *, digest: bool) -> None:
        way = dues[0].key.way
        held = self._held.get(way)
        if held is None:
            letter = self._write(dues, digest=digest)
            told = Told(Outcome.poison, "no words") if letter is None else self._hand_over(way, letter)
            self.told[told.outcome.value] += 1
            if told.outcome in {Outcome.overload, Outcome.closed}:
                self._held[way] = told
        else:
            told = held
        self._save(dues, told)

    def _hand_over(self, way: str, letter: Letter) -> Told:
        return hold_back(letter) or self.ways[way].send(letter)

    def _write(self, dues: Sequence[DueDelivery], *, digest: bool) -> Letter | None:
        words = self.words[dues[0].language]
        try:
            return write_digest(dues, words, self.site_url) if digest else write_letter(dues[0], words, self.site_url)
        except KeyError:  # a kind that this version has no words for
            return None

    def _save(self, dues: Sequence[DueDelivery], told: Told) -> None:
        keys = [due.key for due in dues]
        now = self.now()
        with self.store.transaction(now) as tx:
            match told.outcome:
                case Outcome.sent:
                    save_sent(tx, keys)
                case Outcome.poison:
                    save_given_up(tx, keys, told.fault)
                case Outcome.overload:
                    save_put_off(tx, keys, now + timedelta(seconds=told.pause_seconds), told.fault)
                case Outcome.closed:
                    save_put_off(tx, keys, now + CLOSED_PAUSE, told.fault)
                    insert_alarms(tx, [Alarm("notices_stopped", dues[0].key.way, told.fault)])
                case Outcome.transient:
                    for tries, some in _by_tries(dues):
                        if tries < len(RETRIES):
                            save_retry(tx, some, now + RETRIES[tries], told.fault)
                        else:
                            save_given_up(tx, some, told.fault)


def _letters_of(dues: Sequence[DueDelivery], *, digest: bool) -> Iterator[Sequence[DueDelivery]]:
    if not digest:
        yield from ([due] for due in dues)
        return
    ordered = sorted(dues, key=lambda due: (due.key.way, due.message.person_id, due.key.message_id))
    for _, some in groupby(ordered, key=lambda due: (due.key.way, due.message.person_id)):
        yield list(some)


def _by_tries(dues: Sequence[DueDelivery]) -> Iterator[tuple[int, list[DeliveryKey]]]:
    ordered = sorted(dues, key=lambda due: due.tries)
    for tries, some in groupby(ordered, key=lambda due: due.tries):
        yield tries, [due.key for due in some]
