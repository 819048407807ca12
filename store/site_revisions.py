"""Descriptions of the site as they once were written down: whole, under a number made from the content, unchanging."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from store.conflicts import insert_new
from store.rollout_tables import site_revision
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class StoredRevision:
    """A site's file: ``digest`` is the SHA-256 of ``content``, ``id`` its first digits."""

    id: str
    digest: str
    content: str
    stored_at: datetime
    stored_by: str


def insert_site_revision(tx: Tx, revision_id: str, digest: str, content: str, *, by: str) -> bool:
    """Keep a description from ``tx.now`` on; False where it is kept already."""
    values = {"id": revision_id, "digest": digest, "content": content, "stored_at": tx.now, "stored_by": by}
    return insert_new(tx, site_revision, values)


def load_site_revision(tx: Tx, revision_id: str) -> StoredRevision | None:
    """Give a description, or None where none of that id is kept."""
    row = tx.connection.execute(select(site_revision).where(site_revision.c.id == revision_id)).one_or_none()
    return None if row is None else StoredRevision(**row._asdict())
