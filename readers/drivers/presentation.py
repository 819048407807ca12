"""From what a reader sees, look after look, to one event a presentation. Pure: no clock, no reader.

A card that lies in the field is seen many times and must count once; one that flickers for a look or two has not been
lifted; two cards at once are nobody's tap. A look is one completed sense cycle; a *miss* is a look without the card.
"""

from collections.abc import Collection
from dataclasses import dataclass

from contract.technologies import Technology
from readers.drivers.port import TroubleCause

MISSES_TO_LIFT = 3
"""Looks in a row without a card until it counts as lifted."""

_FELICA: frozenset[Technology] = frozenset(("felica_idm", "felica_fcf", "felica_lite_s"))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a technology made of a card: a number that may be used, how much it proves (0–3), what proved it."""

    technology: Technology
    identifier: bytes
    assurance: int = 1
    evidence: str = ""


Sight = Reading | TroubleCause
"""What one look makes of one card. Random numbers are all the same sight, else each look would see a new card."""

BROKEN: frozenset[Sight] = frozenset(("torn", "garbled"))
"""An attempt at a card, perhaps at the very card that is read next: no second card."""


@dataclass(frozen=True, slots=True)
class Field:
    """What lies in the reader's field: each sight with its misses (0: seen at the last look).

    ``crowded`` holds from the moment several cards were noticed until at most one is left.
    """

    misses: tuple[tuple[Sight, int], ...] = ()
    crowded: bool = False


EMPTY = Field()


def step_field(field: Field, seen: Collection[Sight]) -> tuple[Field, tuple[Sight, ...]]:
    """Take one look into account.

    Args:
        field: what lay there after the look before.
        seen: everything this look saw, empty for a miss.

    Returns:
        The field now, and what is new: a Reading for each card that begins a presentation, or the cause of a trouble.
    """
    sights = _without_phone_shadow(dict.fromkeys(seen))
    before = dict(field.misses)
    after = {sight: count + 1 for sight, count in before.items() if count + 1 < MISSES_TO_LIFT}
    after.update(dict.fromkeys(sights, 0))
    entries = tuple(after.items())

    cards = [sight for sight in sights if sight not in BROKEN]
    crowd = len(cards) > 1 or any(_alternates(card, before) for card in cards)
    if crowd and not field.crowded:
        return Field(entries, crowded=True), ("several_cards",)
    if crowd or (field.crowded and len(after) > 1):
        return Field(entries, crowded=True), ()
    fresh = () if field.crowded else tuple(sight for sight in sights if sight not in before)
    return Field(entries), fresh


def _without_phone_shadow(sights: Collection[Sight]) -> tuple[Sight, ...]:
    """Drop the random Type A number that a phone shows beside its FeliCa: one thing in the hand, not two."""
    has_felica = any(s == "emulated_id" or (isinstance(s, Reading) and s.technology in _FELICA) for s in sights)
    return tuple(s for s in sights if not (has_felica and s == "random_id"))


def _alternates(sight: Sight, before: dict[Sight, int]) -> bool:
    """Tell whether a sight comes back while another one was seen since: two cards that take turns answering."""
    missed = before.get(sight, 0)
    return missed > 0 and any(count < missed for other, count in before.items() if other not in {sight, *BROKEN})
