"""Providers' payouts against our takings as the page shows them: what needs a word first, sums that add up. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from domain.facilities.payouts import Finding, MatchKind
from domain.facilities.takings import Taking

ORDER = (
    MatchKind.missing_there,
    MatchKind.missing_here,
    MatchKind.different_amount,
    MatchKind.different_day,
    MatchKind.doubled_here,
    MatchKind.doubled_there,
    MatchKind.awaited,
    MatchKind.agreed,
)
"""Whatever somebody has to look into stands first."""
TROUBLES = frozenset(ORDER) - {MatchKind.awaited, MatchKind.agreed}
LINES_MAX = 200


class FindingLine(NamedTuple):
    """One finding; ``taking`` is ours, where we have one."""

    finding: Finding
    taking: Taking | None


class FindingGroup(NamedTuple):
    """All findings of a kind: their number, both sides' yen, and the first lines."""

    kind: MatchKind
    number: int
    our_yen: int
    their_yen: int
    lines: tuple[FindingLine, ...]

    @property
    def is_trouble(self) -> bool:
        """Tell whether somebody has to look into it."""
        return self.kind in TROUBLES


class Payouts(NamedTuple):
    """Everything found of a provider; the sums are over all lines, also those that are not drawn."""

    groups: tuple[FindingGroup, ...]
    our_yen: int
    their_yen: int
    commission_yen: int
    net_yen: int

    @property
    def troubles(self) -> int:
        """Give how many findings somebody has to look into."""
        return sum(each.number for each in self.groups if each.is_trouble)


def view_payouts(found: Sequence[Finding], takings: Mapping[str, Taking]) -> Payouts:
    """Group findings by kind, those that need a word first."""
    groups = []
    for kind in ORDER:
        some = [each for each in found if each.kind is kind]
        if some:
            lines = tuple(FindingLine(each, takings.get(each.ours.id) if each.ours else None) for each in some)
            groups.append(FindingGroup(kind, len(some), _ours(some), _theirs(some), lines[:LINES_MAX]))
    theirs = [each.theirs for each in found if each.theirs is not None]
    return Payouts(
        tuple(groups),
        _ours(found),
        _theirs(found),
        sum(each.commission_yen for each in theirs),
        sum(each.net_yen for each in theirs),
    )


def _ours(found: Sequence[Finding]) -> int:
    return sum(each.ours.yen for each in found if each.ours is not None)


def _theirs(found: Sequence[Finding]) -> int:
    return sum(each.theirs.gross_yen for each in found if each.theirs is not None)
