"""The duty officers' handover sheets: drawn and signed by whoever gives, signed by whoever takes."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select, update

from store.conflicts import insert_new
from store.key_round_tables import key_handover
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class KeyHandover:
    """One sheet; ``content`` is what both signed, ``taker`` None while it waits for the second signature."""

    id: str
    drawn_at: datetime
    content: bytes
    content_hash: str
    giver: str
    taker: str | None = None
    taken_at: datetime | None = None
    note: str = ""


def insert_handover(tx: Tx, sheet: KeyHandover) -> bool:
    """Keep a sheet that its giver signed; False when one of that id stands already."""
    return insert_new(tx, key_handover, asdict(sheet))


def load_handover(tx: Tx, sheet_id: str, *, lock: bool = False) -> KeyHandover | None:
    """Give a sheet; None when there is none of that id."""
    query = select(key_handover).where(key_handover.c.id == sheet_id)
    row = tx.connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else KeyHandover(**row._asdict())


def list_handovers(tx: Tx, *, limit: int) -> list[KeyHandover]:
    """Give the last sheets, the newest first."""
    query = select(key_handover).order_by(key_handover.c.drawn_at.desc(), key_handover.c.id).limit(limit)
    return [KeyHandover(**row._asdict()) for row in tx.connection.execute(query)]


def save_taken(tx: Tx, sheet_id: str, *, taker: str, note: str) -> bool:
    """Let somebody sign that the sheet was taken over; False when somebody had."""
    open_ = (key_handover.c.id == sheet_id) & key_handover.c.taker.is_(None)
    values = {"taker": taker, "taken_at": tx.now, "note": note}
    return tx.connection.execute(update(key_handover).where(open_).values(values)).rowcount == 1
