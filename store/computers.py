"""Log-ons and log-offs of persons' computers, as another system tells them: evidence only."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from domain.attendance.adjustment import Cause
from domain.civil import civil_minute
from store.bulk import upsert_rows
from store.changed_days import ChangedDay, mark_changed, past_month_until
from store.roster_tables import computer_use
from store.rosters import rows_of
from store.tx import Tx


class ComputerLog(NamedTuple):
    """A log-on (``on``) or log-off (``off``) of a person at a computer."""

    person_id: str
    used_at: datetime
    kind: str
    host: str


def list_computer_logs(
    tx: Tx, person_ids: Collection[str], since: datetime, until: datetime
) -> dict[tuple[str, datetime, str], ComputerLog]:
    """Give what is known from ``since`` through ``until``, by person, instant and kind."""
    table = computer_use.c
    wanted = (table.used_at >= since) & (table.used_at <= until)
    query = select(*(table[name] for name in ComputerLog._fields)).where(wanted)
    found = (ComputerLog(*row) for row in rows_of(tx, query, table.person_id, person_ids))
    return {each[:3]: each for each in found}


def save_computer_logs(tx: Tx, logs: Collection[ComputerLog]) -> None:
    """Keep logs; of one person, instant and kind the later word holds. Days of a month that is over are marked."""
    unique = {each[:3]: each for each in logs}
    upsert_rows(tx, computer_use, ComputerLog._fields, list(unique.values()))
    until = past_month_until(tx.now)
    days = {(each.person_id, civil_minute(each.used_at)[0]) for each in logs if each.used_at < until}
    mark_changed(tx, [ChangedDay(person_id, on, Cause.hr) for person_id, on in days])
