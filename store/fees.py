"""Fee tables in their versions: a new version stands beside the former ones, and each price names the one it is of."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from store.conflicts import insert_new
from store.fee_tables import fee_table
from store.tx import Tx


class FeeTableVersion(NamedTuple):
    """A table's bytes under id and version, and who kept them when."""

    id: str
    version: int
    facility_id: str
    from_on: date
    until_on: date | None
    content: bytes
    content_hash: str
    kept_by: str
    kept_at: datetime


_COLUMNS = tuple(fee_table.c[name] for name in FeeTableVersion._fields)


def insert_fee_table(tx: Tx, version: FeeTableVersion) -> bool:
    """Keep a version; False when one of that number stands already."""
    return insert_new(tx, fee_table, version._asdict())


def load_fee_table(tx: Tx, table_id: str, version: int | None = None) -> FeeTableVersion | None:
    """Give a version of a table, or its newest; None when there is none."""
    query = select(*_COLUMNS).where(fee_table.c.id == table_id)
    if version is not None:
        query = query.where(fee_table.c.version == version)
    row = tx.connection.execute(query.order_by(fee_table.c.version.desc()).limit(1)).first()
    return None if row is None else FeeTableVersion(*row)


def list_fee_tables(tx: Tx, facility_id: str) -> list[FeeTableVersion]:
    """Give the newest version of each table of a facility, by its first day."""
    query = _newest().where(fee_table.c.facility_id == facility_id)
    return [FeeTableVersion(*row) for row in tx.connection.execute(query.order_by(fee_table.c.from_on))]


def find_fee_table(tx: Tx, facility_id: str, on: date) -> FeeTableVersion | None:
    """Give the table that uses of a facility on a day are priced by; None when there is none."""
    in_force = (fee_table.c.from_on <= on) & (fee_table.c.until_on.is_(None) | (fee_table.c.until_on >= on))
    row = tx.connection.execute(_newest().where(fee_table.c.facility_id == facility_id, in_force)).first()
    return None if row is None else FeeTableVersion(*row)


def _newest() -> Select[Any]:
    newest = select(fee_table.c.id, func.max(fee_table.c.version).label("version")).group_by(fee_table.c.id).subquery()
    same = (newest.c.id == fee_table.c.id) & (newest.c.version == fee_table.c.version)
    return select(*_COLUMNS).join(newest, same)
