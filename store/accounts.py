"""Who may sign in: local accounts, their roles, and how often a wrong password was given in a row."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from store.policy_inputs import save_inputs_changed
from store.tables import account, person
from store.tables import session as session_table
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Account:
    """One account. ``failures`` counts wrong passwords since the last right one."""

    login: str
    person_id: str | None
    password_hash: str
    roles: tuple[str, ...]
    disabled_at: datetime | None
    failures: int
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account as a list shows it: no secret in it."""

    login: str
    name: str
    roles: tuple[str, ...]


def load_account(tx: Tx, login: str, *, lock: bool = False) -> Account | None:
    """Give the account of that login, or None; ``lock`` keeps others from changing it until this transaction ends."""
    query = select(
        account.c.login,
        account.c.person_id,
        account.c.password_hash,
        account.c.roles,
        account.c.disabled_at,
        account.c.failures,
        account.c.locked_until,
    ).where(account.c.login == login)
    row = tx.connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        return None
    values = row._asdict()
    return Account(**{**values, "roles": tuple(values["roles"].split())})


def list_accounts(tx: Tx, *, limit: int = 500) -> tuple[AccountLine, ...]:
    """Give the accounts that may sign in, by login; ``name`` is the person's, else the login."""
    rows = tx.connection.execute(
        select(account.c.login, person.c.name, account.c.roles)
        .outerjoin_from(account, person, person.c.id == account.c.person_id)
        .where(account.c.disabled_at.is_(None))
        .order_by(account.c.login)
        .limit(limit)
    )
    return tuple(AccountLine(row.login, row.name or row.login, tuple(row.roles.split())) for row in rows)


def insert_account(tx: Tx, login: str, *, person_id: str | None, password_hash: str, roles: tuple[str, ...]) -> None:
    """Add an account; an existing login is an integrity error."""
    tx.connection.execute(
        insert(account).values(
            login=login, person_id=person_id, password_hash=password_hash, roles=" ".join(roles), failures=0
        )
    )


def save_password(tx: Tx, login: str, password_hash: str) -> None:
    """Replace the password's hash."""
    tx.connection.execute(update(account).where(account.c.login == login).values(password_hash=password_hash))


def save_roles(tx: Tx, login: str, roles: tuple[str, ...]) -> None:
    """Replace the roles and end the account's sessions: whoever signs in again has the new ones."""
    tx.connection.execute(update(account).where(account.c.login == login).values(roles=" ".join(roles)))
    _save_keys_changed(tx, login)
    tx.connection.execute(delete(session_table).where(session_table.c.login == login))


def save_disabled(tx: Tx, login: str) -> None:
    """Stop the account from ``tx.now`` on and end its sessions."""
    tx.connection.execute(update(account).where(account.c.login == login).values(disabled_at=tx.now))
    _save_keys_changed(tx, login)
    tx.connection.execute(delete(session_table).where(session_table.c.login == login))


def save_failures(tx: Tx, login: str, failures: int, locked_until: datetime | None) -> None:
    """Set how many wrong passwords came in a row and until when none is looked at."""
    tx.connection.execute(
        update(account).where(account.c.login == login).values(failures=failures, locked_until=locked_until)
    )


def _save_keys_changed(tx: Tx, login: str) -> None:
    """Say that whoever signs in so may take other keys now: roles are entitled to keys, too."""
    mine = account.c.login == login, account.c.person_id.is_not(None)
    save_inputs_changed(tx, tx.connection.scalars(select(account.c.person_id).where(*mine)).all())
