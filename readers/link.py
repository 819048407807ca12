"""The thread that brings the journal to the centre. The rules of when and what are in :mod:`readers.sending`.

It hears of new records, of the transport and of time through one queue, reads the journal under its short lock, and
believes an answer only by the centre's signature. What a person must look at is said once, not once a try. It is one
module because a turn of its loop is understood as a whole or not at all.
"""

import logging
import queue
import random
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contract.batch import encode_batch
from contract.errors import MalformedMessageError
from contract.receipts import Receipt, Rejection, decode_answer
from contract.signatures import ForgedMessageError
from contract.status import DeviceBorn, DeviceLost
from domain.ids import DeviceId
from readers import sending
from readers.clock import Clock
from readers.events import AlarmFound
from readers.journal import Journal, JournalFailedError, ReceiptDivergesError
from readers.space import ALARM_FRACTION, Reserve, assess_fullness
from readers.transports.port import (
    Arrived,
    Connected,
    Disconnected,
    Overloaded,
    PolicyMessage,
    Refused,
    Transport,
    TransportEvent,
)

ALARM_AGAIN_SECONDS = 3600.0
UPKEEP_SECONDS = 60.0
EPOCH_OF_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
"""The centre's time before it has said any."""

_WAIT_SECONDS_MAX = 1.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are to the centre and by which key we know it."""

    device: DeviceId
    device_key: Ed25519PrivateKey
    centre_key: Ed25519PublicKey
    software: str


@dataclass(frozen=True, slots=True)
class Written:
    """Records from ``first_seq`` on were written at ``mono``."""

    first_seq: int
    mono: float


class Link:
    """Sends what is pending, takes receipts, looks after the journal's upkeep."""

    def __init__(
        self,
        journal: Journal,
        transport: Transport,
        identity: Identity,
        *,
        keep: timedelta,
        reserve: Reserve,
        state_dir: Path,
        found: Callable[[AlarmFound], None],
        hear_policy: Callable[[PolicyMessage, bytes], None],
        offer_command: Callable[[bytes], None],
        policy_edition: Callable[[], tuple[int, datetime | None]],
        clock: Clock,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._journal = journal
        self._transport = transport
        self._identity = identity
        self._keep = keep
        self._reserve = reserve
        self._state_dir = state_dir
        self._found = found
        self._hear_policy = hear_policy
        self._offer_command = offer_command
        self._policy_edition = policy_edition
        self._clock = clock
        self._chance = chance
        self._heard: queue.SimpleQueue[TransportEvent | Written | None] = queue.SimpleQueue()
        self._freshness = sending.Freshness()
        self._sender = sending.Sender(journal.receipted_upto, journal.receipted_upto)
        self._session = ""
        self._quiet_until_mono: dict[str, float] = {}
        self._status_due_mono = 0.0
        self._told_policy_version = 0
        self._centre_at = EPOCH_OF_UNIX
        self._upkeep_due_mono = 0.0
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)

    def start(self) -> None:
        """Start the thread and the transport."""
        self._thread.start()
        self._transport.start(self._heard.put, self._new_will)

    def wrote(self, first_seq: int, mono: float) -> None:
        """Records from ``first_seq`` on are in the journal; returns at once."""
        self._heard.put(Written(first_seq, mono))

    @property
    def is_heard(self) -> bool:
        """Tell whether the centre has receipted something in this life."""
        return self._centre_at > EPOCH_OF_UNIX

    @property
    def centre_at(self) -> datetime:
        """Give the last time that the centre signed, EPOCH_OF_UNIX before it has said any."""
        return self._centre_at

    def stop(self) -> None:
        """End the thread and the transport."""
        self._heard.put(None)
        if self._thread.is_alive():
            self._thread.join(5)
        self._transport.stop()

    def _new_will(self) -> bytes:
        self._session = secrets.token_hex(8)
        will = DeviceLost(device=self._identity.device, session=self._session)
        return will.signed(self._identity.device_key).encoded()

    def _run(self) -> None:
        try:
            while self._hear():
                mono = self._clock.now().mono
                self._sender = sending.step_time(self._sender, mono, self._chance())
                self._send_status(mono)
                self._send_records()
                self._look_after(mono)
        except JournalFailedError as error:
            # The next append meets the same refusal and ends the agent; telling it now spares the wait.
            self._found(AlarmFound("journal_failed", str(error)))

    def _hear(self) -> bool:
        """Handle everything that came; gives whether to go on."""
        try:
            heard = self._heard.get(timeout=_WAIT_SECONDS_MAX)
        except queue.Empty:
            return True
        while heard is not None:
            self._handle(heard)
            if self._heard.empty():
                return True
            heard = self._heard.get()
        return False

    def _handle(self, heard: TransportEvent | Written) -> None:
        mono = self._clock.now().mono
        match heard:
            case Written():
                self._freshness.wrote(heard.first_seq, heard.mono)
            case Arrived(what=("pointer" | "offer" | "part") as what):
                self._hear_policy(what, heard.payload)
            case Arrived(what="command"):
                self._offer_command(heard.payload)
            case Arrived():
                self._take_answer(heard.payload, mono)
            case Connected():
                self._sender = sending.step_connected(self._sender, mono)
                self._status_due_mono = mono
            case Disconnected():
                self._sender = sending.step_disconnected(self._sender)
                _log.warning("no connection: %s", heard.cause)
            case Refused():
                self._sender = sending.step_refused(self._sender, mono, self._chance())
                self._say_once("link_refused", heard.cause)
            case Overloaded():
                self._sender = sending.step_overloaded(self._sender, heard.seconds, mono, self._chance())

    def _take_answer(self, payload: bytes, mono: float) -> None:
        try:
            answer = decode_answer(payload)
            answer.require_signature(self._identity.centre_key)
        except (MalformedMessageError, ForgedMessageError) as error:
            self._say_once("answer_not_trusted", str(error))
            return
        if answer.device != self._identity.device:
            self._say_once("answer_not_trusted", f"it is for device {answer.device}")
        elif isinstance(answer, Rejection):
            self._sender = sending.step_refused(self._sender, mono, self._chance())
            self._say_once("batch_rejected", f"{answer.reason}: {answer.detail}")
        elif answer.epoch == self._journal.epoch:
            self._centre_at = max(self._centre_at, answer.issued_at)
            self._take_receipt(answer, mono)

    def _take_receipt(self, receipt: Receipt, mono: float) -> None:
        try:
            self._journal.record_receipt(receipt, self._clock.now().at)
        except ReceiptDivergesError as error:
            self._say_once("storage_rolled_back" if error.rolled_back else "receipt_diverges", str(error))
            self._sender = sending.step_refused(self._sender, mono, self._chance())
            return
        self._sender = sending.step_receipt(self._sender, self._journal.receipted_upto, mono)

    def _send_status(self, mono: float) -> None:
        policy_version, issued_at = self._policy_edition()
        if not self._sender.connected or (mono < self._status_due_mono and policy_version == self._told_policy_version):
            return
        self._status_due_mono = mono + self._transport.status_seconds
        self._told_policy_version = policy_version
        born = DeviceBorn(
            device=self._identity.device,
            session=self._session or "stateless",
            epoch=self._journal.epoch,
            first_seq=self._journal.first_seq,
            next_seq=self._journal.next_seq,
            pending=self._journal.next_seq - 1 - self._journal.receipted_upto,
            policy_version=policy_version,
            software=self._identity.software,
            at=self._clock.now().at,
            policy_issued_at=issued_at,
        )
        self._transport.send_status(born.signed(self._identity.device_key).encoded())

    def _send_records(self) -> None:
        mono = self._clock.now().mono
        while wanted := sending.decide_batch(self._sender, self._journal.next_seq - 1, mono):
            rows = self._journal.pending(wanted.after_seq, wanted.limit, sending.BATCH_BYTES)
            first_seq, last_seq = rows[0][0], rows[-1][0]
            payload = encode_batch(
                self._identity.device_key,
                device=self._identity.device,
                epoch=self._journal.epoch,
                first_seq=first_seq,
                previous=self._journal.head_at(first_seq - 1),
                lines=[line for _, line in rows],
                mode=self._freshness.mode_of(first_seq, mono),
            )
            self._transport.send_batch(payload)
            self._sender = sending.step_sent(self._sender, last_seq, mono)

    def _look_after(self, mono: float) -> None:
        self._journal.checkpoint()
        if self._reserve.given_up:
            self._say_once("journal_reserve_used", "the disk is full; make room")
        if mono < self._upkeep_due_mono:
            return
        self._upkeep_due_mono = mono + UPKEEP_SECONDS
        # By the centre's signed time too: a wall clock that runs ahead alone must not end the keep-period.
        self._journal.prune(min(self._clock.now().at, self._centre_at), self._keep)
        fullness = assess_fullness(self._state_dir)
        if fullness >= ALARM_FRACTION:
            self._say_once("disk_nearly_full", f"{fullness:.0%} of the disk that holds the journal is used")
        else:
            self._reserve.ensure()

    def _say_once(self, alarm: str, detail: str) -> None:
        """Raise an alarm, each kind at most once in a while: an alarm is a record too, and may not feed itself."""
        mono = self._clock.now().mono
        if mono >= self._quiet_until_mono.get(alarm, mono):
            self._quiet_until_mono[alarm] = mono + ALARM_AGAIN_SECONDS
            self._found(AlarmFound(alarm, detail))
