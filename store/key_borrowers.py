"""Who borrows keys, as far as reservations know them: the reservees that a member of staff is, and reservees' names."""

from collections.abc import Collection

from sqlalchemy import func, select

from store.reservation_tables import reservee
from store.tx import Tx


def list_reservees_of(tx: Tx, person_id: str) -> list[str]:
    """Give the reservees that a person is."""
    return list(tx.connection.scalars(select(reservee.c.id).where(reservee.c.person_id == person_id)))


def list_reservee_names(tx: Tx, reservee_ids: Collection[str]) -> dict[str, str]:
    """Give the names of reservees by id, of a group its contact's beside it; a forgotten one's is empty."""
    shown = func.trim(reservee.c.name + " " + reservee.c.contact_name)
    rows = tx.connection.execute(select(reservee.c.id, shown).where(reservee.c.id.in_(sorted(reservee_ids))))
    return {row[0]: row[1] for row in rows}
