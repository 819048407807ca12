"""Duty days whose facts changed since they were last looked at: what the recount of closed months works through."""

from collections.abc import Collection
from datetime import date

from store.bulk import upsert_rows
from store.closing_tables import changed_day
from store.tx import Tx


def mark_changed_days(tx: Tx, person_id: str, days: Collection[date], cause: str) -> None:
    """Mark days of a person as changed at ``tx.now``; a day that is marked already takes the later cause."""
    rows = [(person_id, on, cause, tx.now) for on in sorted(set(days))]
    upsert_rows(tx, changed_day, ("person_id", "day_on", "cause", "changed_at"), rows)
