"""What waits for one person's decision: own, as a stand-in or for HR, the longest waiting first."""

from dataclasses import dataclass

from domain.civil import civil_minute
from domain.workflow.inbox import Mine, derive_reach, list_mine
from domain.workflow.route import StepRole
from store.applications import Filed, list_filed
from store.deciders import load_organisation
from store.inbox import list_waiting
from store.tx import Tx

PAGE_LENGTH = 50


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """An application that waits, the role whose word it needs, and for which head it would be given (代決)."""

    filed: Filed
    role: StepRole
    acting_for: str | None


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of what waits, and how many wait in all, by the role whose word they need."""

    entries: tuple[InboxEntry, ...]
    counts: dict[StepRole, int]

    @property
    def total(self) -> int:
        """Count everything that waits."""
        return sum(self.counts.values())


def list_inbox(
    tx: Tx, person_id: str, *, role: StepRole | None = None, offset: int = 0, limit: int = PAGE_LENGTH
) -> Inbox:
    """Give what waits for a person now, from the ``offset``-th on; ``role`` asks for the entries of one role alone."""
    mine = _list_mine(tx, person_id)
    counts = {each: sum(one.waiting.role is each for one in mine) for each in StepRole}
    shown = [one for one in mine if role is None or one.waiting.role is role][offset : offset + limit]
    filed = {each.application.id: each for each in list_filed(tx, [one.waiting.id for one in shown])}
    entries = tuple(
        InboxEntry(filed[one.waiting.id], one.waiting.role, one.decider.acting_for)
        for one in shown
        if one.waiting.id in filed
    )
    return Inbox(entries, {each: count for each, count in counts.items() if count})


def count_inbox(tx: Tx, person_id: str) -> int:
    """Count what waits for a person now."""
    return len(_list_mine(tx, person_id))


def _list_mine(tx: Tx, person_id: str) -> list[Mine]:
    organisation = load_organisation(tx, civil_minute(tx.now)[0])
    waiting = list_waiting(tx, derive_reach(person_id, organisation))
    return list(list_mine(person_id, waiting, organisation))
