"""Signatures of borrowers without a card: they prove a deed, and go when the reservee is forgotten."""

from collections.abc import Collection

from sqlalchemy import insert, select, update

from store.key_tables import signature
from store.tx import Tx


def insert_signature(tx: Tx, deed_id: str, reservee_id: str, content: bytes) -> None:
    """Keep the signature (a PNG) that a borrower without a card gave for a deed."""
    values = {"deed_id": deed_id, "reservee_id": reservee_id, "content": content, "signed_at": tx.now}
    tx.connection.execute(insert(signature).values(values))


def load_signature(tx: Tx, deed_id: str) -> bytes | None:
    """Give the signature of a deed; None when there is none, or it is forgotten."""
    return tx.connection.scalar(select(signature.c.content).where(signature.c.deed_id == deed_id))


def forget_signatures(tx: Tx, reservee_ids: Collection[str]) -> int:
    """Empty the signatures of reservees who are forgotten; gives how many."""
    theirs = signature.c.reservee_id.in_(sorted(reservee_ids)) & signature.c.forgotten_at.is_(None)
    emptied = update(signature).where(theirs).values(content=None, forgotten_at=tx.now)
    return tx.connection.execute(emptied).rowcount
