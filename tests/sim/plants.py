"""Wrong turns that somebody could take, one small function each; the simulation must find every one.

A :class:`Variant` is how the few decisions that matter are made. The correct one is the product's own code.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from contract.batch import decode_batch
from contract.chain import chain_start
from contract.receipts import Answer, Receipt
from domain.access.watermark import Advance, Fork, Gap, Progress, Repeat, Watermark, advance
from gateway.intake.ingest import Ingest
from gateway.intake.messages import Message
from gateway.operations.access.record_taps import record_batches
from readers.agent import Agent
from readers.events import Recorded
from readers.journal import Journal
from readers.policy_cache import PolicyCache
from readers.policy_watch import PolicyWatch
from readers.standing import save_standing
from tests.sim import door_plants, key_plants, policy_plants
from tests.sim.agent import SimAgent
from tests.sim.city import NAMES

if TYPE_CHECKING:
    from tests.sim.life import Life


def do_nothing(life: "Life", payload: bytes) -> None:
    """A PUBACK proves nothing."""


def open_ingest(store: Any, key: Any, now: Any, keys: Any, committed: Any, early: Any) -> Ingest:
    """Answer after the commit."""
    return Ingest(store, key, now, keys=keys, names=NAMES, committed=committed)


@dataclass(frozen=True, slots=True)
class Variant:
    """How the decisions are made that the promises hang on."""

    open_journal: Callable[..., Journal] = Journal.open
    open_agent: Callable[..., SimAgent] = SimAgent
    open_cache: Callable[..., PolicyCache] = PolicyCache
    open_watch: Callable[..., PolicyWatch] = PolicyWatch
    save_standing: Callable[..., None] = save_standing
    on_puback: Callable[["Life", bytes], None] = do_nothing
    open_ingest: Callable[..., Ingest] = open_ingest


CORRECT = Variant()


# ---- the plants ------------------------------------------------------------------------------------------------------


def prune_on_puback(life: "Life", payload: bytes) -> None:
    """Take the broker's word for the centre's."""
    header = decode_batch(payload).header
    upto_seq = header.first_seq + header.count - 1
    if header.epoch == life.journal.epoch:
        receipt = Receipt(
            device=header.device, epoch=header.epoch, upto_seq=upto_seq, head=header.head, issued_at=datetime.now(UTC)
        )
        life.journal.record_receipt(receipt, life.clock.now().at)


class TellingAgent(SimAgent):
    """Says "recorded" and opens while the record is still on its way to the disk."""

    def _commit(self) -> None:
        journal = self._journal
        if journal is not None:
            seq = journal.next_seq - 1
            for append in self._appends:
                seq += len(append.bodies)
                self._handle(Recorded(append, seq))
        super()._commit()


class MaxSeqJournal(Journal):
    """Numbers the next record after the highest row that is left."""

    @classmethod
    def open(cls, path: Any, device: Any, *, new_epoch: int, **more: Any) -> Journal:
        """Open, and look at the rows instead of the counter."""
        journal = super().open(path, device, new_epoch=new_epoch, **more)
        found: list[Any] = journal._connection.execute(
            "SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1"
        ).fetchall()
        last: tuple[Any, Any] = found[0] if found else (0, chain_start(device, journal.epoch))
        journal._connection.execute("UPDATE state SET next_seq = ?, head = ?", (last[0] + 1, last[1]))
        journal.next_seq, journal._head = last[0] + 1, last[1]
        return journal


def no_dedupe(watermark: Watermark, first_seq: int, chain: Any, held: Any) -> Progress:
    """Take whatever comes as new."""
    progress = advance(watermark, first_seq, chain, held)
    if isinstance(progress, Repeat):
        return Advance(first_seq, Watermark(first_seq + len(chain) - 2, chain[-1]))
    return progress


class PatientAgent(SimAgent):
    """Opens for a tap however long ago the card was held up."""

    def _handle(self, event: object) -> None:
        if not (isinstance(event, Recorded) and event.append.tap is not None):
            super()._handle(event)
            return
        fresh = replace(event.append.tap, seen_mono=self._clock.now().mono)
        self.handling = event
        Agent._handle(self, replace(event, append=replace(event.append, tap=fresh)))


class ForgetfulBook(Journal):
    """Prunes what a receipt covers at once, without the keep-period."""

    def prune(self, now: datetime, keep: timedelta) -> int:
        """Delete everything that was ever receipted."""
        return super().prune(now, timedelta(0))


def overlook_forks(watermark: Watermark, first_seq: int, chain: Any, held: Any) -> Progress:
    """Take a second history for a repeat."""
    progress = advance(watermark, first_seq, chain, held)
    return Repeat() if isinstance(progress, Fork) else progress


def over_a_gap(watermark: Watermark, first_seq: int, chain: Any, held: Any) -> Progress:
    """Let the watermark speak of records that never came."""
    progress = advance(watermark, first_seq, chain, held)
    if isinstance(progress, Gap):
        return Advance(first_seq, Watermark(first_seq + len(chain) - 2, chain[-1]))
    return progress


def _with_advance(rule: Any) -> Callable[..., Ingest]:
    def open_with_rule(store: Any, key: Any, now: Any, keys: Any, committed: Any, early: Any) -> Ingest:
        return Ingest(store, key, now, keys=keys, names=NAMES, committed=committed, advance=rule)

    return open_with_rule


class _EagerIngest(Ingest):
    """Sends the receipts while the transaction is still open."""

    def __init__(self, store: Any, key: Any, now: Any, keys: Any, committed: Any, early: Any) -> None:
        super().__init__(store, key, now, keys=keys, names=NAMES, committed=committed)
        self._early = early

    def take(self, messages: Sequence[Message]) -> list[Answer | None]:
        """Record, answer, commit: one step too early."""
        verified, refused = self._check(messages)
        with self._store.transaction(self._now()) as tx:
            taken = record_batches(tx, list(verified.values()), self._shelf, names=NAMES)
            answers = self._answers(messages, {**dict(zip(verified, taken, strict=True)), **refused})
            self._early(answers)
        self._committed()
        return answers


PLANTS: dict[str, Variant] = {
    "prune_on_puback": replace(CORRECT, on_puback=prune_on_puback),
    "tell_before_sync": replace(CORRECT, open_agent=TellingAgent),
    "seq_from_max_row": replace(CORRECT, open_journal=MaxSeqJournal.open),
    "no_dedupe": replace(CORRECT, open_ingest=_with_advance(no_dedupe)),
    "receipt_before_commit": replace(CORRECT, open_ingest=_EagerIngest),
    "opens_for_old_taps": replace(CORRECT, open_agent=PatientAgent),
    "prune_before_its_time": replace(CORRECT, open_journal=ForgetfulBook.open),
    "forks_overlooked": replace(CORRECT, open_ingest=_with_advance(overlook_forks)),
    "receipt_over_a_gap": replace(CORRECT, open_ingest=_with_advance(over_a_gap)),
    "decides_by_any_age": replace(CORRECT, open_agent=door_plants.PatientPolicyAgent),
    "forgives_revoked_cards": replace(CORRECT, open_agent=door_plants.ForgivingAgent),
    "takes_older_policies": replace(
        CORRECT, open_agent=door_plants.BackwardAgent, open_watch=policy_plants.BackwardWatch
    ),
    "takes_changes_of_another_policy": replace(
        CORRECT, open_cache=policy_plants.WillingCache, open_watch=policy_plants.WillingWatch
    ),
    "takes_numbers_for_editions": replace(CORRECT, open_cache=policy_plants.NumberCache),
    "tries_no_outcomes": replace(CORRECT, open_cache=policy_plants.TrustingCache),
    "decides_without_a_policy": replace(CORRECT, open_agent=door_plants.DeliveredAgent),
    "lets_out_when_written": replace(CORRECT, open_agent=door_plants.PoliteAgent),
    "starts_without_locking": replace(CORRECT, open_agent=door_plants.CarelessAgent),
    "pulses_for_a_minute": replace(CORRECT, open_agent=door_plants.EndlessAgent),
    "obeys_again": replace(CORRECT, open_agent=door_plants.ObedientAgent),
    "obeys_again_after_a_restart": replace(CORRECT, open_agent=door_plants.AmnesicAgent),
    "obeys_late": replace(CORRECT, open_agent=door_plants.SlowEarAgent),
    "forgets_who_is_inside": replace(CORRECT, open_agent=door_plants.HospitableAgent),
    "takes_older_levels": replace(CORRECT, open_agent=door_plants.HeedlessAgent),
    "keeps_no_lock_down": replace(CORRECT, save_standing=door_plants.keep_nothing),
    "counts_no_keys": replace(CORRECT, open_agent=key_plants.TrustingAgent),
    "overlooks_removals": replace(CORRECT, open_agent=key_plants.OverlookingAgent),
}

FOUND_BY = {
    "decides_by_any_age": "I14",
    "forgives_revoked_cards": "I15",
    "takes_older_policies": "I16",
    "takes_changes_of_another_policy": "I15",
    "takes_numbers_for_editions": "I16",
    "tries_no_outcomes": "I15",
    "decides_without_a_policy": "I17",
    "lets_out_when_written": "I18",
    "starts_without_locking": "I19",
    "pulses_for_a_minute": "I19",
    "obeys_again": "once",
    "obeys_again_after_a_restart": "once",
    "obeys_late": "once",
    "forgets_who_is_inside": "passback",
    "takes_older_levels": "threat",
    "keeps_no_lock_down": "lock-down",
    "counts_no_keys": "I22",
    "overlooks_removals": "I22",
}
"""The promise that is to be seen broken; of the other bugs several may be."""
