"""From a record's line to its row in the log and to what follows: punch, presence, alarm, notice. No database here.

The centre decides every tap again by the snapshot that the edge used; the person is the card's holder in that
snapshot, that is, at the time of the tap. What actuates or rings anywhere is made from live records alone.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from contract.batch import Batch
from contract.errors import Fault, MalformedMessageError
from contract.records import AgentStarted, AlarmRaised, Body, DoorMoved, ReaderReported, TapObserved, decode_record
from domain.access.decide import Tap, decide
from domain.access.policy import AttendanceMeaning, PolicySnapshot
from domain.ids import AccessPointId, CredentialToken
from domain.verdict import Denied, Reason
from gateway.plain_text import plain_text
from store.alarms import Alarm
from store.outbox import Notice
from store.presence import Presence
from store.punches import PunchFact
from store.records import QUARANTINED, Record

LIVE_AGE_MAX = timedelta(seconds=30)
"""A record is live if its sender says so and it came within this of its own wall time."""

NOTICES_MAX = 50
"""Live notices of one device in one transaction; more become one summary."""

NO_POLICY = 0
"""The version that an edge names which was never given a policy: it refuses every card as ``policy_stale``."""

POLICY_UNKNOWN = "policy_unknown"
"""The centre's reason where the edge names a version that was never published."""

_DIRECTIONS = {AttendanceMeaning.clock_in: "in", AttendanceMeaning.clock_out: "out", AttendanceMeaning.presence: "none"}


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A body that could not be read, and why; the record itself is identified and counts as received."""

    fault: Fault
    detail: str


Reading = Body | Quarantine


def read_line(line: bytes) -> Reading:
    """Read a record's body; a broken one is a Quarantine, never an error."""
    try:
        body = decode_record(line)
    except MalformedMessageError as error:
        return Quarantine(error.fault, plain_text(error.detail))
    except OverflowError:
        return Quarantine(Fault.invalid_body, "at: an instant outside of the calendar")
    if b"\\u0000" in line and any("\0" in value for _, value in body if isinstance(value, str)):
        # Lawful JSON, and the one character that PostgreSQL does not keep in a text.
        return Quarantine(Fault.invalid_body, "a text holds the character U+0000")
    return body


class _Place(NamedTuple):
    """Where a record stands in its journal, its bytes, and whether it is live."""

    device: str
    epoch: int
    seq: int
    live: bool
    hash: bytes
    line: bytes

    @property
    def name(self) -> str:
        """The record in an alarm's words."""
        return f"epoch {self.epoch} seq {self.seq}"


@dataclass(slots=True)
class Consequences:
    """What follows from the records of one transaction, gathered while their rows stream into the log."""

    received_at: datetime
    policies: Mapping[int, PolicySnapshot]
    punches: list[PunchFact] = field(default_factory=list)
    presences: dict[str, Presence] = field(default_factory=dict)
    _alarms: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    _notices: dict[str, list[Notice]] = field(default_factory=dict)
    _taken: dict[str, int] = field(default_factory=dict)

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
            place = _Place(header.device, header.epoch, seq, fresh, chain_hash, line)
            if type(reading) is TapObserved:
                yield self._tap(place, reading, counts=seq < counts_below)
            else:
                yield self._other(place, reading)

    def _is_fresh(self, at: datetime) -> bool:
        return abs(self.received_at - at) <= LIVE_AGE_MAX

    def _tap(self, place: "_Place", tap: TapObserved, *, counts: bool) -> Record:
        policy = self.policies.get(tap.policy_version)
        holder = policy.credentials.get(CredentialToken(tap.credential)) if policy else None
        person = holder.person if holder else None
        central = _decide_again(policy, tap)
        if central is not None:
            differs = f"{tap.access_point}: {tap.reason}, {central} by policy {tap.policy_version}"
            self.raise_alarm("decision_differs", place.device, f"{place.name}: {differs}")
        point = policy.points.get(AccessPointId(tap.access_point)) if policy else None
        if counts and tap.granted and person is not None and point is not None:
            direction = _DIRECTIONS.get(point.attendance)
            if direction is not None:
                self.punches.append(PunchFact(*place[:3], person, tap.at, direction, tap.access_point))
            self._enter(Presence(person, point.area_to, tap.access_point, tap.at))
        if place.live:
            told: dict[str, Any] = {"access_point": tap.access_point, "reader": tap.reader, "person": person}
            told |= {"granted": tap.granted, "reason": tap.reason}
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
        )

    def _other(self, place: "_Place", reading: Reading) -> Record:
        match reading:
            case Quarantine():
                fault = f"{reading.fault.value}: {reading.detail}"
                self.raise_alarm("record_quarantined", place.device, f"{place.name}: {fault}")
                return self._row(place, QUARANTINED, None, fault=fault)
            case DoorMoved():
                if reading.state in {"forced_open", "held_open"}:
                    self.raise_alarm(f"door_{reading.state}", reading.door, f"{place.device} {place.name}")
                self._notify_live(place, "door.moved", reading.door, {"state": reading.state}, reading.at)
            case ReaderReported():
                told = {"health": reading.health, "cause": reading.cause}
                self._notify_live(place, "reader.reported", reading.reader, told, reading.at)
            case AlarmRaised():
                self.raise_alarm(reading.alarm, place.device, reading.detail)
            case AgentStarted(previous_epoch=int(previous)):
                self.raise_alarm("storage_replaced", place.device, f"epoch {place.epoch} follows {previous}")
        point = getattr(reading, "access_point", None)
        version = getattr(reading, "policy_version", None)
        return self._row(place, reading.kind, reading.at, access_point_id=point, policy_version=version)

    def _row(self, place: "_Place", kind: str, at: datetime | None, **known: Any) -> Record:
        device, epoch, seq, live, chain_hash, line = place
        return Record(device, epoch, seq, kind, at, self.received_at, live, chain_hash, line, **known)

    def _enter(self, presence: Presence) -> None:
        known = self.presences.get(presence.person_id)
        if known is None or (known.since_at, known.access_point_id) < (presence.since_at, presence.access_point_id):
            self.presences[presence.person_id] = presence

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

    def _notify_live(self, place: "_Place", kind: str, subject: str, told: dict[str, Any], at: datetime) -> None:
        if place.live:
            told = {"device": place.device, "at": at.isoformat(), **told}
            self._notices.setdefault(place.device, []).append(Notice(kind, subject, json.dumps(told)))

    def notices(self) -> list[Notice]:
        """Give the notices in order: each live one, and one for all that a device caught up with."""
        told: list[Notice] = []
        for device, taken in self._taken.items():
            live = self._notices.get(device, [])
            if live and len(live) <= NOTICES_MAX:
                told += live
            else:
                told.append(Notice("device.caught_up", device, json.dumps({"records": taken})))
        return told


def _decide_again(policy: PolicySnapshot | None, tap: TapObserved) -> str | None:
    """Give the centre's own word where it differs from the edge's: ``granted`` or a reason; None when they agree."""
    if policy is not None:
        at, confirmed_at = tap.at, tap.policy_confirmed_at
        credential, point = CredentialToken(tap.credential), AccessPointId(tap.access_point)
        verdict = decide(policy, Tap(credential, point, at, confirmed_at, tap.assurance))
    elif tap.policy_version == NO_POLICY:
        verdict = Denied(Reason.policy_stale)
    else:
        return POLICY_UNKNOWN
    if isinstance(verdict, Denied):
        agreed = not tap.granted and tap.reason == verdict.reason
        return None if agreed else verdict.reason.value
    return None if tap.granted else "granted"
