"""Journal and outputs as the agent reaches them: faults and death strike here, and the watch looks on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from contract.receipts import Receipt
from contract.records import TapObserved, decode_record, encode_record
from domain.ids import AccessPointId, DoorId
from readers.drivers.port import CardSeen, InputMoved
from readers.events import (
    Append,
    CommandCame,
    PolicyConfirmed,
    PolicyTook,
    Recalled,
    Recorded,
    Resumed,
    Signal,
    Started,
    TimePassed,
    Unrecorded,
)
from readers.journal import Journal
from readers.policy_cache import HeldPolicy
from readers.words import Words
from tests.sim.key_room import LOCKS

if TYPE_CHECKING:
    from tests.sim.life import Life

_TELLING = (b'"kind":"command.answered"', b'"kind":"tap.observed"', b'"kind":"access.ended"')
BY_TIME = (TimePassed, PolicyTook, PolicyConfirmed, Resumed, Started)
"""Events at which hours begin and end."""


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
        for line in lines:
            if any(kind in line for kind in _TELLING):
                life.box.watch.doors.on_recorded(life.box, decode_record(line))
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
        box, watch = life.box, life.box.watch.doors
        box.trace.note(box.label, "opens", door)
        was_free = box.locks.is_free(door, life.clock.ahead)
        box.locks.release(door, seconds, life.clock.ahead)
        box.on_released(door)
        watch.on_pulse(box, door, seconds)
        if door in LOCKS:
            box.watch.keys.on_freed(box, door, life.agent.handling, life.clock.now().mono)
            return
        match life.agent.handling:
            case CardSeen(reader="out") | InputMoved(input="exit" | "lab-exit"):
                return
            case Recorded(append=Append(tap=tap, bodies=(TapObserved() as body,))) if tap is not None:
                watch.on_tap_opens(box, body, life.clock.now().mono - tap.seen_mono)
            case Unrecorded(append=Append(tap=tap, bodies=(TapObserved() as body,))) if tap is not None:
                watch.on_tap_opens(box, body, life.clock.now().mono - tap.seen_mono)
            case Recorded(append=Append(command=command)) if command is not None:
                watch.on_command_frees(box, command, door)
            case other if not was_free:
                watch.on_freed_by_nobody(box, door, type(other).__name__)

    def hold(self, door: DoorId) -> None:
        life = self._life
        life.step()
        box, watch = life.box, life.box.watch.doors
        box.trace.note(box.label, "holds", door)
        box.locks.hold(door)
        match life.agent.handling:
            case InputMoved(input="fire") | Recalled():
                return
            case Recorded(append=Append(command=command)) if command is not None:
                watch.on_command_holds(box, command)
            case HeldPolicy():
                return
            case event if isinstance(event, BY_TIME):
                watch.on_hours_hold(box, door)
            case CommandCame():
                return  # what a command that locks uncovers, a fire for one, stood before
            case other:
                watch.on_freed_by_nobody(box, door, type(other).__name__)

    def relock(self, door: DoorId) -> None:
        life = self._life
        life.step()
        life.box.trace.note(life.box.label, "locks", door)
        life.box.locks.secure(door)

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
