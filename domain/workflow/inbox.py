"""What of all that waits is waiting for one person: as if each application were asked, for a whole city. Pure."""

from collections.abc import Iterable, Iterator, Mapping
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


@dataclass(frozen=True, slots=True)
class Reach:
    """Where to look for what waits for a person: departments by role, and whatever is the own matter of somebody named.

    ``named`` are all who decide anything: only their own matters go to other persons than the rest of a department's.
    """

    departments: Mapping[StepRole, frozenset[str]]
    named: frozenset[str]


def derive_reach(person_id: str, organisation: Organisation) -> Reach:
    """Give where to look for what waits for a person."""
    departments = {
        role: frozenset(
            unit_id
            for unit_id in organisation.units
            if any(each.person_id == person_id for each in list_deciders(role, unit_id, organisation, frozenset()))
        )
        for role in StepRole
    }
    return Reach(departments, _list_named(organisation))


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
