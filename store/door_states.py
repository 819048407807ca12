"""How doors and readers stand and where each last tap is: one row each, derived from records as they come.

A row is replaced by a newer record alone: within a journal the one of the higher seq, between journals (another epoch,
another device) the later one.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select

from store.bulk import upsert_rows
from store.door_tables import door_state, last_tap, reader_state
from store.tx import Tx


class DoorFacts(NamedTuple):
    """A door as its controller last told: fields as the columns of ``store.door_tables.door_state`` describe them."""

    door_id: str
    device_id: str
    epoch: int
    seq: int
    changed_at: datetime
    mode: str = "locked"
    mode_source: str = ""
    lock: str = "relocked"
    contact: str = ""
    alarm: str = ""
    tampered: bool = False
    fire: bool = False


class ReaderFacts(NamedTuple):
    """A reader as it last reported (``contract.records.ReaderReported``)."""

    reader_id: str
    device_id: str
    epoch: int
    seq: int
    changed_at: datetime
    health: str
    cause: str


class LastTap(NamedTuple):
    """Where the last tap of an access point stands in the log, and when it was."""

    access_point_id: str
    device_id: str
    epoch: int
    seq: int
    tapped_at: datetime


def load_door_facts(tx: Tx, *, device_ids: Collection[str], door_ids: Collection[str]) -> dict[str, DoorFacts]:
    """Give the doors of these devices and the doors named, by door."""
    wanted = or_(door_state.c.device_id.in_(sorted(device_ids)), door_state.c.door_id.in_(sorted(door_ids)))
    columns = (door_state.c[name] for name in DoorFacts._fields)
    rows = tx.connection.execute(select(*columns).where(wanted))
    return {row.door_id: DoorFacts(*row) for row in rows}


def list_door_facts(tx: Tx) -> list[DoorFacts]:
    """Give every door that has reported."""
    columns = (door_state.c[name] for name in DoorFacts._fields)
    return [DoorFacts(*row) for row in tx.connection.execute(select(*columns).order_by(door_state.c.door_id))]


def save_door_facts(tx: Tx, facts: Iterable[DoorFacts]) -> None:
    """Keep doors as they stand now; one row a door."""
    upsert_rows(tx, door_state, DoorFacts._fields, sorted(facts), newer_record="changed_at")


def list_reader_facts(tx: Tx) -> list[ReaderFacts]:
    """Give every reader that has reported."""
    columns = (reader_state.c[name] for name in ReaderFacts._fields)
    return [ReaderFacts(*row) for row in tx.connection.execute(select(*columns).order_by(reader_state.c.reader_id))]


def save_reader_facts(tx: Tx, facts: Iterable[ReaderFacts]) -> None:
    """Keep what readers reported last; one row a reader."""
    upsert_rows(tx, reader_state, ReaderFacts._fields, sorted(facts), newer_record="changed_at")


def save_last_taps(tx: Tx, taps: Iterable[LastTap]) -> None:
    """Keep where the last taps are; one row an access point."""
    upsert_rows(tx, last_tap, LastTap._fields, sorted(taps), newer_record="tapped_at")
