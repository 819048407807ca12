"""What persons said of taps whose clock was uncertain."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from store.closing_tables import doubtful_tap
from store.conflicts import insert_new
from store.roster_tables import punch_judgement
from store.tx import Tx

RecordKey = tuple[str, int, int]
"""A record's device, epoch and seq."""


@dataclass(frozen=True, slots=True)
class DoubtfulPunch:
    """A tap of a person, at the time its clock told."""

    person_id: str
    tapped_at: datetime


def load_doubtful_punch(tx: Tx, key: RecordKey) -> DoubtfulPunch | None:
    """Give a tap whose clock was uncertain, judged or not; None when there is none of that key."""
    table = doubtful_tap.c
    mine = (table.device_id == key[0]) & (table.epoch == key[1]) & (table.seq == key[2])
    row = tx.connection.execute(select(table.person_id, table.tapped_at).where(mine)).one_or_none()
    return None if row is None else DoubtfulPunch(*row)


def insert_judgement(tx: Tx, key: RecordKey, *, counts: bool, by: str, reason: str) -> bool:
    """Keep what somebody said at ``tx.now``; False when the tap was judged already: a judgement is never changed."""
    values = {"device_id": key[0], "epoch": key[1], "seq": key[2], "counts": counts}
    said = {"judged_by": by, "judged_at": tx.now, "reason": reason}
    return insert_new(tx, punch_judgement, values | said)
