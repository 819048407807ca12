"""Sessions of citizens: begun when a code was sent, of use once it was entered. Only the cookie's hash is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from domain.facilities.reservee import Reservee
from store.citizen_tables import citizen_session
from store.reservees import load_reservee
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class CitizenSession:
    """A session that counts.

    ``reservee`` is None for an address that nobody registered: a code is waited for that was never sent, so that
    nobody learns who is registered. ``confirmed_at`` is None until a code was entered.
    """

    token_hash: str
    reservee: Reservee | None
    csrf: str
    seen_at: datetime
    confirmed_at: datetime | None


def insert_citizen_session(
    tx: Tx, token_hash: str, reservee_id: str | None, *, csrf: str, lasts: timedelta, is_confirmed: bool
) -> None:
    """Begin a session at ``tx.now``."""
    values = {
        "token_hash": token_hash,
        "reservee_id": reservee_id,
        "csrf": csrf,
        "created_at": tx.now,
        "seen_at": tx.now,
        "expires_at": tx.now + lasts,
        "confirmed_at": tx.now if is_confirmed else None,
    }
    tx.connection.execute(citizen_session.insert().values(values))


def load_citizen_session(tx: Tx, token_hash: str, *, idle_max: timedelta) -> CitizenSession | None:
    """Give a session if it counts at ``tx.now``; one of a reservee that was merged or forgotten does not."""
    counts = (
        (citizen_session.c.token_hash == token_hash)
        & (citizen_session.c.seen_at > tx.now - idle_max)
        & (citizen_session.c.expires_at > tx.now)
    )
    row = tx.connection.execute(select(citizen_session).where(counts)).one_or_none()
    if row is None:
        return None
    reservee = None if row.reservee_id is None else load_reservee(tx, row.reservee_id)
    if row.reservee_id is not None and (reservee is None or not reservee.is_standing):
        return None
    return CitizenSession(row.token_hash, reservee, row.csrf, row.seen_at, row.confirmed_at)


def save_citizen_seen(tx: Tx, token_hash: str) -> None:
    """Note that a session was used at ``tx.now``."""
    tx.connection.execute(
        update(citizen_session).where(citizen_session.c.token_hash == token_hash).values(seen_at=tx.now)
    )


def delete_citizen_session(tx: Tx, token_hash: str) -> None:
    """End a session; one that is not there is a normal result."""
    tx.connection.execute(delete(citizen_session).where(citizen_session.c.token_hash == token_hash))


def delete_expired_citizen_sessions(tx: Tx, *, idle_max: timedelta) -> None:
    """Forget the sessions that no longer count by time."""
    over = or_(citizen_session.c.expires_at <= tx.now, citizen_session.c.seen_at <= tx.now - idle_max)
    tx.connection.execute(delete(citizen_session).where(over))
