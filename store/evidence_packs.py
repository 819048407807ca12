"""Packs of evidence for an audit: asked for by a page, made by one maker, kept for a while with their hash."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, delete, func, or_, select, update

from store.conflicts import insert_new
from store.evidence_tables import evidence_pack
from store.tx import Tx


class PackState(StrEnum):
    """How far a pack is."""

    waiting = "waiting"
    making = "making"
    done = "done"
    failed = "failed"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack of whole days, both included; ``sha256`` (hex) and ``size_bytes`` are of the file.

    ``fault`` names where something stands in the way, empty where nothing does; ``attempt`` counts who made it.
    """

    id: str
    first_on: date
    last_on: date
    asked_by: str
    asked_at: datetime
    state: PackState = PackState.waiting
    attempt: int = 0
    touched_at: datetime | None = None
    finished_at: datetime | None = None
    sha256: str = ""
    fault: str = ""
    size_bytes: int = 0


_COLUMNS = tuple(field.name for field in fields(Pack) if field.name != "size_bytes")


def insert_pack(tx: Tx, new: Pack) -> bool:
    """Keep an order; False when it stands already."""
    values = {name: getattr(new, name) for name in _COLUMNS}
    return insert_new(tx, evidence_pack, values | {"state": new.state.value, "touched_at": tx.now})


def load_pack(tx: Tx, pack_id: str) -> Pack | None:
    """Give a pack without its file; None when there is none."""
    row = tx.connection.execute(_select().where(evidence_pack.c.id == pack_id)).one_or_none()
    return None if row is None else _read(row)


def list_packs(tx: Tx, *, limit: int) -> list[Pack]:
    """Give the latest packs, the newest first."""
    query = _select().order_by(evidence_pack.c.asked_at.desc(), evidence_pack.c.id).limit(limit)
    return [_read(row) for row in tx.connection.execute(query)]


def load_pack_content(tx: Tx, pack_id: str) -> bytes | None:
    """Give the bytes of a pack that was made; None when there are none."""
    found = tx.connection.scalar(select(evidence_pack.c.content).where(evidence_pack.c.id == pack_id))
    return None if found is None else bytes(found)


def claim_pack(tx: Tx, *, stale_before: datetime) -> Pack | None:
    """Take the pack that waits longest, or one whose maker gave no sign since ``stale_before``; None without one."""
    stale = (evidence_pack.c.state == PackState.making.value) & (evidence_pack.c.touched_at < stale_before)
    wanted = or_(evidence_pack.c.state == PackState.waiting.value, stale)
    query = select(evidence_pack.c.id).where(wanted).order_by(evidence_pack.c.asked_at, evidence_pack.c.id).limit(1)
    found = tx.connection.scalar(query.with_for_update(skip_locked=True))
    if found is None:
        return None
    values = {"state": PackState.making.value, "attempt": evidence_pack.c.attempt + 1, "touched_at": tx.now}
    tx.connection.execute(update(evidence_pack).where(evidence_pack.c.id == found).values(values))
    return load_pack(tx, found)


def save_pack_made(tx: Tx, claimed: Pack, content: bytes, sha256: str) -> bool:
    """Keep a pack that was made; False when it is not the caller's any more, and nothing is kept."""
    return _finish(tx, claimed, {"state": PackState.done.value, "content": content, "sha256": sha256})


def save_pack_failed(tx: Tx, claimed: Pack, fault: str) -> bool:
    """Note why a pack cannot be made; False when it is not the caller's any more."""
    return _finish(tx, claimed, {"state": PackState.failed.value, "fault": fault})


def forget_packs(tx: Tx, before: datetime) -> int:
    """Delete the packs that were finished before an instant; gives how many."""
    return tx.connection.execute(delete(evidence_pack).where(evidence_pack.c.finished_at < before)).rowcount


def _finish(tx: Tx, claimed: Pack, changes: dict[str, Any]) -> bool:
    mine = (
        (evidence_pack.c.id == claimed.id)
        & (evidence_pack.c.attempt == claimed.attempt)
        & (evidence_pack.c.state == PackState.making.value)
    )
    values = {**changes, "finished_at": tx.now, "touched_at": tx.now}
    return bool(tx.connection.execute(update(evidence_pack).where(mine).values(values)).rowcount)


def _select() -> Select[Any]:
    size = func.coalesce(func.length(evidence_pack.c.content), 0)
    return select(*(evidence_pack.c[name] for name in _COLUMNS), size.label("size_bytes"))


def _read(row: Any) -> Pack:
    return Pack(**row._asdict() | {"state": PackState(row.state)})
