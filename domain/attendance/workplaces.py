"""Which caps hold for a person over time: by the departments the person was in, and what was said of each (L2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from domain.attendance.facts import Move, Workplace


@dataclass(frozen=True, slots=True)
class Place:
    """A department is of a kind from a day on."""

    from_on: date
    kind: Workplace


@dataclass(frozen=True, slots=True)
class Stay:
    """A time in one department, both days included; None has no end. ``places`` is what was said of it, by day."""

    from_on: date | None
    until_on: date | None
    places: tuple[Place, ...] = ()


def follow_workplaces(stays: Iterable[Stay]) -> tuple[Workplace, tuple[Move, ...]]:
    """Give what somebody's workplace was at first, and its changes; where nothing was said it is an ordinary one.

    Stays do not overlap; between them, and before what was said of a department, caps are the ordinary ones.
    """
    changes: dict[date, Workplace] = {}
    for stay in sorted(stays, key=lambda each: each.from_on or date.min):
        starts = stay.from_on or date.min
        ends = stay.until_on or date.max
        for place in sorted(stay.places, key=lambda each: each.from_on):
            if place.from_on <= ends:
                changes[max(place.from_on, starts)] = place.kind
        if stay.places and stay.until_on is not None and ends < date.max:
            changes.setdefault(ends + timedelta(days=1), Workplace.ordinary)
    first = changes.pop(date.min, Workplace.ordinary)
    moves: list[Move] = []
    current = first
    for on in sorted(changes):
        if changes[on] is not current:
            current = changes[on]
            moves.append(Move(on, current))
    return first, tuple(moves)
