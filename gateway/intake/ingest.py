"""What devices say, whichever way it came: checked, committed, and then answered.

The MQTT consumer and the HTTP route hand over the same messages and pass on the same answers. A receipt leaves only
after the commit that it speaks of. What cannot be taken is kept with its reason and never stands in the way.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.batch import Batch, decode_batch, verify_batch
from contract.errors import Fault, MalformedMessageError
from contract.receipts import Answer, Receipt
from contract.signatures import ForgedMessageError
from domain.access.watermark import advance
from domain.ids import DeviceId
from gateway.faults import describe_fault
from gateway.intake.answers import sign_receipt, sign_rejection
from gateway.intake.key_book import KeyBook
from gateway.intake.messages import Message
from gateway.intake.outcomes import FORGED, UNKNOWN_DEVICE, Outcome, Refusal, Taken, VerifiedBatch
from gateway.intake.refusal_guard import RefusalGuard
from gateway.operations.access.record_taps import AdvanceRule, record_batches
from gateway.operations.access.refuse_messages import refuse_messages
from gateway.policy.names import DeviceNames
from gateway.policy.policy_shelf import PolicyShelf
from store.alarms import Alarm, insert_alarms
from store.failures import is_passing
from store.tx import Store

log = logging.getLogger(__name__)


class IngestHaltedError(Exception):
    """Nothing is taken any more until a person has looked (see :class:`gateway.intake.refusal_guard.RefusalGuard`)."""


class Ingest:
    """Takes messages into the store and answers them; callable from any thread.

    Args:
        store: where the log is.
        signing_key: signs receipts and rejections.
        now: the clock.
        committed: called after each commit (wakes the relay).
        names: turns devices' names of cards back; None where they speak of the site's tokens.
        desk_readers: where a visitor's card that is held to it is given back.
        advance: the watermark's rule; the simulation plants wrong ones.
    """

    def __init__(
        self,
        store: Store,
        signing_key: Ed25519PrivateKey,
        now: Callable[[], datetime],
        *,
        shelf: PolicyShelf | None = None,
        keys: KeyBook | None = None,
        guard: RefusalGuard | None = None,
        names: DeviceNames | None = None,
        desk_readers: Collection[str] = (),
        committed: Callable[[], None] = lambda: None,
        advance: AdvanceRule = advance,
    ) -> None:
        self._store = store
        self._signing_key = signing_key
        self._now = now
        self._shelf = shelf or PolicyShelf()
        self._keys = keys or KeyBook(store)
        self._guard = guard or RefusalGuard()
        self._names = names
        self._desk_readers = frozenset(desk_readers)
        self._committed = committed
        self._advance = advance
        self.halted = False

    def take(self, messages: Sequence[Message]) -> list[Answer | None]:
        """Commit what is new of the messages; gives each one's answer, None where there is nobody to answer.

        Messages of one journal share one receipt. Raises what the database raised if that will pass
        (``store.failures``): then nothing was taken and the same call is to be made again.

        Raises:
            IngestHaltedError: too much was refused; nothing was taken.
        """
        if self.halted:
            raise IngestHaltedError
        try:
            verified, refused = self._check(messages)
            outcomes = self._commit(messages, verified, refused)
        except Exception as error:
            if is_passing(error):
                raise
            log.error("%s message(s) cannot be taken: %s", len(messages), describe_fault(error))  # noqa: TRY400
            if len(messages) > 1:  # find the one that cannot be taken; the others go on
                return [answer for message in messages for answer in self.take([message])]
            refused = {0: Refusal(Fault.malformed, "the centre failed on this message; it is kept")}
            outcomes = self._commit(messages, {}, refused)
        self._committed()
        self._watch(messages, outcomes)
        return self._answers(messages, outcomes)

    def is_store_back(self) -> bool:
        """Tell whether the database answers."""
        try:
            self._keys.refresh([], self._now())
        except Exception as error:
            if not is_passing(error):
                raise
            return False
        return True

    def _check(self, messages: Sequence[Message]) -> tuple[dict[int, VerifiedBatch], dict[int, Refusal]]:
        """Decode and verify, outside of any lock; gives by index what may go on and what is refused."""
        decoded = {index: _decode(message) for index, message in enumerate(messages)}
        refused = {index: found for index, found in decoded.items() if isinstance(found, Refusal)}
        batches = {index: found for index, found in decoded.items() if isinstance(found, Batch)}
        verified = self._verify(batches)
        doubtful = {index: batch for index, batch in batches.items() if index not in verified}
        if doubtful:  # unknown, forged, or the key was replaced since: the table decides
            self._keys.refresh({DeviceId(batch.header.device) for batch in doubtful.values()}, self._now())
            verified |= self._verify(doubtful)
        for index in doubtful.keys() - verified.keys():
            known = self._keys.find(DeviceId(doubtful[index].header.device)) is not None
            refused[index] = FORGED if known else UNKNOWN_DEVICE
        return verified, refused

    def _verify(self, batches: Mapping[int, Batch]) -> dict[int, VerifiedBatch]:
        verified = {}
        for index, batch in batches.items():
            known = self._keys.find(DeviceId(batch.header.device))
            if known is not None:
                with suppress(ForgedMessageError):
                    verified[index] = VerifiedBatch(verify_batch(batch, known.key), known.text)
        return verified

    def _commit(
        self, messages: Sequence[Message], verified: dict[int, VerifiedBatch], refused: dict[int, Refusal]
    ) -> dict[int, Outcome]:
        with self._store.transaction(self._now()) as tx:
            batches = list(verified.values())
            taken = record_batches(
                tx,
                batches,
                self._shelf,
                names=self._names,
                desk_readers=self._desk_readers,
                advance=self._advance,
            )
            outcomes: dict[int, Outcome] = {**dict(zip(verified, taken, strict=True)), **refused}
            refuse_messages(tx, [(messages[index], outcome) for index, outcome in sorted(outcomes.items())])
        return outcomes

    def _watch(self, messages: Sequence[Message], outcomes: dict[int, Outcome]) -> None:
        """Count refusals and stop, loudly, when it is we who must be wrong."""
        now = self._now()
        for index, outcome in outcomes.items():
            self._guard.note(now, messages[index].device, refused=not isinstance(outcome, Taken))
        if any(not isinstance(outcome, Taken) for outcome in outcomes.values()) and self._guard.has_tripped():
            self.halted = True
            log.critical("too many messages are refused: taking in has stopped until a restart")
            with self._store.transaction(now) as tx:
                insert_alarms(
                    tx, [Alarm("ingest_stopped", "gateway", "too many messages of too many devices were refused")]
                )

    def _answers(self, messages: Sequence[Message], outcomes: dict[int, Outcome]) -> list[Answer | None]:
        issued_at = self._now()
        receipts: dict[tuple[DeviceId, int], Receipt] = {}
        answers: list[Answer | None] = []
        for index, message in enumerate(messages):
            outcome = outcomes[index]
            if isinstance(outcome, Taken):
                key = outcome.device, outcome.epoch
                if key not in receipts:
                    receipts[key] = sign_receipt(outcome, self._signing_key, issued_at)
                answers.append(receipts[key])
            elif message.device is None:
                answers.append(None)
            else:
                answers.append(sign_rejection(message.device, outcome, self._signing_key, issued_at))
        return answers


def _decode(message: Message) -> Batch | Refusal:
    try:
        batch = decode_batch(message.payload)
    except MalformedMessageError as error:
        return Refusal(error.fault, error.detail)
    if batch.header.device != message.device:
        sender = message.device or "nobody we know"
        return Refusal(Fault.wrong_topic, f"the envelope names {batch.header.device}, the sender is {sender}")
    return batch
