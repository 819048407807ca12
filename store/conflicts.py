"""Insert that tells whether the row is new: a repeat is a normal result, on both databases."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from store.tx import Tx


def insert_new(tx: Tx, table: Table, values: dict[str, Any]) -> bool:
    """Insert one row unless its primary key is taken; True when this call inserted it.

    Two transactions that race get one True between them: the second waits for the first, or for SQLite's writer lock.
    """
    dialect = postgresql if tx.is_postgresql else sqlite
    statement = dialect.insert(table).values(values).on_conflict_do_nothing(index_elements=list(table.primary_key))
    return tx.connection.execute(statement).rowcount == 1


def upsert(tx: Tx, table: Table, values: dict[str, Any]) -> None:
    """Insert one row, or replace every other column of the row under its primary key."""
    dialect = postgresql if tx.is_postgresql else sqlite
    statement = dialect.insert(table).values(values)
    key = {column.name for column in table.primary_key}
    changed = {name: statement.excluded[name] for name in values if name not in key}
    tx.connection.execute(
        statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed)
        if changed
        else statement.on_conflict_do_nothing(index_elements=list(table.primary_key))
    )
