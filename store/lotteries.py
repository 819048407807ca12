"""Lottery rounds: lots, entries with their choices, and what a draw gave."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update

from domain.facilities.lottery import Entry, Lot, Round, Win
from store.bulk import batched, insert_rows
from store.conflicts import insert_new
from store.round_tables import lottery_choice, lottery_entry, lottery_lot, lottery_round, lottery_win
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry as it is kept: whose it is, for how many people, and what for."""

    entry: Entry
    round_id: str
    reservee_id: str
    user_class: str
    party: int
    purpose: str
    entered_by: str
    entered_at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptWin:
    """What an entry won, and the reservation that it became; without one ``fault`` says why not."""

    win: Win
    reservation_id: str | None = None
    fault: str = ""


_ROUND = tuple(field.name for field in fields(Round) if field.name != "lots")
_LOT = tuple(field.name for field in fields(Lot))
_ENTRY = tuple(field.name for field in fields(KeptEntry) if field.name != "entry")


def insert_round(tx: Tx, new: Round, *, opened_by: str) -> bool:
    """Keep a new round with its lots; False when one of that id stands already, and nothing is changed."""
    values = {name: getattr(new, name) for name in _ROUND} | {"opened_by": opened_by, "opened_at": tx.now}
    if not insert_new(tx, lottery_round, values):
        return False
    rows = [(new.id, *(getattr(lot, name) for name in _LOT)) for lot in new.lots]
    insert_rows(tx, lottery_lot, ("round_id", *_LOT), rows)
    return True


def load_round(tx: Tx, round_id: str, *, lock: bool = False) -> Round | None:
    """Give a round, lots by id; None when there is none. With ``lock`` nobody else enters or draws until the commit."""
    query = select(*(lottery_round.c[name] for name in _ROUND)).where(lottery_round.c.id == round_id)
    row = tx.connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        return None
    lots = select(*(lottery_lot.c[name] for name in _LOT)).where(lottery_lot.c.round_id == round_id)
    found = tuple(Lot(*each) for each in tx.connection.execute(lots.order_by(lottery_lot.c.id)))
    return Round(**dict(zip(_ROUND, row, strict=True)), lots=found)


def list_rounds_of(tx: Tx, facility_ids: Collection[str], *, since: datetime | None = None) -> list[str]:
    """Give the ids of the rounds of facilities, the last to be entered first; only those entered after an instant."""
    query = select(lottery_round.c.id).where(lottery_round.c.facility_id.in_(sorted(facility_ids)))
    if since is not None:
        query = query.where(lottery_round.c.enter_until_at > since)
    return list(
        tx.connection.execute(query.order_by(lottery_round.c.enter_until_at.desc(), lottery_round.c.id)).scalars()
    )


def list_due_rounds(tx: Tx) -> list[str]:
    """Give the ids of the rounds that nobody enters any more and that are not drawn, the longest over first."""
    due = lottery_round.c.drawn_at.is_(None) & (lottery_round.c.enter_until_at <= tx.now)
    query = select(lottery_round.c.id).where(due).order_by(lottery_round.c.enter_until_at, lottery_round.c.id)
    return list(tx.connection.scalars(query))


def save_drawn(tx: Tx, drawn: Round, wins: Iterable[KeptWin], chances: dict[str, int], *, by: str) -> None:
    """Write down a draw: its seed, with how many chances each entry took part, and what was won."""
    values = {"seed": drawn.seed, "drawn_at": drawn.drawn_at, "drawn_by": by}
    tx.connection.execute(update(lottery_round).where(lottery_round.c.id == drawn.id).values(values))
    for entry_id, count in chances.items():
        if count > 1:
            given = update(lottery_entry).where(lottery_entry.c.id == entry_id).values(chances=count)
            tx.connection.execute(given)
    columns = ("entry_id", "round_id", "lot_id", "position", "reservation_id", "fault")
    rows = [
        (each.win.entry_id, drawn.id, each.win.lot_id, each.win.position, each.reservation_id, each.fault)
        for each in wins
    ]
    insert_rows(tx, lottery_win, columns, rows)


