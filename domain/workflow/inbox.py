"""What of all that waits is waiting for one person: as if each application were asked, for a whole city. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.workflow.route import Decider, Organisation, StepRole, list_deciders


@dataclass(frozen=True, slots=True)
class Waiting:
    """An application at one of its steps; ``own`` are those whose own matter it is."""

    id: str
    department_id: str
    role: StepRole
    own: frozenset[str]


@dataclass(frozen=True, slots=True)
class Mine:
    """Something that waits for a person, and as whom that person decides."""

    waiting: Waiting
    decider: Decider


def waiting_role(route: tuple[StepRole, ...], step: int) -> StepRole:
    """Give whose word an application needs; what wants to end needs that of its last step."""
    return route[min(step, len(route) - 1)]


def list_reached_units(person_id: str, organisation: Organisation) -> frozenset[str] | None:
    """Give the departments whose applications can come to wait for a person: one's own and all below; None is all."""
    if person_id in organisation.hr:
        return None
    children: dict[str | None, list[str]] = {}
    for unit in organisation.units.values():
        children.setdefault(unit.parent_id, []).append(unit.id)
    found: set[str] = set()
    ahead = [
        unit.id
        for unit in organisation.units.values()
        if person_id == unit.head_id or person_id in unit.acting or person_id in unit.delegates
    ]
    while ahead:
        unit_id = ahead.pop()
        if unit_id not in found:
            found.add(unit_id)
            ahead += children.get(unit_id, ())
    return frozenset(found)


def list_mine(person_id: str, waiting: Iterable[Waiting], organisation: Organisation) -> Iterator[Mine]:
    """Give what waits for a person, in the order given.

    Who is nobody's decider bars nobody, so applications of one department and role have the same deciders, unless one
    of those decides about himself.
    """
    named = _list_named(organisation)
    known: dict[tuple[StepRole, str, frozenset[str]], Decider | None] = {}
    for each in waiting:
        key = each.role, each.department_id, each.own & named
        if key not in known:
            deciders = list_deciders(each.role, each.department_id, organisation, key[2])
            known[key] = next((decider for decider in deciders if decider.person_id == person_id), None)
        decider = known[key]
        if decider is not None:
            yield Mine(each, decider)


def _list_named(organisation: Organisation) -> frozenset[str]:
    heads = {unit.head_id for unit in organisation.units.values() if unit.head_id is not None}
    others = (unit.acting | unit.delegates for unit in organisation.units.values())
    return frozenset(heads).union(organisation.hr, *others)
