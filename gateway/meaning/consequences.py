"""From a record's line to its row in the log and to what follows: punch, presence, alarm, notice. No database here.

The centre decides every tap again by the snapshot and the situation that the edge used; the person is the card's holder
in that snapshot, that is, at the time of the tap. A granted tap lets its holder in at once only where the door has no
contact; elsewhere the contact says whether the door was used (``gateway.meaning.passages``). What actuates or rings
anywhere is made from live records alone. It is one module because one record's consequences bear on each other's.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from contract.batch import Batch
from contract.cabinet_records import CABINET_BODIES, CabinetBody
from contract.records import (
    AccessEnded,
    AgentStarted,
    AlarmRaised,
    CommandAnswered,
    DoorModeChanged,
    DoorMoved,
    ReaderReported,
    TapObserved,
    ThreatChanged,
)
from domain.access.policy import AttendanceMeaning, PolicySnapshot
from domain.access.situation import Pin
from domain.attendance.adjustment import Cause
from domain.civil import civil_minute
from domain.ids import AccessPointId, CredentialToken
from domain.zones.facts import Factor
from gateway.intake.readings import Quarantine, Reading
from gateway.meaning.cabinet_events import CabinetEvent, name_event
from gateway.meaning.card_book import CardBook
from gateway.meaning.door_book import DoorBook, Stood
from gateway.meaning.event_words import tell
from gateway.meaning.passages import Ended, Entry, Together, has_rule
from gateway.meaning.restorations import DOWN, READER_DOWN
from gateway.meaning.second_decision import decide_again
from store.alarms import Alarm
from store.changed_days import ChangedDay, past_month_until
from store.commands import CommandAnswer
from store.month_checks import DoubtfulFact
from store.outbox import Notice
from store.presence import Presence
from store.punches import PunchFact
from store.records import QUARANTINED, Record
from store.terminal_seats import SeatTap
from store.threats import ThreatChange

LIVE_AGE_MAX = timedelta(seconds=30)
"""A record is live if its sender says so and it came within this of its own wall time."""

NOTICES_MAX = 50
"""Live notices of one device in one transaction; more become one summary."""

DURESS = "duress"
"""The alarm of a person who keys in that they are being forced; its subject is the access point."""

SHELTER_OPENED = "shelter_opened"
"""The alarm of a shelter that somebody opened with a card, without the centre; its subject is the device."""

ALARMING = frozenset(("forced_open", "held_open", "tampered", "fire_release"))
"""What a door says that somebody must look at, as alarms ``door_…``."""

_DIRECTIONS = {AttendanceMeaning.clock_in: "in", AttendanceMeaning.clock_out: "out", AttendanceMeaning.presence: "none"}


class _Place(NamedTuple):
    """Where a record stands in its journal, its bytes, and whether it is live and counts for pay and presence."""

    device: str
    epoch: int
    seq: int
    live: bool
    hash: bytes
    line: bytes
    counts: bool

    @property
    def name(self) -> str:
        """The record in an alarm's words."""
        return f"epoch {self.epoch} seq {self.seq}"

    def stood(self, at: datetime) -> Stood:
        """The same with the record's own time."""
        return Stood(self.device, self.epoch, self.seq, at)


