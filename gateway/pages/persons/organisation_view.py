"""The tree of departments as a page draws it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from store.organisation import Unit


@dataclass(frozen=True, slots=True)
class Branch:
    """A department with those right below it; ``total`` are the staff of all of them together."""

    unit: Unit
    below: tuple["Branch", ...]
    total: int


def derive_tree(units: Iterable[Unit]) -> tuple[Branch, ...]:
    """Give the departments at the top with all below; whatever lies in a circle stands at the top, each once."""
    by_id = {unit.id: unit for unit in units}
    below: dict[str | None, list[Unit]] = defaultdict(list)
    for unit in by_id.values():
        below[unit.parent_id if unit.parent_id in by_id else None].append(unit)
    drawn: set[str] = set()

    def branch(unit: Unit) -> Branch:
        drawn.add(unit.id)
        branches = tuple(branch(each) for each in below[unit.id] if each.id not in drawn)
        return Branch(unit, branches, unit.people + sum(each.total for each in branches))

    tree = [branch(unit) for unit in below[None]]
    tree += [branch(unit) for unit in by_id.values() if unit.id not in drawn]
    return tuple(tree)


def list_above(unit_id: str, units: Iterable[Unit]) -> list[Unit]:
    """Give the departments above one, the top first."""
    by_id = {unit.id: unit for unit in units}
    found: list[Unit] = []
    here = by_id.get(unit_id)
    while here is not None and here.parent_id in by_id and by_id[here.parent_id] not in found:
        here = by_id[here.parent_id]
        found.insert(0, here)
    return [unit for unit in found if unit.id != unit_id]
