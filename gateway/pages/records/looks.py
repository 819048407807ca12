"""Writing down who looks at what is recorded of persons: once a page, not each time it renews itself."""

from datetime import timedelta

from gateway.pages.entrance.visit import Visit
from store.read_log import insert_reading, list_readings

SAME_LOOK = timedelta(minutes=10)
"""Whoever works with one list comes back to it with every touch: so long that is one look."""


def note_look(visit: Visit, what: str, person_id: str | None, query: str) -> None:
    """Write down that the visitor looks at what was recorded of persons."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        insert_reading(tx, visit.signed_in.login, what, person_id=person_id, query=query)


def note_work(visit: Visit, what: str, query: str) -> None:
    """Write down that the visitor looks at a list that they work with; what is still the same look is not repeated."""
    context, login = visit.pages.context, visit.signed_in.login
    with context.store.transaction(context.now()) as tx:
        latest = next((line.reading for line in list_readings(tx, login=login, limit=1)), None)
        same = latest is not None and (latest.what, latest.query) == (what, query)
        if latest is None or not same or tx.now - latest.read_at >= SAME_LOOK:
            insert_reading(tx, login, what, person_id=None, query=query)
