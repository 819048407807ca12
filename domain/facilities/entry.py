"""How one gets into a reserved room (入室方法): by card, code or key, let in by staff, or it is open; from a day on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Way(StrEnum):
    """A way in. Staff of the city always use their own cards where a card or a code opens."""

    card = "card"  # a card opens: their own, or one that the desk lends
    code = "code"  # a QR code, drawn for the booking
    key = "key"  # a key of metal
    staff = "staff"  # somebody of the house lets them in
    open = "open"  # it is open to everybody


OPENING = frozenset({Way.card, Way.code})
"""By these a door of ours opens."""

AS_IT_COMES = frozenset({Way.card, Way.code, Way.key})
"""Where nothing is laid down: whatever door of ours leads to the room, and whatever key it has."""


def list_ways(*, opens: bool, reads_codes: bool) -> frozenset[Way]:
    """Give the ways in where none is laid down, by whether bookings open the doors and whether these read codes."""
    if not opens:
        return AS_IT_COMES - OPENING
    return AS_IT_COMES if reads_codes else AS_IT_COMES - {Way.code}


@dataclass(frozen=True, slots=True)
class EntryRule:
    """The ways into a facility's rooms, or one of them, from ``valid_from`` on until the next rule.

    The door opens ``early_minutes`` before the preparation and until ``late_minutes`` after the clean-up.
    """

    id: str
    ways: frozenset[Way]
    early_minutes: int = 0
    late_minutes: int = 0
    room_id: str | None = None
    valid_from: date | None = None
    """Of the day of use; None is from the beginning."""


def choose_entry(rules: Iterable[EntryRule], room_id: str, on: date) -> EntryRule | None:
    """Give the rule of a room for uses of a day, its own before the facility's; None where none is laid down."""
    begun = [
        each for each in rules if each.room_id in {None, room_id} and (each.valid_from is None or each.valid_from <= on)
    ]
    return max(begun, key=lambda each: (each.room_id is not None, each.valid_from or date.min), default=None)


def can_be_seen(rule: EntryRule | None) -> bool:
    """Tell whether a door, a key or the house sees that somebody came; of an open room nothing says it."""
    return rule is None or Way.open not in rule.ways or bool(rule.ways - {Way.open})
