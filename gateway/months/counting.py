"""Many people's months counted as they are now, with the bytes and the hash that confirmations name."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from contract.month_version import hash_month, write_month
from domain.attendance.facts import Staff
from domain.attendance.month import PersonMonth, derive_month
from domain.attendance.plan import ImpossiblePlanError
from domain.attendance.profile import InForce
from store.months import load_months_facts
from store.tx import Tx

PEOPLE_AT_ONCE = 200
"""Whose facts are in memory together."""


@dataclass(frozen=True, slots=True)
class CountedPerson:
    """One person's month; ``month`` is None and the bytes empty where the plan is impossible."""

    person_id: str
    month: PersonMonth | None
    content: bytes = b""
    content_hash: str = ""
    staff: Staff = field(default_factory=Staff)


def count_people(tx: Tx, person_ids: Collection[str], period: str, profile: InForce) -> Iterator[CountedPerson]:
    """Count the months of these persons, in the order of their ids; unknown ids are left out.

    Raises:
        ValueError: ``period`` is no month.
    """
    ordered = sorted(set(person_ids))
    for start in range(0, len(ordered), PEOPLE_AT_ONCE):
        facts = load_months_facts(tx, ordered[start : start + PEOPLE_AT_ONCE], period, profile)
        for person_id in sorted(facts):
            try:
                month = derive_month(facts[person_id])
            except ImpossiblePlanError:
                yield CountedPerson(person_id, None)
                continue
            content = write_month(month, period, profile)
            yield CountedPerson(person_id, month, content, hash_month(content), facts[person_id].staff)
