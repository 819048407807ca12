"""The department's list of leave taken as its page sorts and sums it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from domain.attendance.leave_minutes import LeaveAmount, to_minutes
from domain.attendance.leave_report import LeaveRow, sum_shares
from store.directory import DirectoryLine

PER_MILLE_FULL = 1000


class SortBy(StrEnum):
    """By what the list can be sorted."""

    name = "name"
    granted = "granted"
    carried = "carried"
    taken = "taken"
    left = "left"
    share = "share"


@dataclass(frozen=True, slots=True)
class TableRow:
    """A person's line, and the minutes of that person's day."""

    person: DirectoryLine
    row: LeaveRow
    day_minutes: int

    @property
    def bar(self) -> int:
        """Give the length of the picture of the share, in thousandths."""
        return min(PER_MILLE_FULL, self.row.share_per_mille or 0)

    def minutes(self, amount: LeaveAmount) -> int:
        """Give an amount of this person's as minutes."""
        return to_minutes(amount, self.day_minutes)


@dataclass(frozen=True, slots=True)
class LeaveTable:
    """The list: its rows in order, the share of all together, the days taken by one person on average, in tenths."""

    rows: tuple[TableRow, ...]
    share_per_mille: int | None
    average_tenths: int


_KEYS: Mapping[SortBy, Callable[[TableRow], object]] = MappingProxyType(
    {
        SortBy.granted: lambda each: each.minutes(each.row.granted),
        SortBy.carried: lambda each: each.minutes(each.row.carried),
        SortBy.taken: lambda each: each.minutes(each.row.taken),
        SortBy.left: lambda each: each.minutes(each.row.left),
        SortBy.share: lambda each: -1 if each.row.share_per_mille is None else each.row.share_per_mille,
    }
)


def derive_table(
    people: Mapping[str, DirectoryLine],
    rows: Sequence[LeaveRow],
    day_minutes: Mapping[str, int],
    *,
    sort: SortBy,
    descending: bool,
) -> LeaveTable:
    """Put the list together; persons come by department and kana unless it is sorted otherwise.

    Args:
        people: who, by id.
        rows: their lines, in the people's order.
        day_minutes: each person's day.
        sort: by what.
        descending: the most first.
    """
    lines = [TableRow(people[row.person_id], row, day_minutes[row.person_id]) for row in rows]
    key = _KEYS.get(sort)
    if key is not None:
        lines.sort(key=key, reverse=descending)  # type: ignore[arg-type]
    elif descending:
        lines.reverse()
    days = [each.minutes(each.row.taken) * 10 / each.day_minutes for each in lines]
    return LeaveTable(tuple(lines), sum_shares(rows, day_minutes), round(sum(days) / len(days)) if days else 0)
