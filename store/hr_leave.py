"""Leave that HR's files grant: each correction is one more grant, so what was said before stays readable."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from store.bulk import insert_rows
from store.leave_tables import leave_grant
from store.tx import Tx

_COLUMNS = ("person_id", "kind", "from_on", "until_on", "minutes", "source", "reason", "given_by", "given_at")


class LeaveLot(NamedTuple):
    """Leave of one kind that a person may take from one day through another; ``until_on`` None is no bound."""

    person_id: str
    kind: str
    from_on: date
    until_on: date | None


def list_hr_leave(tx: Tx) -> dict[LeaveLot, int]:
    """Give the minutes that HR's files have granted so far, corrections added."""
    lot = (leave_grant.c.person_id, leave_grant.c.kind, leave_grant.c.from_on, leave_grant.c.until_on)
    query = select(*lot, func.sum(leave_grant.c.minutes)).where(leave_grant.c.source == "hr").group_by(*lot)
    return {LeaveLot(*row[:4]): int(row[4]) for row in tx.connection.execute(query)}


def insert_hr_leave(tx: Tx, grants: Collection[tuple[LeaveLot, int]], reason: str) -> None:
    """Grant minutes, fewer than none to take back; ``reason`` says by which file."""
    insert_rows(tx, leave_grant, _COLUMNS, [(*lot, minutes, "hr", reason, "", tx.now) for lot, minutes in grants])
