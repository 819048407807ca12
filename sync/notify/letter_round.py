"""One round of letters to citizens: take what is due, send it by mail, write down what became of each before the next.

Failures are sorted and paused as those of messages to staff (``sync.notify.post_round``). A repetition after a crash
bears the same id; a code that is over is not sent any more.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contract.letter_words import compose_letter
from contract.sealed_bytes import SealError
from contract.sealed_codes import open_code
from domain.facilities.confirmation import LIMITS
from domain.notices.reservee_letter import LetterKind
from store.alarms import Alarm, insert_alarms
from store.reservee_letters import (
    DueLetter,
    claim_letters,
    has_due_letters,
    save_letter_given_up,
    save_letter_put_off,
    save_letter_retry,
    save_letter_sent,
)
from store.tx import Store
from sync.notify.post_round import AT_ONCE, CLOSED_PAUSE, LEASE, RETRIES, ROUNDS_MAX
from sync.notify.way import Letter, Outcome, Told, Way, hold_back

_NO_ADDRESS = Told(Outcome.poison, "no address")
_OVER = Told(Outcome.poison, "the code is over")


@dataclass(slots=True)
class LetterRound:
    """What a round takes: the database, the clock, the way, the site's key for codes, the citizens' own address."""

    store: Store
    now: Callable[[], datetime]
    way: Way
    site_key: bytes
    citizens_url: str = ""
    told: Counter[str] = field(default_factory=Counter)
    _held: Told | None = None

    def run(self) -> Mapping[str, int]:
        """Send all that is due; gives how many letters came to which outcome."""
        for _ in range(ROUNDS_MAX):
            dues = self._claim()
            if not dues:
                break
            for due in dues:
                self._save(due, self._send(due))
        return dict(self.told)

    def _claim(self) -> list[DueLetter]:
        if self._held is not None:
            return []
        with self.store.reading(self.now()) as tx:  # it is asked every few seconds; a look takes no lock
            if not has_due_letters(tx):
                return []
        with self.store.transaction(self.now()) as tx:
            return claim_letters(tx, lease=LEASE, limit=AT_ONCE)

    def _send(self, due: DueLetter) -> Told:
        if self._held is not None:
            return self._held
        told = self._try(due)
        self.told[told.outcome.value] += 1
        if told.outcome in {Outcome.overload, Outcome.closed}:
            self._held = told
        return told

    def _try(self, due: DueLetter) -> Told:
        if not due.email:
            return _NO_ADDRESS
        if due.kind is LetterKind.code and self.now() >= due.created_at + timedelta(minutes=LIMITS.minutes):
            return _OVER
        try:
            letter = self._write(due)
            return hold_back(letter) or self.way.send(letter)
        except (SealError, ValueError) as error:
            return Told(Outcome.poison, type(error).__name__)

    def _write(self, due: DueLetter) -> Letter:
        filling = dict(due.filling)
        if due.kind is LetterKind.code:
            filling["code"] = open_code(self.site_key, due.subject, filling["sealed"])
        link = f"{self.citizens_url}{due.link}" if self.citizens_url and due.link else ""
        subject, text = compose_letter(due.kind, filling, link)
        name = f"let_{due.id}_mail"
        return Letter(name, due.email, due.kind.value, subject, text, subject, link, due.created_at)

    def _save(self, due: DueLetter, told: Told) -> None:
        now = self.now()
        with self.store.transaction(now) as tx:
            match told.outcome:
                case Outcome.sent:
                    save_letter_sent(tx, due.id)
                case Outcome.overload:
                    save_letter_put_off(tx, due.id, now + timedelta(seconds=told.pause_seconds), told.fault)
                case Outcome.closed:
                    save_letter_put_off(tx, due.id, now + CLOSED_PAUSE, told.fault)
                    insert_alarms(tx, [Alarm("notices_stopped", "mail", told.fault)])
                case Outcome.transient if due.tries < len(RETRIES):
                    save_letter_retry(tx, due.id, now + RETRIES[due.tries], told.fault)
                case _:
                    save_letter_given_up(tx, due.id, told.fault)
