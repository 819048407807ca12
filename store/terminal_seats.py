"""Who sat down last at each terminal: by a card held to the reader at its seat, or told by a log-on agent."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from domain.zones.facts import Factor
from store.bulk import upsert_rows
from store.rosters import rows_of
from store.tx import Tx
from store.zone_tables import terminal, terminal_seat


class Seat(NamedTuple):
    """Somebody at a terminal since an instant; ``told_by`` is the access point of a tap, else the agent."""

    terminal_id: str
    person_id: str
    factor: Factor
    at: datetime
    told_by: str


class SeatTap(NamedTuple):
    """A granted tap at an access point, which may be the reader at a seat."""

    access_point_id: str
    person_id: str
    factor: Factor
    at: datetime


def save_seats(tx: Tx, seats: Collection[Seat]) -> None:
    """Keep who sits where, unless somebody sat down there later; of one terminal's the latest counts."""
    latest: dict[str, Seat] = {}
    for each in seats:
        known = latest.get(each.terminal_id)
        if known is None or (known.at, known.person_id) < (each.at, each.person_id):
            latest[each.terminal_id] = each
    rows = [tuple(each._replace(factor=each.factor.value)) for _, each in sorted(latest.items())]  # type: ignore[arg-type]
    upsert_rows(tx, terminal_seat, Seat._fields, rows, newer=("at", "person_id"))


def bind_seats(tx: Tx, taps: Collection[SeatTap]) -> None:
    """Let taps at the readers of seats say who sits there; all others say nothing."""
    points = sorted({each.access_point_id for each in taps})
    if not points:
        return
    query = select(terminal.c.id, terminal.c.seat_point_id).where(terminal.c.seat_point_id.in_(points))
    at_point: dict[str, list[str]] = {}
    for terminal_id, point in tx.connection.execute(query):
        at_point.setdefault(point, []).append(terminal_id)
    if at_point:
        save_seats(
            tx,
            [
                Seat(terminal_id, each.person_id, each.factor, each.at, each.access_point_id)
                for each in taps
                for terminal_id in at_point.get(each.access_point_id, ())
            ],
        )


def list_seats(tx: Tx, person_ids: Collection[str] | None = None) -> Mapping[str, Seat]:
    """Give who sat down last, by terminal: of all, or where it was one of some persons."""
    query = select(*(terminal_seat.c[name] for name in Seat._fields)).order_by(terminal_seat.c.terminal_id)
    rows = (Seat(*row) for row in rows_of(tx, query, terminal_seat.c.person_id, person_ids))
    return {each.terminal_id: each._replace(factor=Factor(each.factor)) for each in rows}
