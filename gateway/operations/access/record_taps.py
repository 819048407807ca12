"""Hop 6: the journals' records into the log, and everything that follows from them, in one transaction.

Set by set, whatever the number of batches and devices: lock the devices, see where each journal stands, read the new
bodies, stream their rows, then punches, presence, alarms, notices and watermarks. Nothing here answers a device:
receipts are signed by the shell, after the commit. It is one module because the steps of one transaction are read
together.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import chain

from contract.batch import Batch
from contract.cabinet_records import CabinetAsked, KeyMisplaced, KeyRemoved, KeyRemovedUnauthorised, KeyReturned
from contract.chain import chain_start
from contract.errors import Fault
from contract.records import DoorModeChanged, DoorMoved, TapObserved
from domain.access.policy import PolicySnapshot
from domain.access.watermark import Advance, Fork, Progress, Watermark, advance, fork_seq
from domain.attendance.adjustment import Cause
from domain.civil import civil_minute
from domain.ids import DeviceId
from gateway.intake.outcomes import KEY_REPLACED, REVOKED_DEVICE, UNKNOWN_DEVICE, Outcome, Refusal, Taken, VerifiedBatch
from gateway.intake.readings import Quarantine, Reading, read_line
from gateway.meaning.cabinet_events import follow_cabinets
from gateway.meaning.card_book import CardBook, load_card_book
from gateway.meaning.card_news import follow_cards
from gateway.meaning.consequences import Consequences
from gateway.meaning.door_book import DoorBook
from gateway.meaning.passages import name_moved, settle_passages
from gateway.meaning.restorations import list_restored
from gateway.policy.names import DeviceNames
from gateway.policy.policy_shelf import PolicyShelf
from store.alarms import insert_alarms, restore_alarms
from store.changed_days import ChangedDay, mark_changed
from store.commands import save_answers
from store.devices import Device, DeviceState, save_device_state
from store.door_states import load_door_facts, save_door_facts, save_last_taps, save_reader_facts
from store.last_seen import delete_seen, save_seen
from store.month_checks import insert_doubtful_taps
from store.outbox import Notice, insert_notices
from store.presence import delete_presences, save_presences
from store.punches import delete_punches, insert_punches
from store.records import insert_records, load_hash_range, load_hashes
from store.terminal_seats import bind_seats
from store.threats import insert_threat_changes, save_threat_answers
from store.tx import Tx
from store.watermarks import (
    HeldJournal,
    JournalKey,
    insert_fork,
    load_journals,
    lock_devices,
    save_journals,
)

NO_SEQ = 2**63
"""Beyond every seq."""

AdvanceRule = Callable[[Watermark, int, Sequence[bytes], Mapping[int, bytes]], Progress]


def record_batches(
    tx: Tx,
    batches: Sequence[VerifiedBatch],
    shelf: PolicyShelf,
    *,
    names: DeviceNames | None = None,
    desk_readers: Collection[str] = (),
    advance: AdvanceRule = advance,
) -> list[Outcome]:
    """Take what is new of the batches into the log; gives an outcome for each, in their order.

    Batches of one journal may come in any order, repeat and overlap. Two transactions at once take every record once.
    With ``names`` devices speak of cards by names of their own; without, by the site's tokens. A visitor's card held to
    one of ``desk_readers`` is given back.
    """
    standing = _load_standing(tx, batches)
    plan: dict[int, _New] = {}
    refusals: dict[int, Refusal] = {}
    consequences = Consequences(tx.now, {})
    for index in sorted(range(len(batches)), key=lambda index: batches[index].batch.header.first_seq):
        outcome = _place(tx, batches[index], standing, consequences, advance)
        if isinstance(outcome, Refusal):
            refusals[index] = outcome
        elif outcome is not None:
            plan[index] = outcome if names is None else _resolve(outcome, names)
    _take(tx, list(plan.values()), standing, consequences, shelf)
    enrolled = follow_cards(tx, consequences.live_taps, desk_readers=desk_readers)
    insert_notices(tx, enrolled)
    return [
        refusals.get(index) or _taken(verified, standing, plan.get(index)) for index, verified in enumerate(batches)
    ]


@dataclass(slots=True)
class _Standing:
    """How devices and journals stand: as loaded under the lock, then as moved by the batches placed so far."""

    devices: dict[DeviceId, Device]
    journals: dict[JournalKey, HeldJournal]
    held: dict[JournalKey, dict[int, bytes]]
    quarantined: set[DeviceId] = field(default_factory=set)
    moved: set[JournalKey] = field(default_factory=set)

    def counts_below(self, journal: JournalKey) -> int:
        """Give the seq from which the journal's records count for nobody's pay."""
        if self.devices[journal[0]].state is not DeviceState.active or journal[0] in self.quarantined:
            return 1
        return self.journals[journal].forked_from_seq or NO_SEQ


@dataclass(frozen=True, slots=True)
class _New:
    """The records of a batch that are new, read."""

    batch: Batch
    first_seq: int
    readings: list[Reading]


def _load_standing(tx: Tx, batches: Sequence[VerifiedBatch]) -> _Standing:
    keys = {verified.journal for verified in batches}
    devices = lock_devices(tx, {device for device, _ in keys})
    found = load_journals(tx, keys)
    journals = {
        key: found.get(key) or HeldJournal(Watermark(0, chain_start(*key))) for key in keys if key[0] in devices
    }
    held = {key: {journal.watermark.upto_seq: journal.watermark.head} for key, journal in journals.items()}
    early = [
        (*verified.journal, verified.batch.last_seq)
        for verified in batches
        if verified.journal in journals and verified.batch.last_seq < journals[verified.journal].watermark.upto_seq
    ]
    for (device, epoch, seq), known in load_hashes(tx, early).items():
        held[device, epoch][seq] = known
    return _Standing(devices, journals, held)


def _place(
    tx: Tx, verified: VerifiedBatch, standing: _Standing, consequences: Consequences, advance: AdvanceRule
) -> _New | Refusal | None:
    """Move the journal's watermark by one batch; gives its new records, a refusal, or None for a repeat or a gap."""
    key, batch = verified.journal, verified.batch
    device = standing.devices.get(key[0])
    if device is None:
        return UNKNOWN_DEVICE
    if device.state is DeviceState.revoked:
        return REVOKED_DEVICE
    if device.public_key != verified.public_key:
        return KEY_REPLACED
    journal, held = standing.journals[key], standing.held[key]
    hashes = (bytes.fromhex(batch.header.previous), *batch.hashes)
    progress = advance(journal.watermark, batch.header.first_seq, hashes, held)
    if isinstance(progress, Fork):
        return _keep_fork(tx, verified, hashes, standing, consequences)
    if not isinstance(progress, Advance):
        return None
    readings = [read_line(line) for line in batch.lines[progress.first_new_seq - batch.header.first_seq :]]
    held.update(zip(range(batch.header.first_seq - 1, batch.last_seq + 1), hashes, strict=True))
    complete_through_at = _last_at(readings) or journal.complete_through_at
    standing.journals[key] = replace(journal, watermark=progress.watermark, complete_through_at=complete_through_at)
    standing.moved.add(key)
    return _New(batch, progress.first_new_seq, readings)


