"""What a piece of information is worth and where it may be: classes in schemes that stand side by side, as data.

A city's own scale (重要性1–3, 機密性3-1) and the ministry's (自治体機密性3A, 3B, 3C, 2, 1) are used at once for years.
So a class belongs to a scheme, has days of force, and is mapped to what it is in another scheme.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.validity import is_in_force


class Handling(StrEnum):
    """What is done with information beyond reading it where it lies."""

    move = "move"  # into another tier
    take_out = "take_out"  # out of the rooms
    dispose = "dispose"


class Demand(StrEnum):
    """What a class asks for before something is done."""

    free = "free"
    approval = "approval"  # by one person other than who asks
    two_approvals = "two_approvals"  # by two others
    forbidden = "forbidden"


@dataclass(frozen=True, slots=True)
class InformationClass:
    """A class of a scheme; ``rank`` counts from 1, the most confidential. ``tiers`` are those it may lie in.

    ``demands`` say what moving, taking out and disposing ask for; what is not said is forbidden.
    """

    id: str
    scheme: str
    name: str
    name_en: str
    rank: int
    tiers: frozenset[str]
    demands: tuple[tuple[Handling, Demand], ...] = ()
    same_as: frozenset[str] = frozenset()
    """Ids of other schemes' classes that it is."""
    valid_from: date | None = None
    valid_until: date | None = None

    def demand(self, handling: Handling) -> Demand:
        """Give what the class asks for."""
        return dict(self.demands).get(handling, Demand.forbidden)


_STRICT = {demand: rank for rank, demand in enumerate(Demand)}


@dataclass(frozen=True, slots=True)
class Register:
    """All classes of a city."""

    classes: tuple[InformationClass, ...] = ()

    def find(self, class_id: str, on: date) -> InformationClass | None:
        """Give a class in force on a day."""
        return next((each for each in self.classes if each.id == class_id and is_in_force(each, on)), None)

    def alike(self, class_id: str, on: date) -> tuple[InformationClass, ...]:
        """Give a class and all that it is in other schemes, either way round and on, the strictest of each counts."""
        in_force = [each for each in self.classes if is_in_force(each, on)]
        reached, more = set[str](), {class_id}
        while more:
            reached |= more
            more = {id_ for each in in_force for id_ in _neighbours(each, reached)} - reached
        return tuple(each for each in in_force if each.id in reached)

    def demand(self, class_id: str, handling: Handling, on: date, *, to_tier: str = "") -> Demand:
        """Give what is asked for before something is done: the strictest of all schemes; an unknown class is forbidden.

        Args:
            class_id: of any scheme.
            handling: what is to be done.
            on: the day.
            to_tier: of a move, where to.
        """
        found = self.alike(class_id, on)
        if not found or self.find(class_id, on) is None:
            return Demand.forbidden
        if handling is Handling.move and any(to_tier not in each.tiers for each in found):
            return Demand.forbidden
        return max((each.demand(handling) for each in found), key=_STRICT.__getitem__)


def _neighbours(each: InformationClass, reached: Iterable[str]) -> frozenset[str]:
    known = frozenset(reached)
    if each.id in known:
        return each.same_as
    return frozenset((each.id,)) if each.same_as & known else frozenset()
