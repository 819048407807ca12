"""Providers' files of what they paid out, their lines, and which of our takings each line answers."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from domain.facilities.payouts import PayoutLine
from store.bulk import batched, insert_rows
from store.conflicts import insert_new
from store.taking_tables import payout_file, payout_line, payout_match
from store.tx import Tx

_NAMES = tuple(PayoutLine.__slots__)
_COLUMNS = tuple(payout_line.c[name] for name in _NAMES)


class PayoutFile(NamedTuple):
    """A file that was brought: ``id`` is its SHA-256, ``entries`` how many of its lines were new."""

    id: str
    provider: str
    name: str
    entries: int
    brought_by: str
    brought_at: datetime


def insert_payout_file(tx: Tx, file: PayoutFile) -> bool:
    """Keep a file; False when it was brought before."""
    return insert_new(tx, payout_file, file._asdict())


def list_payout_files(tx: Tx, provider: str, *, limit: int) -> list[PayoutFile]:
    """Give the files of a provider, the newest first."""
    columns = (payout_file.c[name] for name in PayoutFile._fields)
    query = select(*columns).where(payout_file.c.provider == provider)
    rows = tx.connection.execute(query.order_by(payout_file.c.brought_at.desc(), payout_file.c.id).limit(limit))
    return [PayoutFile(*row) for row in rows]


def list_known_lines(tx: Tx, ids: Collection[str]) -> set[str]:
    """Give those of some lines' ids that stand already."""
    known = set[str]()
    for some in batched(sorted(ids)):
        known |= set(tx.connection.scalars(select(payout_line.c.id).where(payout_line.c.id.in_(some))))
    return known


def insert_payout_lines(tx: Tx, file: PayoutFile, lines: Iterable[tuple[int, PayoutLine]]) -> None:
    """Keep the lines of a file, each with its number; none may stand already."""
    columns = ("file_id", "provider", "line", *_NAMES)
    rows = [(file.id, file.provider, line, *(getattr(each, name) for name in _NAMES)) for line, each in lines]
    insert_rows(tx, payout_line, columns, rows)


def list_unmatched_lines(tx: Tx, provider: str) -> list[PayoutLine]:
    """Give a provider's lines that answer no taking of ours yet, by day."""
    unmatched = payout_line.c.id.not_in(select(payout_match.c.line_id))
    return _lines(tx, (payout_line.c.provider == provider) & unmatched)


def list_matched_lines(tx: Tx, taking_ids: Collection[str]) -> dict[str, PayoutLine]:
    """Give the lines that answer some takings, by the taking's id."""
    found: dict[str, PayoutLine] = {}
    for some in batched(sorted(taking_ids)):
        query = select(payout_match.c.taking_id, *_COLUMNS).join(payout_line)
        for row in tx.connection.execute(query.where(payout_match.c.taking_id.in_(some))):
            found[row[0]] = _line(row[1:])
    return found


def insert_matches(tx: Tx, matches: Mapping[str, str], *, by: str) -> None:
    """Write down which taking each line answers; none of either may be matched already."""
    rows = [(line_id, taking_id, by, tx.now) for line_id, taking_id in sorted(matches.items())]
    insert_rows(tx, payout_match, ("line_id", "taking_id", "matched_by", "matched_at"), rows)


def find_last_used(tx: Tx, provider: str) -> date | None:
    """Give the last day of use that a provider has told of; None where it has told nothing."""
    return tx.connection.execute(
        select(func.max(payout_line.c.used_on)).where(payout_line.c.provider == provider)
    ).scalar()


def _lines(tx: Tx, wanted: ColumnElement[bool]) -> list[PayoutLine]:
    query = select(*_COLUMNS).where(wanted).order_by(payout_line.c.used_on, payout_line.c.id)
    return [_line(row) for row in tx.connection.execute(query)]


def _line(row: Any) -> PayoutLine:
    return PayoutLine(**dict(zip(_NAMES, row, strict=True)))
