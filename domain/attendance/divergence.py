"""Divergences (乖離): where order, presence and doors differ and someone has to say why (R14, V1–V6)."""

from dataclasses import dataclass
from enum import StrEnum


class DivergenceKind(StrEnum):
    """The stable words under which divergences are stored, shown and resolved."""

    unordered_stay = "unordered_stay"
    unordered_early = "unordered_early"
    over_claim = "over_claim"
    interior_after_out = "interior_after_out"
    computer_after_out = "computer_after_out"
    computer_before_in = "computer_before_in"
    uncertain_clock = "uncertain_clock"  # a tap that waits for a judgement; no explanation settles it
    missing_out = "missing_out"
    missing_in = "missing_in"
    impossible_order = "impossible_order"
    swap_out_of_window = "swap_out_of_window"
    flex_shortage = "flex_shortage"  # a settlement period's hours were not fulfilled (L20); told on its last day
    flex_excess = "flex_excess"  # more than they, and nobody ordered it
    flex_not_adopted = "flex_not_adopted"  # flexible hours were planned, and the city's rules have none


SETTLEMENT_KINDS = frozenset({DivergenceKind.flex_shortage, DivergenceKind.flex_excess})
"""What is told of a settlement period of flexible hours (L20), on its last day."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """One difference; the ends are minutes from 00:00 of the duty day, None where that end is what is missing.

    A settlement period has no such ends; ``to_minute`` is then its minutes, so that they belong to what is explained.
    """

    kind: DivergenceKind
    minutes: int
    from_minute: int | None
    to_minute: int | None

    @property
    def clock_ends(self) -> tuple[int | None, int | None]:
        """Give the ends as far as they are minutes of a day."""
        return (None, None) if self.kind in SETTLEMENT_KINDS else (self.from_minute, self.to_minute)