@dataclass(slots=True)
class Consequences:
    """What follows from the records of one transaction, gathered while their rows stream into the log.

    ``seen`` are all entries, of which ``presences`` keeps each person's last, and ``seat_taps`` all grants.
    ``ended`` and ``together`` need the log itself (``gateway.meaning.passages``), ``live_taps`` the cards' desk
    (``gateway.meaning.card_news``), ``cabinets`` the ledger of keys (``gateway.meaning.cabinet_events``).
    """

    received_at: datetime
    policies: Mapping[int, PolicySnapshot]
    cards: CardBook = field(default_factory=CardBook)
    doors: DoorBook = field(default_factory=DoorBook)
    punches: list[PunchFact] = field(default_factory=list)
    presences: dict[str, Presence] = field(default_factory=dict)
    seen: list[Presence] = field(default_factory=list)
    seat_taps: list[SeatTap] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    together: list[Together] = field(default_factory=list)
    answers: list[CommandAnswer] = field(default_factory=list)
    live_taps: list[TapObserved] = field(default_factory=list)
    threats: list[ThreatChange] = field(default_factory=list)
    doubtful: list[DoubtfulFact] = field(default_factory=list)
    cabinets: list[CabinetEvent] = field(default_factory=list)
    _alarms: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    _late: list[tuple[str, datetime]] = field(default_factory=list)
    _past_until: datetime = field(init=False)
    _notices: dict[str, list[Notice]] = field(default_factory=dict)
    _places: list[Notice] = field(default_factory=list)
    _taken: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._past_until = past_month_until(self.received_at)

    def follow(self, batch: Batch, first_seq: int, readings: list[Reading], *, counts_below: int) -> Iterator[Record]:
        """Yield the rows of a batch's records from ``first_seq`` on, gathering what follows from each.

        Only records below ``counts_below`` lead to punches and presence (1: none; see ``fork``).
        """
        header = batch.header
        self._taken[header.device] = self._taken.get(header.device, 0) + len(readings)
        new = slice(first_seq - header.first_seq, None)
        claims_live = header.mode == "live"
        for seq, (reading, line, chain_hash) in enumerate(
            zip(readings, batch.lines[new], batch.hashes[new], strict=True), start=first_seq
        ):
            fresh = claims_live and not isinstance(reading, Quarantine) and self._is_fresh(reading.at)
            place = _Place(header.device, header.epoch, seq, fresh, chain_hash, line, seq < counts_below)
            if type(reading) is TapObserved:
                yield self._tap(place, reading)
            elif isinstance(reading, CABINET_BODIES):
                yield self._cabinet(place, reading)
            else:
                yield self._other(place, reading)

    def _is_fresh(self, at: datetime) -> bool:
        return abs(self.received_at - at) <= LIVE_AGE_MAX

    def _tap(self, place: _Place, tap: TapObserved) -> Record:
        policy = self.policies.get(tap.policy_version)
        holder = policy.credentials.get(CredentialToken(tap.credential)) if policy else None
        person = self.cards.person(holder, tap)
        if wanted := self.cards.alarm(holder, tap):
            self.raise_alarm(wanted, tap.access_point, f"{place.device} {place.name}")
        central = decide_again(policy, tap)
        if central is not None:
            differs = f"{tap.access_point}: {tap.reason}, {central} by policy {tap.policy_version}"
            self.raise_alarm("decision_differs", place.device, f"{place.name}: {differs}")
        self.doors.note_tap(place.stood(tap.at), tap.access_point)
        if person is not None and tap.granted and place.counts:
            if policy is not None:
                self._let_in(place, tap, policy, person)
            self._note_for_pay(place, tap, person)
        if tap.situation is not None and tap.situation.pin is Pin.duress and not tap.granted:
            self.raise_alarm(DURESS, tap.access_point, f"{place.device} {place.name}")  # else the edge raises it
        if place.live:
            self.live_taps.append(tap)
            told: dict[str, Any] = {"access_point": tap.access_point, "reader": tap.reader, "person": person}
            told |= {"granted": tap.granted, "reason": tap.reason}
            told |= {"soft": tap.soft} if tap.soft else {}
            self._notify_live(place, "tap.recorded", person or "", told, tap.at)
        return self._row(
            place,
            tap.kind,
            tap.at,
            access_point_id=tap.access_point,
            credential=tap.credential,
            person_id=person,
            granted=tap.granted,
            reason=tap.reason,
            policy_version=tap.policy_version,
            central_reason=central,
            subject=tap.access_point,
        )

    def _let_in(self, place: _Place, tap: TapObserved, policy: PolicySnapshot, person: str) -> None:
        """Punch for a granted tap; a door without a contact says no more, so that the grant itself lets in."""
        point = policy.points.get(AccessPointId(tap.access_point))
        if point is None:
            return
        keyed = tap.situation is not None and tap.situation.pin is Pin.right  # who is forced gets no more by it
        factor = Factor.card_pin if keyed else Factor.card
        self.seat_taps.append(SeatTap(tap.access_point, person, factor, tap.at))
        direction = _DIRECTIONS.get(point.attendance)
        if direction is not None:
            self.punches.append(PunchFact(*place[:3], person, tap.at, direction, tap.access_point))
        if not self.doors.has_contact(point.door):
            entry = Entry.through(point, person, tap.at, device=place.device, live=place.live)
            others = tap.situation.companions if tap.situation else 0
            if others and policy.areas[point.area_to].two_person:
                self.together.append(Together(*place[:3], tap.at, others, entry))
            self.enter(entry, tells=has_rule(policy, point))

    def _note_for_pay(self, place: _Place, tap: TapObserved, person: str) -> None:
        if tap.at < self._past_until:
            self._late.append((person, tap.at))
        if tap.clock == "unset":
            self.doubtful.append(DoubtfulFact(*place[:3], person, tap.at))

    def changed_days(self) -> set[ChangedDay]:
        """Give the days of months that may be over to which taps were added: they are counted again."""
        return {ChangedDay(person, civil_minute(at)[0], Cause.late_tap) for person, at in self._late}

    def _cabinet(self, place: _Place, body: CabinetBody) -> Record:
        """Say whose cards a cabinet tells of, as the policy had it; only what counts for pay reaches the ledger."""
        version, card = getattr(body, "policy_version", None), getattr(body, "credential", None)
        person, second = (self._holder(version, name) for name in (card, getattr(body, "second", None)))
        if place.counts:
            name = name_event(place.device, place.epoch, place.seq)
            self.cabinets.append(CabinetEvent(name, place.device, body, person, second))
        subject, word = tell(body, place.device)
        self._notify_live(place, body.kind, subject, {"word": word}, body.at)
        told = {"person_id": person, "credential": card, "granted": getattr(body, "granted", None)}
        return self._row(place, body.kind, body.at, **told, policy_version=version, subject=subject, reason=word)

    def _holder(self, version: int | None, card: str | None) -> str | None:
        policy = self.policies.get(version) if version is not None else None
        holder = policy.credentials.get(CredentialToken(card)) if policy is not None and card is not None else None
        return None if holder is None else holder.person

    def _other(self, place: _Place, reading: Reading) -> Record:  # noqa: C901 (one row a kind of record)
        match reading:
            case Quarantine():
                fault = f"{reading.fault.value}: {reading.detail}"
                self.raise_alarm("record_quarantined", place.device, f"{place.name}: {fault}")
                return self._row(place, QUARANTINED, None, fault=fault, subject=place.device)
            case AccessEnded() if place.counts:
                cause = place.device, place.epoch, reading.cause_seq
                self.ended.append(Ended(*cause, reading.at, taken=reading.taken, live=place.live))
            case DoorMoved() | DoorModeChanged():
                self._door(place, reading)
            case CommandAnswered():
                self.answers.append(CommandAnswer(reading.command, place.device, reading.obeyed, reading.cause))
            case ThreatChanged():
                self._threat(place, reading)
            case ReaderReported():
                self.doors.report_reader(place.stood(reading.at), reading.reader, reading.health, reading.cause)
                if reading.health in DOWN:
                    self.raise_alarm(READER_DOWN, reading.reader, f"{place.device} {place.name}: {reading.cause}")
                told = {"health": reading.health, "cause": reading.cause}
                self._notify_live(place, "reader.reported", reading.reader, told, reading.at)
            case AlarmRaised():
                duress = reading.alarm == DURESS and reading.detail
                where, detail = (reading.detail, place.name) if duress else (place.device, reading.detail)
                self.raise_alarm(reading.alarm, where, detail)
            case AgentStarted():
                self.doors.start_device(place.stood(reading.at))
                if reading.previous_epoch is not None:
                    replaced = f"epoch {place.epoch} follows {reading.previous_epoch}"
                    self.raise_alarm("storage_replaced", place.device, replaced)
        point = getattr(reading, "access_point", None)
        version = getattr(reading, "policy_version", None)
        subject, word = tell(reading, place.device)
        known = {"access_point_id": point, "policy_version": version, "subject": subject, "reason": word}
        return self._row(place, reading.kind, reading.at, **known)

    def _door(self, place: _Place, told: DoorMoved | DoorModeChanged) -> None:
        self.doors.move_door(place.stood(told.at), told)
        if isinstance(told, DoorModeChanged):
            mode = {"mode": told.mode.value, "source": told.source}
            self._notify_live(place, told.kind, told.door, mode, told.at)
            return
        if told.state in ALARMING:
            self.raise_alarm(f"door_{told.state}", told.door, f"{place.device} {place.name}")
        self._notify_live(place, told.kind, told.door, {"state": told.state}, told.at)

    def _threat(self, place: _Place, told: ThreatChanged) -> None:
        change = ThreatChange(
            *place[:3],
            changed_at=told.at,
            level=told.level.value,
            source=told.source,
            declared_at=told.declared_at,
            until=told.until,
            cause_seq=told.cause_seq,
        )
        self.threats.append(change)
        if told.source == "card":
            self.raise_alarm(SHELTER_OPENED, place.device, place.name)
        self._notify_live(place, told.kind, place.device, {"level": told.level.value}, told.at)

    def _row(self, place: _Place, kind: str, at: datetime | None, **known: Any) -> Record:
        device, epoch, seq, live, chain_hash, line, _ = place
        return Record(device, epoch, seq, kind, at, self.received_at, live, chain_hash, line, **known)

    def enter(self, entry: Entry, *, tells: bool) -> None:
        """Take in that somebody is in an area now; ``tells``: other controllers must know, if it is live."""
        new = Presence(entry.person, entry.area, entry.access_point, entry.at)
        self.seen.append(new)
        known = self.presences.get(entry.person)
        if known is None or (known.since_at, known.access_point_id) < (new.since_at, new.access_point_id):
            self.presences[entry.person] = new
        if tells and entry.live:
            self._places.append(entry.notice())

    def raise_alarm(self, kind: str, subject: str, detail: str) -> None:
        """Note an alarm; many of a kind about one subject become one with their number."""
        first, count = self._alarms.get((kind, subject), (detail, 0))
        self._alarms[kind, subject] = first, count + 1

    def alarms(self) -> list[Alarm]:
        """Give one alarm for each kind and subject."""
        return [
            Alarm(kind, subject, first if count == 1 else f"{first} (+{count - 1})")
            for (kind, subject), (first, count) in self._alarms.items()
        ]

    def _notify_live(self, place: _Place, kind: str, subject: str, told: Mapping[str, Any], at: datetime) -> None:
        if place.live:
            told = {"device": place.device, "at": at.isoformat(), **told}
            self._notices.setdefault(place.device, []).append(Notice(kind, subject, json.dumps(told)))

    def notices(self) -> Sequence[Notice]:
        """Give the notices in order: each live one, and one for all that a device caught up with; then the places."""
        told: list[Notice] = []
        for device, taken in self._taken.items():
            live = self._notices.get(device, [])
            if live and len(live) <= NOTICES_MAX:
                told += live
            else:
                told.append(Notice("device.caught_up", device, json.dumps({"records": taken})))
        return [*told, *self._places]
