"""Sessions on the server: what a cookie is worth at this instant.

Only the cookie's SHA-256 is stored. Whether a session still counts is asked of the account and the person each time,
so that a disabled account, a lost role or a person who left has no session from that transaction on.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, insert, or_, select, update

from domain.civil import JST
from store.facility_duties import Duty
from store.key_tables import key_custodian
from store.opening_tables import facility_duty
from store.posts import list_acting_departments
from store.tables import account, department, person
from store.tables import session as session_table
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Session:
    """A session that counts. ``person_id`` is empty for an account that belongs to no person (an operator's desk).

    ``heads`` are the departments whose 所属長 this person is, or for whose head he stands in (代理). ``decides``: the
    account has the duty to permit bookings of a facility; ``answers``: the person answers for keys today (管理者).
    """

    token_hash: str
    login: str
    csrf: str
    seen_at: datetime
    expires_at: datetime
    roles: tuple[str, ...]
    person_id: str
    name: str
    department_id: str
    heads: tuple[str, ...]
    decides: bool = False
    answers: bool = False


def insert_session(tx: Tx, token_hash: str, login: str, *, csrf: str, expires_at: datetime) -> None:
    """Begin a session at ``tx.now``."""
    tx.connection.execute(
        insert(session_table).values(
            token_hash=token_hash, login=login, csrf=csrf, created_at=tx.now, seen_at=tx.now, expires_at=expires_at
        )
    )


def load_session(tx: Tx, token_hash: str, *, idle_max: timedelta) -> Session | None:
    """Give the session if it counts at ``tx.now``: seen within ``idle_max``, not expired, account and person active."""
    row = tx.connection.execute(
        select(
            session_table.c.token_hash,
            session_table.c.login,
            session_table.c.csrf,
            session_table.c.seen_at,
            session_table.c.expires_at,
            account.c.roles,
            account.c.person_id,
            person.c.name,
            person.c.department_id,
            _decides().label("decides"),
            _answers(tx.now).label("answers"),
        )
        .join_from(session_table, account, account.c.login == session_table.c.login)
        .outerjoin(person, person.c.id == account.c.person_id)
        .where(
            session_table.c.token_hash == token_hash,
            session_table.c.seen_at > tx.now - idle_max,
            session_table.c.expires_at > tx.now,
            account.c.disabled_at.is_(None),
            _still_employed(tx.now),
        )
    ).one_or_none()
    if row is None:
        return None
    return Session(
        token_hash=row.token_hash,
        login=row.login,
        csrf=row.csrf,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        roles=tuple(row.roles.split()),
        person_id=row.person_id or "",
        name=row.name or row.login,
        department_id=row.department_id or "",
        heads=_load_heads(tx, row.person_id),
        decides=row.decides,
        answers=row.answers,
    )


def save_seen(tx: Tx, token_hash: str) -> None:
    """Note that the session was used at ``tx.now``."""
    tx.connection.execute(update(session_table).where(session_table.c.token_hash == token_hash).values(seen_at=tx.now))


def delete_session(tx: Tx, token_hash: str) -> None:
    """End one session; one that is not there is a normal result."""
    tx.connection.execute(delete(session_table).where(session_table.c.token_hash == token_hash))


def delete_sessions_of(tx: Tx, login: str) -> None:
    """End every session of an account."""
    tx.connection.execute(delete(session_table).where(session_table.c.login == login))


def delete_expired_sessions(tx: Tx, *, idle_max: timedelta) -> None:
    """Forget the sessions that no longer count by time."""
    tx.connection.execute(
        delete(session_table).where(
            or_(session_table.c.expires_at <= tx.now, session_table.c.seen_at <= tx.now - idle_max)
        )
    )


def is_person_active(tx: Tx, person_id: str) -> bool:
    """Tell whether the person has not left by ``tx.now`` (the last day still counts)."""
    query = select(person.c.id).where(and_(person.c.id == person_id, _still_employed(tx.now)))
    return tx.connection.execute(query).first() is not None


def _still_employed(now: datetime) -> ColumnElement[bool]:
    return or_(person.c.left_on.is_(None), person.c.left_on >= now.astimezone(JST).date())


def _decides() -> ColumnElement[bool]:
    standing = (facility_duty.c.duty == Duty.decide.value) & facility_duty.c.ended_at.is_(None)
    return exists().where(facility_duty.c.login == account.c.login, standing)


def _answers(now: datetime) -> ColumnElement[bool]:
    today, until_on = now.astimezone(JST).date(), key_custodian.c.until_on
    standing = (key_custodian.c.from_on <= today) & or_(until_on.is_(None), until_on >= today)
    return exists().where(key_custodian.c.person_id == account.c.person_id, standing)


def _load_heads(tx: Tx, person_id: str | None) -> tuple[str, ...]:
    if person_id is None:
        return ()
    headed = tx.connection.scalars(select(department.c.id).where(department.c.head_id == person_id))
    acting = list_acting_departments(tx, person_id, tx.now.astimezone(JST).date())
    return tuple(sorted({*headed, *acting}))
