"""What a provider paid out held against what was taken through it, from what stands and a file that may come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.civil import civil_minute
from domain.facilities.payouts import Finding, MatchKind, OurEntry, Patience, PayoutLine, reconcile_payouts
from domain.facilities.takings import Taking
from gateway.payouts.layout import PayoutLayout
from store.payouts import find_last_used, list_matched_lines, list_unmatched_lines
from store.takings import list_provider_takings
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was found; ``matches`` are new agreements: lines' ids to takings'."""

    found: tuple[Finding, ...]
    matches: dict[str, str]

    def count(self, kind: MatchKind) -> int:
        """Give how many findings are of a kind."""
        return sum(each.kind is kind for each in self.found)


def find_differences(tx: Tx, layout: PayoutLayout, coming: Iterable[PayoutLine] = ()) -> Findings:
    """Hold a provider's lines against our takings.

    Args:
        tx: the transaction.
        layout: its name is the provider's.
        coming: lines of a file that do not stand yet.
    """
    new = list(coming)
    standing = list_unmatched_lines(tx, layout.name)
    open_lines = [*standing, *new]
    takings = list_provider_takings(tx, layout.name, {each.reference for each in open_lines if each.reference})
    pinned = list_matched_lines(tx, [each.id for each in takings])
    days = [each.used_on for each in new]
    last = find_last_used(tx, layout.name)
    days += [] if last is None else [last]
    patience = Patience(max(days, default=date.min), layout.days_apart)
    found = reconcile_payouts(
        [_ours(each) for each in takings],
        [*pinned.values(), *open_lines],
        pinned={line.id: taking_id for taking_id, line in pinned.items()},
        patience=patience,
    )
    known = {line.id for line in pinned.values()}
    matches = {
        each.theirs.id: each.ours.id
        for each in found
        if each.kind is MatchKind.agreed and each.ours and each.theirs and each.theirs.id not in known
    }
    return Findings(found, matches)


def _ours(taking: Taking) -> OurEntry:
    return OurEntry(taking.id, taking.reference, taking.yen, civil_minute(taking.taken_at)[0])
