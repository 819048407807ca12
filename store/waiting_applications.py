"""What a group of people asked for that nobody has decided yet: beside a roster, and in the month of who is away."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import select

from domain.workflow.states import State
from store.application_tables import application
from store.rosters import Days, rows_of
from store.tx import Tx


class WaitingApplication(NamedTuple):
    """An application that waits, with its content's canonical bytes."""

    id: str
    kind: str
    content: bytes


def list_waiting(
    tx: Tx, person_ids: Collection[str] | None, kinds: Collection[str], days: Days
) -> dict[str, list[WaitingApplication]]:
    """Give the submitted applications of some kinds that speak of the days, by person; None is everybody."""
    table = application.c
    query = (
        select(table.person_id, table.id, table.kind, table.content)
        .where(table.state == State.submitted.value, table.kind.in_(sorted(kinds)))
        .where(table.from_on <= days[1], table.until_on >= days[0])
        .order_by(table.from_on, table.id)
    )
    found: dict[str, list[WaitingApplication]] = defaultdict(list)
    for person_id, each, kind, content in rows_of(tx, query, table.person_id, person_ids):
        found[person_id].append(WaitingApplication(each, kind, bytes(content)))
    return found
