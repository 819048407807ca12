"""Journal and outputs as the agent reaches them: faults and death strike here, and the watch looks on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from contract.receipts import Receipt
from contract.records import encode_record
from domain.ids import AccessPointId, DoorId
from domain.verdict import Granted
from readers.drivers.port import CardSeen
from readers.events import Append, Recorded, Signal, Unrecorded
from readers.journal import Journal
from readers.words import Words

if TYPE_CHECKING:
    from tests.sim.life import Life


class DiedError(BaseException):
    """The process is gone at this line: no handler of its own may stop it."""


class WatchedJournal:
    """The journal as agent and link reach it: faults and death strike here, and the watch looks on."""

    def __init__(self, life: "Life", journal: Journal) -> None:
        self._life = life
        self._real = journal

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    def append(self, lines: Sequence[bytes], now: datetime) -> int:
        life = self._life
        life.step()
        last_seq = life.box.disk.append(self._real, lines, now)
        life.clock.ahead += life.box.disk.take_sync_time()
        life.box.trace.note(life.box.label, "recorded", f"{self._real.epoch} {last_seq}")
        life.step()
        return last_seq

    def record_receipt(self, receipt: Receipt, now: datetime) -> None:
        life = self._life
        life.step()
        self._real.record_receipt(receipt, now)
        life.box.watch.on_receipt_held(life.box.label, receipt.epoch, receipt.upto_seq, now)

    def prune(self, now: datetime, keep: timedelta) -> int:
        life = self._life
        life.step()
        pruned = self._real.prune(now, keep)
        if pruned:
            life.box.trace.note(life.box.label, "pruned", f"{self._real.epoch} {self._real.first_seq}")
            box = life.box
            box.watch.on_pruned(box.device, box.label, self._real.epoch, self._real.first_seq, before=now - keep)
        return pruned


class WatchedOutputs:
    """Lock, lamp and tone; what they tell people is held against the journal at that instant."""

    def __init__(self, life: "Life") -> None:
        self._life = life

    def release(self, door: DoorId, seconds: float) -> None:
        life = self._life
        life.step()
        life.box.trace.note(life.box.label, "opens", door)
        age, granted, egress = 1e9, False, False
        match life.agent.handling:
            case CardSeen(reader=reader, seen_mono=seen):
                age, egress = life.clock.now().mono - seen, reader == "out"
            case Recorded(append=Append(tap=tap)) | Unrecorded(append=Append(tap=tap)) if tap is not None:
                age, egress = life.clock.now().mono - tap.seen_mono, tap.egress
                granted = isinstance(tap.verdict, Granted)
        life.box.watch.on_pulse(life.box.device, age_seconds=age, granted=granted, egress=egress)

    def hold(self, door: DoorId) -> None:
        self._life.step()

    def relock(self, door: DoorId) -> None:
        self._life.step()

    def notice(self, point: AccessPointId) -> None:
        self._life.step()

    def present(self, point: AccessPointId, signal: Signal, words: Words) -> None:
        life = self._life
        life.step()
        life.box.trace.note(life.box.label, "shows", signal)
        match life.agent.handling:
            case Recorded(append=append, last_seq=seq) if signal in {"granted", "refused"}:
                line, epoch = encode_record(append.bodies[-1]), life.journal.epoch
                found = life.journal.pending(seq - 1, 1, 1 << 20)
                told = found[0][1] if found else None
                life.box.watch.on_recorded_tone(life.box.device, epoch, seq, line, found=told)
            case _ if signal in {"granted", "refused"}:
                life.box.watch.on_tone_without_record(life.box.device)

    def alarm(self, alarm: str, detail: str) -> None:
        self._life.step()
        self._life.box.trace.note(self._life.box.label, "alarm", f"{alarm} {detail}")
