"""Secret addresses of calendars: one a person, kept by its hash alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.paper_tables import calendar_feed
from store.tx import Tx

NOTED_EVERY = timedelta(hours=1)
"""That a calendar asked is written down so often at most."""


@dataclass(frozen=True, slots=True)
class CalendarFeed:
    """Somebody's address: when it was made, and when a calendar last asked."""

    person_id: str
    made_at: datetime
    asked_at: datetime | None


def save_calendar_feed(tx: Tx, person_id: str, token_hash: str) -> None:
    """Give somebody a new address; the earlier one ends."""
    values = {"token_hash": token_hash, "made_at": tx.now, "asked_at": None}
    dialect = postgresql if tx.is_postgresql else sqlite
    statement = dialect.insert(calendar_feed).values({"person_id": person_id, **values})
    tx.connection.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))


def end_calendar_feed(tx: Tx, person_id: str) -> bool:
    """End somebody's address; False when there is none."""
    return bool(tx.connection.execute(delete(calendar_feed).where(calendar_feed.c.person_id == person_id)).rowcount)


def load_calendar_feed(tx: Tx, person_id: str) -> CalendarFeed | None:
    """Give somebody's address; None without one."""
    return _load(tx, calendar_feed.c.person_id == person_id)


def find_calendar_feed(tx: Tx, token_hash: str) -> CalendarFeed | None:
    """Give whose address it is; None when it is nobody's (any more)."""
    return _load(tx, calendar_feed.c.token_hash == token_hash)


def note_calendar_asked(tx: Tx, feed: CalendarFeed) -> None:
    """Write down that a calendar asked at ``tx.now``."""
    tx.connection.execute(
        update(calendar_feed).where(calendar_feed.c.person_id == feed.person_id).values(asked_at=tx.now)
    )


def _load(tx: Tx, wanted: ColumnElement[bool]) -> CalendarFeed | None:
    names = CalendarFeed.__slots__
    row = tx.connection.execute(select(*(calendar_feed.c[name] for name in names)).where(wanted)).one_or_none()
    return None if row is None else CalendarFeed(*row)
