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
    return tx.connection.execute(statement.returning(*table.primary_key)).first() is not None
