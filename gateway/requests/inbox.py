"""What waits for one person's decision: own, as a stand-in or for HR, the longest waiting first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from domain.civil import civil_minute
from domain.workflow.application import list_waited_for
from domain.workflow.inbox import Reach, derive_reach, list_mine, waiting_role
from domain.workflow.route import Decider, Organisation, StepRole
from domain.workflow.states import WAITING
from store.applications import Filed, list_filed
from store.deciders import load_organisation
from store.inbox import Dated, count_piles, list_matters_of, list_oldest
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
    desk = _Desk.load(tx, person_id)
    wanted = {each: ids for each, ids in desk.reach.departments.items() if role is None or each is role}
    apart = [each for each in desk.matters if role is None or each.waiting.role is role]
    # As many more as may turn out to be looked at one by one: the page is full all the same.
    piled = list_oldest(tx, wanted, limit=offset + limit + len(desk.matters)) if any(wanted.values()) else []
    known = {each.id for each in desk.matters}
    deciders = desk.decide(apart)
    rows = sorted([each for each in piled if each.id not in known] + [each for each in apart if each.id in deciders])
    shown = rows[offset : offset + limit]
    deciders |= desk.decide(each for each in shown if each.id not in known)
    filed = {each.application.id: each for each in list_filed(tx, [one.id for one in shown])}
    entries = tuple(
        InboxEntry(filed[one.id], one.waiting.role, deciders[one.id].acting_for)
        for one in shown
        if one.id in filed and one.id in deciders
    )
    return Inbox(entries, desk.count(tx))


def load_entry(tx: Tx, person_id: str, application_id: str) -> InboxEntry | None:
    """Give one application that waits for a person now; None when it does not, or no more."""
    filed = next(iter(list_filed(tx, [application_id])), None)
    if filed is None or filed.application.state not in WAITING:
        return None
    one = filed.application
    organisation = load_organisation(tx, civil_minute(tx.now)[0])
    decider = next((each for each in list_waited_for(one, organisation) if each.person_id == person_id), None)
    return None if decider is None else InboxEntry(filed, waiting_role(one.route, one.step), decider.acting_for)


def count_inbox(tx: Tx, person_id: str) -> int:
    """Count what waits for a person now."""
    return sum(_Desk.load(tx, person_id).count(tx).values())


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where a person's inbox is looked for, and what has to be looked at one by one, the longest waiting first."""

    person_id: str
    organisation: Organisation
    reach: Reach
    matters: tuple[Dated, ...]

    @classmethod
    def load(cls, tx: Tx, person_id: str) -> "_Desk":
        organisation = load_organisation(tx, civil_minute(tx.now)[0])
        reach = derive_reach(person_id, organisation)
        may_decide = person_id in reach.named
        return cls(person_id, organisation, reach, tuple(list_matters_of(tx, reach.named)) if may_decide else ())

    def decide(self, some: Iterable[Dated]) -> dict[str, Decider]:
        """Give as whom the person decides, by application; what others decide is left out."""
        mine = list_mine(self.person_id, (each.waiting for each in some), self.organisation)
        return {each.waiting.id: each.decider for each in mine}

    def count(self, tx: Tx) -> dict[StepRole, int]:
        """Count what waits, by the role whose word it needs."""
        many = Counter[StepRole]()
        for (role, _), waiting in count_piles(tx, self.reach.departments).items():
            many[role] += waiting
        mine = self.decide(self.matters)
        for each in (one.waiting for one in self.matters):
            many[each.role] += (each.id in mine) - (each.department_id in self.reach.departments[each.role])
        return {role: many[role] for role in StepRole if many[role]}