def _resolve(new: _New, names: DeviceNames) -> _New:
    return replace(new, readings=names.resolve(DeviceId(new.batch.header.device), new.readings))


def _last_at(readings: list[Reading]) -> datetime | None:
    return next((reading.at for reading in reversed(readings) if not isinstance(reading, Quarantine)), None)


def _keep_fork(
    tx: Tx, verified: VerifiedBatch, hashes: Sequence[bytes], standing: _Standing, consequences: Consequences
) -> Refusal:
    """Keep the second history as evidence, quarantine the device, take back the punches that no longer count."""
    key, batch = verified.journal, verified.batch
    journal = standing.journals[key]
    shared_seq = min(batch.last_seq, journal.watermark.upto_seq)
    held = load_hash_range(tx, key, batch.header.first_seq - 1, shared_seq) | standing.held[key]
    from_seq = fork_seq(batch.header.first_seq, hashes, held)
    detail = f"epoch {key[1]} seq {from_seq}: two histories are signed"
    if from_seq < (journal.forked_from_seq or NO_SEQ):  # the same evidence again says nothing new
        insert_fork(tx, key, from_seq, b"\n".join([batch.header.encoded(), *batch.lines]))
        gone = delete_punches(tx, key, from_seq)
        mark_changed(tx, (ChangedDay(who, civil_minute(at)[0], Cause.disputed) for who, at in gone))
        standing.journals[key] = replace(journal, forked_from_seq=from_seq)
        consequences.raise_alarm("fork", key[0], detail)
    if standing.devices[key[0]].state is DeviceState.active and key[0] not in standing.quarantined:
        save_device_state(tx, key[0], DeviceState.quarantined)
        standing.quarantined.add(key[0])
    return Refusal(Fault.fork, detail)


