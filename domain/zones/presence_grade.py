"""How sure it is that somebody is in a room: what doors, desks and people said of it, as a grade that rules name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Witness(StrEnum):
    """What said that somebody is there."""

    entry = "entry"  # a reader at the way in, whose way out has one too: going would be seen
    one_way = "one_way"  # a reader at the way in alone
    desk = "desk"  # a card held to the seat's reader
    told = "told"  # a chief entered it


class Grade(StrEnum):
    """The grades, the surest first."""

    door_and_desk = "door_and_desk"
    door_pair = "door_pair"
    desk_tap = "desk_tap"
    one_way = "one_way"
    manual = "manual"
    none = "none"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One thing that was seen: by what, and when."""

    witness: Witness
    at: datetime


_ALONE = {
    Witness.entry: Grade.door_pair,
    Witness.desk: Grade.desk_tap,
    Witness.one_way: Grade.one_way,
    Witness.told: Grade.manual,
}
_SUREST = {grade: rank for rank, grade in enumerate(Grade)}


def grade_presence(sightings: Iterable[Sighting], *, since: datetime) -> tuple[Grade, datetime | None]:
    """Give how sure a presence is, and when it was last proven.

    Args:
        sightings: what was seen in the room since the person was last seen elsewhere, in any order.
        since: what was seen until this instant, it too, counts as none.
    """
    seen = [each for each in sightings if each.at > since]
    if not seen:
        return Grade.none, None
    witnesses = {each.witness for each in seen}
    last_at = max(each.at for each in seen)
    if {Witness.entry, Witness.desk} <= witnesses:
        return Grade.door_and_desk, last_at
    return min((_ALONE[each] for each in witnesses), key=_SUREST.__getitem__), last_at
