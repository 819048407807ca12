"""The link of one life of the agent: the real ``readers.sending`` moved by virtual time, as ``readers.link`` moves it."""

from typing import TYPE_CHECKING

from contract.batch import encode_batch
from contract.errors import MalformedMessageError
from contract.receipts import Answer, Rejection, decode_answer
from contract.signatures import ForgedMessageError
from readers import sending
from readers.journal import JournalFailedError, ReceiptDivergesError
from readers.sending import Freshness
from tests.sim import city
from tests.sim.timeline import Ticket, to_micros

if TYPE_CHECKING:
    from tests.sim.box import Life


class Sender:
    """Sends what is pending and takes receipts."""

    def __init__(self, life: "Life") -> None:
        self._life = life
        upto_seq = life.journal.receipted_upto
        self._state = sending.Sender(confirmed=upto_seq, sent=upto_seq)
        self._freshness = Freshness()
        self._chance = life.box.chance
        self._wake: Ticket | None = None

    def on_connected(self) -> None:
        """The transport stands."""
        self._state = sending.step_connected(self._state, self._mono())
        self._go_on()

    def on_disconnected(self) -> None:
        """The transport is gone."""
        self._state = sending.step_disconnected(self._state)

    def on_appended(self, first_seq: int) -> None:
        """There are new records from ``first_seq`` on."""
        self._freshness.wrote(first_seq, self._mono())
        self._go_on()

    def on_answer(self, payload: bytes) -> None:
        """A receipt, a rejection, or something that somebody made up."""
        try:
            answer = decode_answer(payload)
            answer.require_signature(city.centre_key().public_key())
        except (MalformedMessageError, ForgedMessageError):
            return
        if answer.device != self._life.box.device:
            return
        if isinstance(answer, Rejection):
            self._state = sending.step_refused(self._state, self._mono(), self._chance.random())
        else:
            self._take_receipt(answer)
        self._go_on()

    def _take_receipt(self, receipt: Answer) -> None:
        life = self._life
        try:
            life.journal.record_receipt(receipt, life.box.clock.wall())
        except ReceiptDivergesError as error:
            life.box.trace.note(life.box.label, "diverges", error)
            if error.rolled_back:
                life.box.crash()
            return
        except JournalFailedError:
            return  # the process is on its way out
        self._state = sending.step_receipt(self._state, life.journal.receipted_upto, self._mono())

    def _go_on(self) -> None:
        """Send what may leave, and wake up when something may change by time alone."""
        life, mono = self._life, self._mono()
        journal = life.journal
        if life.is_over:
            return
        self._state = sending.step_time(self._state, mono, self._chance.random())
        while (wanted := sending.decide_batch(self._state, journal.next_seq - 1, mono)) is not None:
            try:
                rows = journal.pending(wanted.after_seq, wanted.limit, sending.BATCH_BYTES)
                previous = journal.head_at(wanted.after_seq)
            except JournalFailedError:
                return
            self._send(wanted.after_seq + 1, previous, [line for _, line in rows])
            self._state = sending.step_sent(self._state, rows[-1][0], mono)
        self._arm()

    def _send(self, first_seq: int, previous: bytes, lines: list[bytes]) -> None:
        life = self._life
        payload = encode_batch(
            city.device_key(life.box.device),
            device=life.box.device,
            epoch=life.journal.epoch,
            first_seq=first_seq,
            previous=previous,
            lines=lines,
            mode=self._freshness.mode_of(first_seq, self._mono()),
        )
        life.box.watch.on_signed(life.box.device, payload)
        life.port.send(payload)

    def _arm(self) -> None:
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        state = self._state
        due = state.hold_until_mono if state.sent == state.confirmed else state.progress_mono + sending.STALL_SECONDS
        if state.connected and state.confirmed < self._life.journal.next_seq - 1:
            wait = max(1000, to_micros(due - self._mono()) + 1)
            self._wake = self._life.later(wait, self._go_on)

    def _mono(self) -> float:
        return self._life.box.clock.monotonic()
