"""Programs that ask by the HTTP API; of a key only its SHA-256 is kept."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from store.citizen_tables import api_client
from store.conflicts import insert_new
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class ApiClient:
    """A program; ``revoked_at`` is None while its key counts."""

    id: str
    name: str
    added_at: datetime
    revoked_at: datetime | None


def insert_api_client(tx: Tx, client_id: str, name: str, key_hash: str, *, by: str) -> bool:
    """Let a program in; False where one of that id stands already, revoked or not."""
    values = {"id": client_id, "name": name, "key_hash": key_hash, "added_by": by, "added_at": tx.now}
    return insert_new(tx, api_client, values)


def find_api_client(tx: Tx, key_hash: str) -> ApiClient | None:
    """Give the program of a key that counts; None where there is none."""
    counts = (api_client.c.key_hash == key_hash) & api_client.c.revoked_at.is_(None)
    row = tx.connection.execute(select(api_client).where(counts)).one_or_none()
    return None if row is None else ApiClient(row.id, row.name, row.added_at, row.revoked_at)


def list_api_clients(tx: Tx) -> list[ApiClient]:
    """Give all programs, revoked ones too, by id."""
    rows = tx.connection.execute(select(api_client).order_by(api_client.c.id))
    return [ApiClient(row.id, row.name, row.added_at, row.revoked_at) for row in rows]


def revoke_api_client(tx: Tx, client_id: str) -> bool:
    """Let a program's key count no longer; False where there is none of that id that counts."""
    standing = (api_client.c.id == client_id) & api_client.c.revoked_at.is_(None)
    return tx.connection.execute(update(api_client).where(standing).values(revoked_at=tx.now)).rowcount == 1
