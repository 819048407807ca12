"""Where HR's files come from: what somebody said their columns mean, and what each door gave last."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from store.bulk import upsert_rows
from store.hr_tables import column_mapping, hr_source
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """The field by heading for one kind of file from one source; an empty field leaves the column out."""

    kind: str
    source: str
    headings: Mapping[str, str]
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class SourceState:
    """What a door gave last: its mark, when it was asked, and why that failed (empty when it did not)."""

    name: str
    mark: str
    looked_at: datetime
    trouble: str


def save_column_mapping(tx: Tx, kind: str, source: str, headings: Mapping[str, str], *, by: str) -> None:
    """Save what the columns mean; it takes the place of what was said before."""
    words = json.dumps(dict(headings), ensure_ascii=False, sort_keys=True)
    row = (kind, source, words, by, tx.now)
    upsert_rows(tx, column_mapping, ("kind", "source", "headings", "saved_by", "saved_at"), [row])


def load_column_mapping(tx: Tx, kind: str, source: str) -> ColumnMapping | None:
    """Give what was said of a kind of file from a source; None when nothing was."""
    query = select(column_mapping).where(column_mapping.c.kind == kind, column_mapping.c.source == source)
    row = tx.connection.execute(query).one_or_none()
    if row is None:
        return None
    return ColumnMapping(row.kind, row.source, json.loads(row.headings), row.saved_by, row.saved_at)


def list_column_mappings(tx: Tx) -> list[ColumnMapping]:
    """Give everything that was said of columns, by kind and source."""
    rows = tx.connection.execute(select(column_mapping).order_by(column_mapping.c.kind, column_mapping.c.source))
    return [ColumnMapping(row.kind, row.source, json.loads(row.headings), row.saved_by, row.saved_at) for row in rows]


def load_source_mark(tx: Tx, name: str) -> str:
    """Give the mark of what a door gave last; empty when it never gave anything."""
    return tx.connection.scalar(select(hr_source.c.mark).where(hr_source.c.name == name)) or ""


def save_source_state(tx: Tx, name: str, *, mark: str, trouble: str = "") -> None:
    """Write down what a door gave, or why it gave nothing."""
    columns = ("name", "mark", "looked_at", "trouble")
    upsert_rows(tx, hr_source, columns, [(name, mark, tx.now, trouble)])


def list_source_states(tx: Tx) -> list[SourceState]:
    """Give what is known of every door, by name."""
    return [SourceState(*row) for row in tx.connection.execute(select(hr_source).order_by(hr_source.c.name))]