def _take(tx: Tx, plan: Sequence[_New], standing: _Standing, consequences: Consequences, shelf: PolicyShelf) -> None:
    """Write everything that the plan's records lead to."""
    consequences.policies = _load_policies(tx, plan, shelf)
    consequences.cards = _load_cards(tx, plan, consequences.policies)
    consequences.doors = _load_doors(tx, plan)
    insert_records(
        tx,
        chain.from_iterable(
            consequences.follow(
                new.batch,
                new.first_seq,
                new.readings,
                counts_below=standing.counts_below((DeviceId(new.batch.header.device), new.batch.header.epoch)),
            )
            for new in plan
        ),
    )
    insert_punches(tx, consequences.punches)
    insert_doubtful_taps(tx, consequences.doubtful)
    mark_changed(tx, consequences.changed_days())
    _move_people(tx, consequences, shelf)
    _move_doors(tx, consequences.doors)
    follow_cabinets(tx, consequences.cabinets)
    answered = [Notice("command.answered", request, "{}") for request in save_answers(tx, consequences.answers)]
    answered += [
        Notice("threat.answered", declared, "{}") for declared in save_threat_answers(tx, consequences.answers)
    ]
    insert_threat_changes(tx, consequences.threats)
    raised = insert_alarms(tx, consequences.alarms())
    restore_alarms(tx, list_restored(consequences.doors.doors(), consequences.doors.readers()))
    rung = [Notice("alarm.raised", alarm.subject, f'{{"kind":"{alarm.kind}"}}') for alarm in raised]
    insert_notices(tx, [*consequences.notices(), *answered, *rung])
    save_journals(tx, {key: standing.journals[key] for key in standing.moved})


def _move_people(tx: Tx, consequences: Consequences, shelf: PolicyShelf) -> None:
    """Keep where people are, now that the taps which doors spoke of are in the log."""
    settled = settle_passages(tx, consequences.ended, consequences.together, partial(shelf.load_readable, tx))
    for entry, tells in settled.entries:
        consequences.enter(entry, tells=tells)
    save_presences(tx, consequences.presences.values())
    save_seen(tx, consequences.seen)
    delete_presences(tx, settled.undone)
    delete_seen(tx, settled.undone)
    bind_seats(tx, consequences.seat_taps)
    moved = {here.person_id for here in (*consequences.seen, *settled.undone)}
    moved |= {tap.person_id for tap in consequences.seat_taps}
    insert_notices(tx, name_moved(moved))


def _move_doors(tx: Tx, doors: DoorBook) -> None:
    save_door_facts(tx, doors.doors())
    save_reader_facts(tx, doors.readers())
    save_last_taps(tx, doors.taps())


def _load_doors(tx: Tx, plan: Sequence[_New]) -> DoorBook:
    if not plan:
        return DoorBook()
    told = {
        reading.door for new in plan for reading in new.readings if isinstance(reading, DoorMoved | DoorModeChanged)
    }
    devices = {new.batch.header.device for new in plan}
    return DoorBook(load_door_facts(tx, device_ids=devices, door_ids=told).values())


def _load_cards(tx: Tx, plan: Sequence[_New], policies: Mapping[int, PolicySnapshot]) -> CardBook:
    taps = [reading for new in plan for reading in new.readings if isinstance(reading, TapObserved)]
    return load_card_book(tx, taps, policies.keys())


_NAMING = TapObserved | CabinetAsked | KeyRemoved | KeyReturned | KeyMisplaced | KeyRemovedUnauthorised
"""What names a card by a policy: whose it is stands there."""


def _load_policies(tx: Tx, plan: Sequence[_New], shelf: PolicyShelf) -> dict[int, PolicySnapshot]:
    versions = {reading.policy_version for new in plan for reading in new.readings if isinstance(reading, _NAMING)}
    found = {version: shelf.load_readable(tx, version) for version in sorted(versions)}
    return {version: policy for version, policy in found.items() if policy is not None}


def _taken(verified: VerifiedBatch, standing: _Standing, new: _New | None) -> Taken:
    device, epoch = verified.journal
    watermark = standing.journals[device, epoch].watermark
    if new is None:
        return Taken(device, epoch, watermark)
    faults = Counter(isinstance(reading, Quarantine) for reading in new.readings)
    return Taken(device, epoch, watermark, len(new.readings), faults[True])
