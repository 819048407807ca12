"""Threat levels: what was declared by whom and why, which devices confirmed it, and which shelters cards opened."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, func, insert, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.access.threat import Declaration, ThreatLevel
from store.commands import CommandAnswer
from store.devices import DeviceState
from store.tables import device, device_status, person, record
from store.threat_tables import threat_answer, threat_change, threat_declaration
from store.tx import Tx

_LOCK = 0x5E_C1_52
"""The advisory lock of PostgreSQL under which levels are declared; on SQLite a writer is alone anyway."""


@dataclass(frozen=True, slots=True)
class StoredThreat:
    """What somebody asked for; fields as the columns of ``store.threat_tables.threat_declaration`` describe them."""

    id: str
    level: ThreatLevel
    until: datetime | None
    reason: str
    asked_at: datetime
    asked_by: str
    asked_by_name: str
    confirm_by_at: datetime | None = None
    confirmed_by: str | None = None
    confirmed_by_name: str | None = None
    declared_at: datetime | None = None

    def waits(self, now: datetime) -> bool:
        """Tell whether a second account may still confirm it."""
        return self.declared_at is None and self.confirm_by_at is not None and now < self.confirm_by_at

    @property
    def declaration(self) -> Declaration:
        """Give the declaration of one that was declared."""
        assert self.declared_at is not None  # noqa: S101 (asked only of what held)
        return Declaration(self.id, self.level, self.declared_at, self.until)


class DeviceAnswer(NamedTuple):
    """How one device stands to a declaration: None while it has said nothing; ``heard_at`` is its last sign of life."""

    device_id: str
    online: bool
    heard_at: datetime | None
    answered_at: datetime | None
    obeyed: bool | None
    cause: str | None


class ThreatChange(NamedTuple):
    """One change at one device, as the columns of ``store.threat_tables.threat_change`` describe it."""

    device_id: str
    epoch: int
    seq: int
    changed_at: datetime
    level: str
    source: str
    declared_at: datetime
    until: datetime | None
    cause_seq: int


def lock_threats(tx: Tx) -> None:
    """Let levels be declared one transaction after the other, so that each sees those before it."""
    if tx.is_postgresql:
        tx.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def insert_threat(tx: Tx, asked: StoredThreat) -> None:
    """Write down what is asked."""
    tx.connection.execute(insert(threat_declaration).values(asdict(asked)))


def save_declared(tx: Tx, threat_id: str, *, declared_at: datetime, by: str, name: str) -> None:
    """Say that a second account confirmed it, and from when it holds."""
    confirmed = {"confirmed_by": by, "confirmed_by_name": name, "declared_at": declared_at}
    tx.connection.execute(update(threat_declaration).where(threat_declaration.c.id == threat_id).values(confirmed))


def load_threat(tx: Tx, threat_id: str) -> StoredThreat | None:
    """Give one by its id."""
    rows = select(threat_declaration).where(threat_declaration.c.id == threat_id)
    return next(map(_threat, tx.connection.execute(rows)), None)


def load_latest_threat(tx: Tx) -> StoredThreat | None:
    """Give the latest declaration, whether its time is over or not; None before the first."""
    declared = threat_declaration.c.declared_at
    rows = select(threat_declaration).where(declared.is_not(None)).order_by(declared.desc()).limit(1)
    return next(map(_threat, tx.connection.execute(rows)), None)


def list_threats(tx: Tx, *, limit: int) -> list[StoredThreat]:
    """Give what was asked, the newest first."""
    rows = select(threat_declaration).order_by(threat_declaration.c.asked_at.desc(), threat_declaration.c.id)
    return [_threat(row) for row in tx.connection.execute(rows.limit(limit))]


def load_waiting_threat(tx: Tx) -> StoredThreat | None:
    """Give the newest that waits for a second account; None when none does."""
    waiting = threat_declaration.c.declared_at.is_(None) & (threat_declaration.c.confirm_by_at > tx.now)
    rows = select(threat_declaration).where(waiting).order_by(threat_declaration.c.asked_at.desc()).limit(1)
    return next(map(_threat, tx.connection.execute(rows)), None)


def load_latest_change_at(tx: Tx) -> datetime | None:
    """Give the latest instant at which a device says that something was declared there."""
    latest: datetime | None = tx.connection.execute(select(func.max(threat_change.c.declared_at))).scalar_one()
    return latest


def list_answers(tx: Tx, threat_id: str) -> list[DeviceAnswer]:
    """Give how each device whose records count stands to a declaration, in the order of ids."""
    answered = and_(threat_answer.c.device_id == device.c.id, threat_answer.c.declaration_id == threat_id)
    columns = (device.c.id, device_status.c.online, device_status.c.changed_at)
    rows = (
        select(*columns, threat_answer.c.answered_at, threat_answer.c.obeyed, threat_answer.c.cause)
        .select_from(device)
        .outerjoin(device_status, device_status.c.device_id == device.c.id)
        .outerjoin(threat_answer, answered)
        .where(device.c.state != DeviceState.revoked)
        .order_by(device.c.id)
    )
    return [DeviceAnswer(row[0], bool(row[1]), *row[2:]) for row in tx.connection.execute(rows)]


def save_threat_answers(tx: Tx, answers: Collection[CommandAnswer]) -> list[str]:
    """Keep the answers that are about declarations; gives those declarations. Obeyed takes the place of a refusal."""
    ids = {answer.command_id for answer in answers}
    known = select(threat_declaration.c.id).where(threat_declaration.c.id.in_(sorted(ids)))
    declared = set(tx.connection.execute(known).scalars()) if ids else set()
    about = {(each.command_id, each.device_id): each for each in answers if each.command_id in declared}
    if not about:
        return []
    make = postgresql.insert if tx.is_postgresql else sqlite.insert
    statement = make(threat_answer).values(
        [
            {"declaration_id": each.command_id, "answered_at": tx.now}
            | {"device_id": each.device_id, "obeyed": each.obeyed, "cause": each.cause}
            for each in about.values()
        ]
    )
    new = {name: statement.excluded[name] for name in ("answered_at", "obeyed", "cause")}
    tx.connection.execute(
        statement.on_conflict_do_update(
            index_elements=[threat_answer.c.declaration_id, threat_answer.c.device_id],
            set_=new,
            where=and_(threat_answer.c.obeyed.is_(False), statement.excluded.obeyed.is_(True)),
        )
    )
    return sorted(declared)


def insert_threat_changes(tx: Tx, changes: Collection[ThreatChange]) -> None:
    """Keep what devices declared or ended; each comes once, as its record does."""
    if changes:
        tx.connection.execute(insert(threat_change).values([change._asdict() for change in changes]))


def list_shelters(tx: Tx, *, limit: int) -> list[ThreatChange]:
    """Give the shelters that cards opened, the newest first."""
    opened = select(threat_change).where(threat_change.c.source == "card")
    rows = opened.order_by(threat_change.c.changed_at.desc(), threat_change.c.device_id).limit(limit)
    return [ThreatChange(*row) for row in tx.connection.execute(rows)]


def list_open_shelters(tx: Tx) -> list[ThreatChange]:
    """Give the shelters that cards opened and nothing has ended yet, as far as is known here."""
    lasting = select(threat_change).where(threat_change.c.source == "card", threat_change.c.until > tx.now)
    rows = tx.connection.execute(lasting.order_by(threat_change.c.device_id)).all()
    return [opened for opened in (ThreatChange(*row) for row in rows) if load_next_change(tx, opened) is None]


def load_shelter(tx: Tx, device_id: str, epoch: int, seq: int) -> ThreatChange | None:
    """Give one shelter that a card opened."""
    here = (threat_change.c.device_id == device_id) & (threat_change.c.epoch == epoch) & (threat_change.c.seq == seq)
    rows = select(threat_change).where(here, threat_change.c.source == "card")
    return next((ThreatChange(*row) for row in tx.connection.execute(rows)), None)


def load_next_change(tx: Tx, change: ThreatChange) -> ThreatChange | None:
    """Give what ended it: the device's next change; None while it holds."""
    column = threat_change.c
    later = or_(
        and_(column.epoch == change.epoch, column.seq > change.seq),
        and_(column.epoch != change.epoch, column.changed_at > change.changed_at),
    )
    rows = select(threat_change).where(column.device_id == change.device_id, later)
    first = rows.order_by(column.changed_at, column.seq).limit(1)
    return next((ThreatChange(*row) for row in tx.connection.execute(first)), None)


class ShelterTap(NamedTuple):
    """Somebody was let in while a shelter was open; None where nobody is known to the centre."""

    seq: int
    at: datetime
    access_point_id: str
    person_id: str | None
    name: str | None


def list_shelter_taps(tx: Tx, change: ThreatChange, until: datetime, *, limit: int) -> list[ShelterTap]:
    """Give who was let in at the shelter's device from its opener's tap on until an instant, in order."""
    rows = (
        select(record.c.seq, record.c.occurred_at, record.c.access_point_id, record.c.person_id, person.c.name)
        .outerjoin_from(record, person, person.c.id == record.c.person_id)
        .where(record.c.device_id == change.device_id, record.c.epoch == change.epoch)
        .where(record.c.seq >= change.cause_seq, record.c.granted.is_(True), record.c.occurred_at < until)
        .order_by(record.c.seq)
        .limit(limit)
    )
    return [ShelterTap(*row) for row in tx.connection.execute(rows)]


def _threat(row: Row[Any]) -> StoredThreat:
    return StoredThreat(**row._asdict() | {"level": ThreatLevel(row.level)})
