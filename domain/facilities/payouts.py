"""A provider's payouts (入金明細) held against our takings: every entry of either side stands in exactly one finding.

By reference first, then, where one side has none, by day and amount. Entries that were matched before stay matched.
"""

from collections import defaultdict, deque
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class MatchKind(StrEnum):
    """What was found of an entry of ours, of theirs, or of both."""

    agreed = "agreed"
    different_amount = "different_amount"
    different_day = "different_day"
    missing_there = "missing_there"  # we took it, they say nothing of it
    awaited = "awaited"  # the same, and their day has not come
    missing_here = "missing_here"  # they pay it out, we know nothing of it
    doubled_here = "doubled_here"  # our reference stands more often than theirs
    doubled_there = "doubled_there"


@dataclass(frozen=True, slots=True)
class OurEntry:
    """A taking by a provider: ``yen`` less than 0 for what was given back."""

    id: str
    reference: str
    yen: int
    on: date


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """A line of the provider's file; ``net_yen`` is what reaches the account."""

    id: str
    reference: str
    gross_yen: int
    commission_yen: int
    net_yen: int
    used_on: date
    paid_on: date | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found; one side is None where only the other has it."""

    kind: MatchKind
    ours: OurEntry | None
    theirs: PayoutLine | None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long nobody wonders: a line counts as of the same day up to ``days_apart``, and is awaited ``until`` a day.

    What we took after ``until`` has not been due yet.
    """

    until: date
    days_apart: int = 1


def reconcile_payouts(
    ours: Iterable[OurEntry],
    theirs: Iterable[PayoutLine],
    *,
    pinned: Mapping[str, str],
    patience: Patience,
) -> tuple[Finding, ...]:
    """Hold both sides against each other.

    Args:
        ours: the takings by one provider.
        theirs: the lines of its files.
        pinned: their ids to ours, as matched before; a pair of which one is not given is passed over.
        patience: what is not a finding yet.

    Returns:
        Every entry in exactly one finding, ours in their order, then what only they have.
    """
    our_list, their_list = list(ours), list(theirs)
    pairs = _pin(our_list, their_list, pinned)
    _pair(pairs, our_list, their_list, whole=True)
    _pair(pairs, our_list, their_list, whole=False)
    _pair_without_reference(pairs, our_list, their_list, patience.days_apart)
    by_id = {each.id: each for each in their_list}
    told_there = {_key(each.reference, each.gross_yen) for each in their_list}
    told_here = {_key(each.reference, each.yen) for each in our_list}
    found = []
    for our in our_list:
        if our.id in pairs:
            found.append(_compare(our, by_id[pairs[our.id]], patience))
        else:
            found.append(Finding(_judge_ours(our, told_there, patience), our, None))
    paired = set(pairs.values())
    for each in their_list:
        if each.id not in paired:
            twice = each.reference and _key(each.reference, each.gross_yen) in told_here
            found.append(Finding(MatchKind.doubled_there if twice else MatchKind.missing_here, None, each))
    return tuple(found)


def _pin(ours: Sequence[OurEntry], theirs: Sequence[PayoutLine], pinned: Mapping[str, str]) -> dict[str, str]:
    our_ids, pairs = {each.id for each in ours}, dict[str, str]()
    for each in theirs:
        our_id = pinned.get(each.id)
        if our_id in our_ids and our_id not in pairs:
            pairs[our_id] = each.id
    return pairs


def _key(reference: str, yen: int, *, whole: bool = False) -> tuple[str, int]:
    """Give what has to be the same: reference and amount, or reference and whether money came or went."""
    return reference, yen if whole else (yen < 0)


def _pair(pairs: dict[str, str], ours: Sequence[OurEntry], theirs: Sequence[PayoutLine], *, whole: bool) -> None:
    """Pair what is left by reference, first come first served."""
    taken = set(pairs.values())
    waiting = defaultdict[tuple[str, int], deque[str]](deque)
    for each in theirs:
        if each.reference and each.id not in taken:
            waiting[_key(each.reference, each.gross_yen, whole=whole)].append(each.id)
    for our in ours:
        alike = waiting.get(_key(our.reference, our.yen, whole=whole)) if our.reference else None
        if alike and our.id not in pairs:
            pairs[our.id] = alike.popleft()


def _pair_without_reference(
    pairs: dict[str, str], ours: Sequence[OurEntry], theirs: Sequence[PayoutLine], days_apart: int
) -> None:
    """Pair what is left by amount and the nearest day where one side has no reference; of two days the earlier."""
    taken, alike = set(pairs.values()), defaultdict[tuple[int, date, bool], deque[str]](deque)
    for each in theirs:
        if each.id not in taken:
            alike[each.gross_yen, each.used_on, bool(each.reference)].append(each.id)
    offsets = sorted(range(-days_apart, days_apart + 1), key=abs)
    for our in ours:
        if our.id in pairs:
            continue
        told = (False,) if our.reference else (False, True)
        keys = ((our.yen, our.on + timedelta(days=offset), has) for offset in offsets for has in told)
        if (key := next((key for key in keys if alike.get(key)), None)) is not None:
            pairs[our.id] = alike[key].popleft()


def _compare(our: OurEntry, their: PayoutLine, patience: Patience) -> Finding:
    if our.yen != their.gross_yen:
        return Finding(MatchKind.different_amount, our, their)
    apart = abs((their.used_on - our.on).days) > patience.days_apart
    return Finding(MatchKind.different_day if apart else MatchKind.agreed, our, their)


def _judge_ours(our: OurEntry, told_there: Container[tuple[str, int]], patience: Patience) -> MatchKind:
    if our.reference and _key(our.reference, our.yen) in told_there:
        return MatchKind.doubled_here
    return MatchKind.awaited if our.on > patience.until else MatchKind.missing_there
