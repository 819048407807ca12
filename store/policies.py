"""The published policy snapshots."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from store.tables import policy_snapshot
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class PublishedPolicy:
    """A published version without its data: ``digest`` is the SHA-256 that pointers name, ``size`` is in bytes."""

    version: int
    issued_at: datetime
    digest: str
    size: int


def insert_policy_snapshot(tx: Tx, version: int, digest: str, data: bytes) -> None:
    """Keep a snapshot, issued at ``tx.now``; a version that exists violates ``pk_policy_snapshot``."""
    values = {"version": version, "issued_at": tx.now, "digest": digest, "data": data}
    tx.connection.execute(policy_snapshot.insert().values(values))


def load_published_policy(tx: Tx) -> PublishedPolicy | None:
    """Give the latest version, or None before the first."""
    row = tx.connection.execute(
        select(
            policy_snapshot.c.version,
            policy_snapshot.c.issued_at,
            policy_snapshot.c.digest,
            func.length(policy_snapshot.c.data),
        )
        .order_by(policy_snapshot.c.version.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else PublishedPolicy(*row)


def load_snapshot_bytes(tx: Tx, version: int) -> bytes | None:
    """Give a snapshot's bytes as published, or None when that version never was."""
    return tx.connection.scalar(select(policy_snapshot.c.data).where(policy_snapshot.c.version == version))
