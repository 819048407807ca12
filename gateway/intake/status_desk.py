"""Births and wills, whichever way they came: checked, kept, answered. A birth's answer is the receipt it missed."""

from collections.abc import Callable, Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.errors import Fault, MalformedMessageError
from contract.receipts import Answer
from contract.signatures import ForgedMessageError
from contract.status import DeviceBorn, DeviceStatus, decode_device_status
from domain.ids import DeviceId
from gateway.intake.answers import sign_receipt, sign_rejection
from gateway.intake.key_book import KeyBook
from gateway.intake.messages import Message
from gateway.intake.outcomes import FORGED, UNKNOWN_DEVICE, Refusal, Taken
from gateway.operations.access.record_status import record_birth, record_loss
from gateway.operations.access.refuse_messages import refuse_messages
from gateway.policy.heard_editions import HeardEditions, is_issued
from store.tx import Store, Tx

STATUS_BYTES_MAX = 16 * 1024


class StatusDesk:
    """Takes device statuses; callable from any thread. ``heard`` hears of editions that are not the database's."""

    def __init__(
        self,
        store: Store,
        signing_key: Ed25519PrivateKey,
        now: Callable[[], datetime],
        *,
        keys: KeyBook,
        heard: HeardEditions | None = None,
        committed: Callable[[], None] = lambda: None,
    ) -> None:
        self._heard = heard or HeardEditions()
        self._store = store
        self._signing_key = signing_key
        self._now = now
        self._keys = keys
        self._committed = committed

    def take(self, messages: Sequence[Message]) -> list[Answer | None]:
        """Keep the statuses in one transaction; gives each one's answer, None for a will.

        Raises what the database raised; nothing was taken then.
        """
        checked = [self._check(message) for message in messages]
        with self._store.transaction(self._now()) as tx:
            outcomes = [
                found if isinstance(found, Refusal) else self._record(tx, *found)
                for message, found in zip(messages, checked, strict=True)
            ]
            refuse_messages(tx, zip(messages, outcomes, strict=True))
        self._committed()
        return [self._answer(message, outcome) for message, outcome in zip(messages, outcomes, strict=True)]

    def _check(self, message: Message) -> tuple[DeviceStatus, str] | Refusal:
        if len(message.payload) > STATUS_BYTES_MAX:
            return Refusal(Fault.oversize, f"{len(message.payload)} bytes; a status holds at most {STATUS_BYTES_MAX}")
        try:
            status = decode_device_status(message.payload)
        except MalformedMessageError as error:
            return Refusal(error.fault, error.detail)
        if status.device != message.device:
            return Refusal(Fault.wrong_topic, f"the status names {status.device}, the sender is {message.device}")
        public_key = self._verify(status)
        if public_key is None:  # unknown, forged, or the key was replaced since: the table decides
            self._keys.refresh([DeviceId(status.device)], self._now())
            public_key = self._verify(status)
        if public_key is None:
            return FORGED if self._keys.find(DeviceId(status.device)) else UNKNOWN_DEVICE
        return status, public_key

    def _verify(self, status: DeviceStatus) -> str | None:
        known = self._keys.find(DeviceId(status.device))
        if known is None:
            return None
        try:
            status.require_signature(known.key)
        except ForgedMessageError:
            return None
        return known.text

    def _record(self, tx: Tx, status: DeviceStatus, public_key: str) -> Taken | Refusal | None:
        if not isinstance(status, DeviceBorn):
            return record_loss(tx, status, public_key)
        outcome = record_birth(tx, status, public_key)
        if isinstance(outcome, Taken) and not is_issued(tx, status.policy_version, status.policy_issued_at):
            self._heard.note(status.policy_version)
        return outcome

    def _answer(self, message: Message, outcome: Taken | Refusal | None) -> Answer | None:
        if isinstance(outcome, Taken):
            return sign_receipt(outcome, self._signing_key, self._now())
        if outcome is None or message.device is None:
            return None
        return sign_rejection(message.device, outcome, self._signing_key, self._now())
