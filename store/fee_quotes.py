"""What reservations were priced at, line by line, and the reductions that were granted to them; all appended."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, insert, select

from domain.facilities.fee_quote import DepositLine, FeeLine, LineKind, Quote
from domain.facilities.fee_table import Charge
from store.bulk import batched, insert_rows
from store.fee_tables import fee_line, fee_quote, fee_reduction
from store.tx import Tx

DEPOSIT = "deposit"
_LINE = ("quote_id", "position", "kind", "charge", "name", "name_en", "quantity", "unit_yen", "rule_id", "source")


@dataclass(frozen=True, slots=True)
class StoredQuote:
    """A price of a reservation as it was at a version, by a table at a version."""

    reservation_id: str
    reservation_version: int
    table_version: int
    purpose: str
    options: tuple[tuple[str, int | None], ...]
    quote: Quote
    priced_by: str
    priced_at: datetime


class ReductionDeed(NamedTuple):
    """Somebody granted a reduction, or took it back."""

    reservation_id: str
    reduction_id: str
    is_granted: bool
    decided_by: str
    decided_at: datetime
    reason: str


def insert_quote(tx: Tx, stored: StoredQuote) -> None:
    """Keep a price with its lines; it is the reservation's newest from now on."""
    quote = stored.quote
    values = {
        "reservation_id": stored.reservation_id,
        "reservation_version": stored.reservation_version,
        "table_id": quote.table_id,
        "table_version": stored.table_version,
        "purpose": stored.purpose,
        "options": json.dumps(stored.options),
        "total_yen": quote.total_yen,
        "deposit_yen": quote.deposit_yen,
        "tax_percent": quote.tax_percent,
        "priced_by": stored.priced_by,
        "priced_at": stored.priced_at,
    }
    quote_id = tx.connection.execute(insert(fee_quote).values(values).returning(fee_quote.c.id)).scalar_one()
    lines = [
        (
            *(each.kind.value, each.charge or "", each.name, each.name_en),
            *(each.quantity, each.unit_yen, each.rule_id, each.source),
        )
        for each in quote.lines
    ]
    lines += [(DEPOSIT, "", each.name, each.name_en, 1, each.yen, each.rule_id, each.source) for each in quote.deposits]
    rows = [(quote_id, at, kind, str(charge), *rest) for at, (kind, charge, *rest) in enumerate(lines)]
    insert_rows(tx, fee_line, _LINE, rows)


def load_quote(tx: Tx, reservation_id: str) -> StoredQuote | None:
    """Give a reservation's newest price; None where it has not been priced."""
    return next(iter(list_quotes(tx, reservation_id, limit=1)), None)


def list_quotes(tx: Tx, reservation_id: str, *, limit: int | None = None) -> list[StoredQuote]:
    """Give the prices of a reservation, the newest first."""
    query = select(fee_quote).where(fee_quote.c.reservation_id == reservation_id)
    return _list(tx, query.order_by(fee_quote.c.id.desc()).limit(limit))


def list_newest_quotes(tx: Tx, reservation_ids: Collection[str]) -> dict[str, StoredQuote]:
    """Give the newest prices of reservations; one that has not been priced is left out."""
    found: dict[str, StoredQuote] = {}
    for some in batched(sorted(reservation_ids)):
        of_some = fee_quote.c.reservation_id.in_(some)
        newest = select(func.max(fee_quote.c.id)).where(of_some).group_by(fee_quote.c.reservation_id)
        found |= {each.reservation_id: each for each in _list(tx, select(fee_quote).where(fee_quote.c.id.in_(newest)))}
    return found


def insert_reduction(tx: Tx, deed: ReductionDeed) -> None:
    """Write down that a reduction was granted or taken back."""
    insert_rows(tx, fee_reduction, ReductionDeed._fields, [deed])


def list_reductions(tx: Tx, reservation_id: str) -> list[ReductionDeed]:
    """Give what was decided about a reservation's reductions, in order."""
    columns = (fee_reduction.c[name] for name in ReductionDeed._fields)
    query = select(*columns).where(fee_reduction.c.reservation_id == reservation_id).order_by(fee_reduction.c.id)
    return [ReductionDeed(*row) for row in tx.connection.execute(query)]


def list_granted(tx: Tx, reservation_id: str) -> tuple[str, ...]:
    """Give the reductions that stand granted to a reservation, by id."""
    newest = {deed.reduction_id: deed.is_granted for deed in list_reductions(tx, reservation_id)}
    return tuple(sorted(id_ for id_, is_granted in newest.items() if is_granted))


def _list(tx: Tx, query: Select[Any]) -> list[StoredQuote]:
    rows = tx.connection.execute(query).all()
    found = select(fee_line).where(fee_line.c.quote_id.in_([row.id for row in rows]))
    lines: dict[int, list[Any]] = {}
    for line in tx.connection.execute(found.order_by(fee_line.c.quote_id, fee_line.c.position)):
        lines.setdefault(line.quote_id, []).append(line)
    return [_stored(row, lines.get(row.id, [])) for row in rows]


def _stored(row: Any, lines: list[Any]) -> StoredQuote:
    told = tuple(
        FeeLine(
            LineKind(each.kind),
            Charge(each.charge) if each.charge else None,
            each.name,
            each.name_en,
            each.quantity,
            each.unit_yen,
            each.rule_id,
            each.source,
        )
        for each in lines
        if each.kind != DEPOSIT
    )
    held = tuple(
        DepositLine(each.name, each.name_en, each.unit_yen, each.rule_id, each.source)
        for each in lines
        if each.kind == DEPOSIT
    )
    options = tuple((id_, minutes) for id_, minutes in json.loads(row.options))
    quote = Quote(row.table_id, told, held, row.tax_percent)
    place = row.reservation_id, row.reservation_version, row.table_version
    return StoredQuote(*place, row.purpose, options, quote, row.priced_by, row.priced_at)