def save_entry(tx: Tx, kept: KeptEntry) -> bool:
    """Keep an entry, or other choices of one that stands; False when its id or its reservee's place is another's."""
    values = {name: getattr(kept, name) for name in _ENTRY} | {"id": kept.entry.id, "chances": kept.entry.chances}
    standing = find_entry(tx, kept.round_id, kept.reservee_id)
    if standing is None:
        if not insert_new(tx, lottery_entry, values):
            return False
    elif standing.entry.id != kept.entry.id:
        return False
    else:
        tx.connection.execute(update(lottery_entry).where(lottery_entry.c.id == kept.entry.id).values(values))
        tx.connection.execute(delete(lottery_choice).where(lottery_choice.c.entry_id == kept.entry.id))
    rows = [(kept.entry.id, position, lot_id) for position, lot_id in enumerate(kept.entry.choices, 1)]
    insert_rows(tx, lottery_choice, ("entry_id", "position", "lot_id"), rows)
    return True


def find_entry(tx: Tx, round_id: str, reservee_id: str) -> KeptEntry | None:
    """Give a reservee's entry in a round, withdrawn or not; None when there is none."""
    own = (lottery_entry.c.round_id == round_id) & (lottery_entry.c.reservee_id == reservee_id)
    return next(iter(_list_entries(tx, own)), None)


def withdraw_entries(tx: Tx, entry_ids: Collection[str]) -> None:
    """Let entries take no part in rounds that are still to be drawn."""
    open_ = select(lottery_round.c.id).where(lottery_round.c.drawn_at.is_(None))
    for some in batched(sorted(entry_ids)):
        standing = lottery_entry.c.id.in_(some) & lottery_entry.c.withdrawn_at.is_(None)
        standing &= lottery_entry.c.round_id.in_(open_)
        tx.connection.execute(update(lottery_entry).where(standing).values(withdrawn_at=tx.now))


def count_entries(tx: Tx, round_ids: Collection[str]) -> dict[str, int]:
    """Count the entries that take part, by round; a round without any is left out."""
    takes_part = lottery_entry.c.round_id.in_(sorted(round_ids)) & lottery_entry.c.withdrawn_at.is_(None)
    query = select(lottery_entry.c.round_id, func.count()).where(takes_part).group_by(lottery_entry.c.round_id)
    return {row[0]: row[1] for row in tx.connection.execute(query)}


def list_entries(tx: Tx, round_id: str) -> list[KeptEntry]:
    """Give the entries of a round that take part, by id."""
    return _list_entries(tx, (lottery_entry.c.round_id == round_id) & lottery_entry.c.withdrawn_at.is_(None))


def list_wins(tx: Tx, round_id: str) -> list[KeptWin]:
    """Give what was won in a round, in the order of the draw."""
    query = select(lottery_win).where(lottery_win.c.round_id == round_id)
    ordered = query.order_by(lottery_win.c.position, lottery_win.c.entry_id, lottery_win.c.lot_id)
    return [
        KeptWin(Win(row.position, row.entry_id, row.lot_id), row.reservation_id, row.fault)
        for row in tx.connection.execute(ordered)
    ]


def list_winners(tx: Tx, facility_id: str, *, since: datetime) -> frozenset[str]:
    """Give the reservees who won something in a facility's rounds that were drawn after an instant."""
    query = select(lottery_entry.c.reservee_id).select_from(lottery_win).join(lottery_entry).join(lottery_round)
    drawn = (lottery_round.c.facility_id == facility_id) & (lottery_round.c.drawn_at > since)
    return frozenset(tx.connection.execute(query.where(drawn).distinct()).scalars())


def _list_entries(tx: Tx, wanted: ColumnElement[bool]) -> list[KeptEntry]:
    choices: dict[str, list[str]] = {}
    chosen = select(lottery_choice).join_from(lottery_choice, lottery_entry).where(wanted)
    for row in tx.connection.execute(chosen.order_by(lottery_choice.c.entry_id, lottery_choice.c.position)):
        choices.setdefault(row.entry_id, []).append(row.lot_id)
    query = select(lottery_entry).where(wanted).order_by(lottery_entry.c.id)
    return [_entry(row, tuple(choices.get(row.id, ()))) for row in tx.connection.execute(query)]


def _entry(row: Any, choices: tuple[str, ...]) -> KeptEntry:
    return KeptEntry(Entry(row.id, choices, row.chances), *(getattr(row, name) for name in _ENTRY))
