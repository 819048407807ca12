"""Who decides: the steps of a route as data, and the persons who may take one of them on a day. Pure.

A route names roles, never persons: a head who is followed by another leaves nothing waiting. Who is head, who stands in
(職務代理), whom an absent head named (代決) and who is away today is asked when somebody decides.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class StepRole(StrEnum):
    """Whose word a step needs."""

    head = "head"  # 所属長 of the person's department
    above = "above"  # the head of the department above it
    hr = "hr"  # 人事: 認定, 確認


@dataclass(frozen=True, slots=True)
class Unit:
    """A department on a day: its head, those who stand in for the head, and whom the head named for an absence."""

    id: str
    parent_id: str | None = None
    head_id: str | None = None
    acting: frozenset[str] = frozenset()
    delegates: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Organisation:
    """The departments by id as they are on a day, HR's deciders, and who is away on that day."""

    units: Mapping[str, Unit] = field(default_factory=dict)
    hr: frozenset[str] = frozenset()
    away: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody who may decide; ``acting_for`` is the head whose word is given (代決), None for one's own."""

    person_id: str
    acting_for: str | None = None


def list_deciders(
    role: StepRole, department_id: str, organisation: Organisation, barred: frozenset[str]
) -> tuple[Decider, ...]:
    """Give who may take a step for a department, the head first; ``barred`` are those whose own matter it is.

    Nobody decides it in their place either: whom a head named cannot grant that head's own wishes.
    Without anybody who is here, the word goes up the tree, and from its top to HR: an application never waits for
    nobody. Who is away may still decide from where he is; others merely need not wait.
    """
    if role is StepRole.hr:
        return tuple(Decider(each) for each in sorted(organisation.hr - barred))
    found: dict[str, Decider] = {}
    units = _upwards(department_id, organisation.units)
    if role is StepRole.above:
        next(units, None)
    for unit in units:
        for decider in _of(unit):
            if decider.person_id not in barred and decider.acting_for not in barred:
                found.setdefault(decider.person_id, decider)
        if found.keys() - organisation.away:
            return tuple(found.values())
    for person_id in sorted(organisation.hr - barred):
        found.setdefault(person_id, Decider(person_id))
    return tuple(found.values())


def _upwards(department_id: str, units: Mapping[str, Unit]) -> Iterator[Unit]:
    seen: set[str] = set()
    at: str | None = department_id
    while at is not None and at in units and at not in seen:
        seen.add(at)
        yield units[at]
        at = units[at].parent_id


def _of(unit: Unit) -> Iterator[Decider]:
    if unit.head_id is not None:
        yield Decider(unit.head_id)
    for person_id in sorted(unit.acting | unit.delegates):
        if person_id != unit.head_id:
            yield Decider(person_id, acting_for=unit.head_id)
