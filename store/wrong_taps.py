"""Taps that were found to be none of working time, for the pages that show them beside who agreed to that and why."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from store.roster_tables import wrong_tap
from store.tables import person
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class FoundWrong:
    """A tap that bounds nothing: ``agreed_by`` is a name, ``reason`` what the application said."""

    application_id: str
    agreed_by: str
    reason: str


def list_wrong_taps(tx: Tx, person_id: str, *, since: datetime, until: datetime) -> dict[str, FoundWrong]:
    """Give what is in force of a person's taps from ``since`` up to but not including ``until``, by the record's name.

    The name is that of ``domain.attendance.facts.Punch.ref``.
    """
    table = wrong_tap.c
    wanted = (table.person_id == person_id) & (table.tapped_at >= since) & (table.tapped_at < until)
    query = (
        select(
            table.device_id, table.epoch, table.seq, table.application_id, person.c.name, table.agreed_by, table.reason
        )
        .select_from(wrong_tap.outerjoin(person, person.c.id == table.agreed_by))
        .where(wanted & table.ended_at.is_(None))
    )
    return {
        f"{device_id}/{epoch}/{seq}": FoundWrong(application_id, name or agreed_by, reason)
        for device_id, epoch, seq, application_id, name, agreed_by, reason in tx.connection.execute(query)
    }
