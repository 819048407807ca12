"""A periodic count (棚卸し): what hangs in a cabinet held against what the ledger says, each difference with its key.

While a count is open nothing of its cabinet is lent. What comes back meanwhile has been seen by that.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.keys.custody import Custody, CustodyState, Holder


class DifferenceKind(StrEnum):
    """How the ledger and the cabinet differ."""

    missing = "missing"  # the ledger has it here, and nobody saw it
    not_recorded = "not_recorded"  # it is here, and the ledger has it with somebody, elsewhere, lost or retired
    unknown_tag = "unknown_tag"  # a tag that no copy has


@dataclass(frozen=True, slots=True)
class KeyCount:
    """One count of one cabinet."""

    id: str
    cabinet_id: str
    opened_by: str
    opened_at: datetime
    closed_by: str | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """A tag that was scanned in a count; ``copy_id`` None: no copy has it."""

    tag: str
    copy_id: str | None
    scanned_at: datetime


@dataclass(frozen=True, slots=True)
class LastHolder:
    """Who had a copy last, and when it came back from them."""

    holder: Holder
    until_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference with its copy, what the ledger says, when it was last seen, and who had it last.

    Of an unknown tag ``copy_id`` is the tag's text.
    """

    kind: DifferenceKind
    copy_id: str
    state: CustodyState | None
    seen_at: datetime | None
    holder: Holder | None


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count found: the copies that were seen where the ledger has them, and the differences in order."""

    seen: tuple[str, ...]
    differences: tuple[Difference, ...]


def compare_count(
    count: KeyCount,
    custodies: Mapping[str, Custody],
    scans: Collection[Scan],
    last_holders: Mapping[str, LastHolder] | None = None,
) -> Counted:
    """Hold what was scanned against the ledger as it is now.

    Args:
        count: whose cabinet.
        custodies: every copy that the ledger has in it or that was scanned, by id.
        scans: what was scanned.
        last_holders: who had copies last, as far as known.
    """
    scanned = {scan.copy_id for scan in scans if scan.copy_id is not None}
    here = {each.copy_id: each for each in custodies.values() if _is_here(each, count)}
    seen = [id_ for id_, each in here.items() if id_ in scanned or each.since_at > count.opened_at]
    known = last_holders or {}
    differences = [
        Difference(DifferenceKind.missing, id_, here[id_].state, here[id_].seen_at, _holder(known.get(id_)))
        for id_ in sorted(here.keys() - set(seen))
    ]
    differences += [
        Difference(
            DifferenceKind.not_recorded,
            id_,
            custodies[id_].state,
            custodies[id_].seen_at,
            custodies[id_].holder or _holder(known.get(id_)),
        )
        for id_ in sorted(scanned - here.keys())
    ]
    unknown = sorted({scan.tag for scan in scans if scan.copy_id is None})
    differences += [Difference(DifferenceKind.unknown_tag, tag, None, None, None) for tag in unknown]
    return Counted(tuple(sorted(seen)), tuple(differences))


def count_states(custodies: Iterable[Custody]) -> Mapping[CustodyState, int]:
    """Give how many copies are in each state; together they are all that were ever registered."""
    found = dict.fromkeys(CustodyState, 0)
    for each in custodies:
        found[each.state] += 1
    return found


def _is_here(custody: Custody, count: KeyCount) -> bool:
    return (
        custody.state is CustodyState.in_custody
        and custody.place is not None
        and custody.place.cabinet_id == count.cabinet_id
    )


def _holder(known: LastHolder | None) -> Holder | None:
    return known.holder if known else None
