"""What we handed to payroll held against what payroll says it has: every difference with its name (突合)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.attendance.pay_due import row_order
from domain.attendance.pay_line import LineState, PayLine


class Difference(StrEnum):
    """Why a figure of ours and theirs is not the same."""

    twice = "twice"  # theirs is exactly double: it was taken twice
    missing_there = "missing_there"  # handed over, and they know nothing of the person
    missing_here = "missing_here"  # they have a figure, and we handed over nothing of the person
    refused_there = "refused_there"  # refused by them, and yet they have it
    differs = "differs"


@dataclass(frozen=True, slots=True)
class Found:
    """One difference of a person's line, in minutes; None where a side has nothing."""

    person_id: str
    line: str
    ours: int | None
    theirs: int | None
    difference: Difference


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The report: lines by state, figures that agree, and what does not; ``unknown`` counts lines stuck at ``sent``."""

    counts: Mapping[LineState, int]
    agreed: int
    found: tuple[Found, ...]
    listed_twice: tuple[str, ...] = ()

    @property
    def unknown(self) -> int:
        """Count the lines of which nobody knows whether they were taken."""
        return self.counts.get(LineState.sent, 0)


@dataclass(frozen=True, slots=True)
class TheirList:
    """The other side's figures in minutes by person and line.

    ``lines`` are those that the list speaks of at all; ``listed_twice`` are persons with several rows, added up.
    """

    figures: Mapping[tuple[str, str], int]
    lines: Collection[str]
    listed_twice: tuple[str, ...] = field(default=())


def reconcile(ours: Iterable[tuple[PayLine, LineState]], theirs: TheirList | None, *, replace: bool) -> Reconciliation:
    """Compare one month's lines of one layout with the other side's list.

    Args:
        ours: every line made, with how far it is.
        theirs: the other side's list; None tells the states alone.
        replace: the other side keeps a person's last row only; else it adds the rows up.
    """
    standing = list(ours)
    counts = Counter(state for _, state in standing)
    if theirs is None:
        return Reconciliation(dict(counts), 0, ())
    gone = {LineState.refused, LineState.superseded}
    sums = _sum_lines([line for line, state in standing if state not in gone], replace=replace)
    refused = {(line.person_id, line.line) for line, state in standing if state is LineState.refused}
    known = {person_id for person_id, _ in sums}
    there = {person_id for person_id, _ in theirs.figures}
    agreed, found = 0, []
    for key in sorted({key for key in sums if key[1] in theirs.lines} | set(theirs.figures)):
        mine, other = sums.get(key, 0), theirs.figures.get(key, 0)
        if mine == other and (key[0] in there or mine == 0):
            agreed += 1
            continue
        why = _why(mine, other, is_known=key[0] in known, is_there=key[0] in there, was_refused=key in refused)
        found.append(Found(key[0], key[1], mine if key[0] in known else None, other if key[0] in there else None, why))
    return Reconciliation(dict(counts), agreed, tuple(found), theirs.listed_twice)


def _sum_lines(lines: Collection[PayLine], *, replace: bool) -> dict[tuple[str, str], int]:
    if replace:
        last: dict[str, tuple[int, int]] = defaultdict(lambda: (-1, -1))
        for line in lines:
            last[line.person_id] = max(last[line.person_id], row_order(line.version, line.row))
        lines = [line for line in lines if row_order(line.version, line.row) == last[line.person_id]]
    sums = Counter[tuple[str, str]]()
    for line in lines:
        sums[line.person_id, line.line] += line.minutes
    return dict(sums)


def _why(mine: int, other: int, *, is_known: bool, is_there: bool, was_refused: bool) -> Difference:
    if not is_there:
        return Difference.missing_there
    if was_refused and mine == 0:
        return Difference.refused_there
    if not is_known:
        return Difference.missing_here
    return Difference.twice if mine and other == 2 * mine else Difference.differs
