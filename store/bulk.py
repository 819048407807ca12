"""Many rows in one statement, past SQLAlchemy's cost per row: COPY and unnest on PostgreSQL, executemany on SQLite.

Rows are plain tuples in the order of ``columns``; values are what the columns' types take: aware datetimes for
``Instant``, bytes, str (no enum), int, bool, None. The statements are written from the tables, never from data.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

from psycopg import Connection as RawPostgres
from psycopg import OperationalError
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from store.columns import Instant, instant_text
from store.tx import Tx

Row = tuple[Any, ...]
Key = TypeVar("Key", str, int)

IDS_AT_ONCE = 5000
"""Ids in one statement; SQLite takes 32,766 parameters."""


def insert_rows(tx: Tx, table: Table, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    """Insert rows that are new; they stream, so the database works while the caller still makes them."""
    if not tx.is_postgresql:
        _on_sqlite(tx, _insert(table, columns, "?"), table, columns, rows)
        return
    connection = _raw_postgresql(tx)
    try:
        with connection.cursor().copy(_copy(table, columns)) as copy:
            copy.set_types(_types(table, columns))
            for row in rows:
                copy.write_row(row)
    except OperationalError:
        if connection.closed:  # SQLAlchemy did not see it break: keep it from handing this one out again
            tx.connection.invalidate()
        raise


def upsert_rows(
    tx: Tx,
    table: Table,
    columns: tuple[str, ...],
    rows: Sequence[Row],
    *,
    newer: tuple[str, ...] = (),
    newer_record: str = "",
) -> None:
    """Insert rows or replace what stands under their primary keys; no key may come twice in one call.

    With ``newer``, a row is replaced only if its values in these columns, compared as a tuple, are the greater ones.
    With ``newer_record``, only by a row that a newer record led to: within a journal (device_id, epoch) the one of the
    higher seq, between journals the one that is later by the column named.
    """
    if not rows:
        return
    tail = _on_conflict(table, columns, newer, newer_record)
    if not tx.is_postgresql:
        _on_sqlite(tx, _insert(table, columns, "?") + tail, table, columns, rows)
        return
    arrays = ", ".join(f"%s::{kind}[]" for kind in _types(table, columns))
    statement = f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT * FROM unnest({arrays})" + tail  # noqa: S608
    with _raw_postgresql(tx).cursor() as cursor:
        cursor.execute(statement.encode(), [list(values) for values in zip(*rows, strict=True)])


def _raw_postgresql(tx: Tx) -> RawPostgres[Any]:
    return cast("RawPostgres[Any]", tx.connection.connection.driver_connection)


def _on_sqlite(tx: Tx, statement: str, table: Table, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    instants = [index for index, name in enumerate(columns) if isinstance(table.c[name].type, Instant)]
    cursor = tx.connection.connection.cursor()
    try:
        cursor.executemany(statement, cast("Any", _with_instants_as_text(rows, instants)))
    finally:
        cursor.close()


def _with_instants_as_text(rows: Iterable[Row], instants: list[int]) -> Iterator[Sequence[Any]]:
    for row in rows:
        values = list(row)
        for index in instants:
            at = values[index]
            if at is not None:
                if at.tzinfo is None:
                    raise ValueError(f"{at!r} has no time zone; instants are aware")
                values[index] = instant_text(at)
        yield values


@lru_cache(maxsize=64)
def _types(table: Table, columns: tuple[str, ...]) -> list[str]:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    kinds = {"TIMESTAMP WITH TIME ZONE": "timestamptz", "BIGINT": "int8", "INTEGER": "int4", "BOOLEAN": "bool"}
    names = [table.c[name].type.compile(dialect) for name in columns]
    return [kinds.get(name, name.lower()) for name in names]


@lru_cache(maxsize=64)
def _copy(table: Table, columns: tuple[str, ...]) -> bytes:
    return f"COPY {table.name} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)".encode()


@lru_cache(maxsize=64)
def _insert(table: Table, columns: tuple[str, ...], mark: str) -> str:
    marks = ", ".join(mark for _ in columns)
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 (names from the schema)


@lru_cache(maxsize=64)
def _on_conflict(table: Table, columns: tuple[str, ...], newer: tuple[str, ...], newer_record: str) -> str:
    key = [column.name for column in table.primary_key]
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
    tail = f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}"
    if newer:
        standing = ", ".join(f"{table.name}.{name}" for name in newer)
        coming = ", ".join(f"excluded.{name}" for name in newer)
        tail += f" WHERE ({standing}) < ({coming})"
    if newer_record:
        journal = f"({table.name}.device_id, {table.name}.epoch) {{}} (excluded.device_id, excluded.epoch)"
        tail += (
            f" WHERE {journal.format('=')} AND {table.name}.seq < excluded.seq"
            f" OR {journal.format('<>')} AND {table.name}.{newer_record} < excluded.{newer_record}"
        )
    return tail


def batched(ids: Sequence[Key], size: int = IDS_AT_ONCE) -> Iterator[Sequence[Key]]:
    """Yield the ids in parts that one statement takes."""
    return (ids[start : start + size] for start in range(0, len(ids), size))
