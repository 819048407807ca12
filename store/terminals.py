"""Terminals: for which tier each was issued, and the certificate or address by which it shows itself."""

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select, update

from store.bulk import upsert_rows
from store.tx import Tx
from store.zone_tables import terminal


class EndedFor(StrEnum):
    """Why a terminal is issued no more."""

    returned = "returned"
    disposed = "disposed"
    lost = "lost"


@dataclass(frozen=True, slots=True)
class KeptTerminal:
    """A terminal; its id is its certificate's common name. ``mac`` (12 hex digits) is of what has no certificate.

    ``kept_by`` is the person who keeps it; empty: it is shared. ``seat_point_id`` is the access point of the desk
    reader at its seat.
    """

    id: str
    name: str
    tier_id: str
    terminal_class: str
    issued_from: datetime
    issued_until: datetime | None = None
    mac: str | None = None
    certificate_from: datetime | None = None
    certificate_until: datetime | None = None
    certificate_serial: str | None = None
    kept_by: str = ""
    seat_point_id: str | None = None
    ended_for: EndedFor | None = None
    ended_by: str | None = None


_COLUMNS = tuple(field.name for field in fields(KeptTerminal))


def save_terminals(tx: Tx, terminals: Collection[KeptTerminal]) -> None:
    """Keep terminals, new ones and changed ones."""
    upsert_rows(tx, terminal, _COLUMNS, [tuple(getattr(each, name) for name in _COLUMNS) for each in terminals])


def load_terminal(tx: Tx, terminal_id: str) -> KeptTerminal | None:
    """Give a terminal by its certificate's name; None for one that was never issued."""
    row = tx.connection.execute(_select().where(terminal.c.id == terminal_id)).one_or_none()
    return None if row is None else _read(row)


def find_terminal_by_mac(tx: Tx, mac: str) -> KeptTerminal | None:
    """Give a terminal by its network address; None for one that is not known."""
    row = tx.connection.execute(_select().where(terminal.c.mac == mac)).one_or_none()
    return None if row is None else _read(row)


def list_terminals(tx: Tx) -> list[KeptTerminal]:
    """Give every terminal, by id."""
    return [_read(row) for row in tx.connection.execute(_select().order_by(terminal.c.id))]


def end_terminal(tx: Tx, terminal_id: str, *, ended_for: EndedFor = EndedFor.returned, by: str = "") -> bool:
    """Let a terminal be issued no more from now on; False when there is none or it had ended."""
    later = terminal.c.issued_until.is_(None) | (terminal.c.issued_until > tx.now)
    standing = (terminal.c.id == terminal_id) & later
    values = {"issued_until": tx.now, "ended_for": ended_for.value, "ended_by": by}
    return tx.connection.execute(update(terminal).where(standing).values(values)).rowcount == 1


def _select() -> Select[Any]:
    return select(*(terminal.c[name] for name in _COLUMNS))


def _read(row: Any) -> KeptTerminal:
    kept = KeptTerminal(*row)
    return kept if kept.ended_for is None else replace(kept, ended_for=EndedFor(kept.ended_for))
