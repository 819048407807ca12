"""A head's months, by what is to be done with each. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.attendance.check_sheet import Blocker, BlockerKind
from domain.attendance.closing import IN_FORCE, MonthState
from gateway.months.checking import CheckedPerson
from store.month_staff import MonthStaff

_NOT_THE_HEADS = frozenset({BlockerKind.unconfirmed, BlockerKind.head_unconfirmed, BlockerKind.reader})
"""What does not keep a head from confirming."""


@dataclass(frozen=True, slots=True)
class LedMonth:
    """One person's month: the hash that a confirmation names, its sums, and what the head has to wait for.

    The sums are minutes, and None where the month cannot be counted.
    """

    person: MonthStaff
    content_hash: str
    worked_minutes: int | None
    overtime_minutes: int | None
    blockers: tuple[Blocker, ...]
    unrecorded_days: int = 0

    @property
    def seen(self) -> str:
        """Give what a form says of a month that was shown."""
        return f"{self.person.person_id}:{self.content_hash}"


@dataclass(frozen=True, slots=True)
class LedMonths:
    """Months that are ready, those without their person's word, those unsettled, confirmed ones, and closed ones."""

    green: tuple[LedMonth, ...]
    absent: tuple[LedMonth, ...]
    unsettled: tuple[LedMonth, ...]
    done: tuple[LedMonth, ...]
    closed: tuple[LedMonth, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nobody at all."""
        return not (self.green or self.absent or self.unsettled or self.done or self.closed)


def view_months(staff: Sequence[MonthStaff], checked: Iterable[CheckedPerson]) -> LedMonths:
    """Put the months into groups, each in the order of the staff."""
    by_id = {each.check.person_id: each for each in checked}
    groups: dict[str, list[LedMonth]] = {name: [] for name in LedMonths.__slots__}
    for person in staff:
        one = by_id[person.person_id]
        groups[_group(one)].append(_led(person, one))
    return LedMonths(**{name: tuple(some) for name, some in groups.items()})


def _group(one: CheckedPerson) -> str:
    check = one.check
    kinds = {each.kind for each in check.blockers}
    if check.standing.state in IN_FORCE:
        return "closed"
    if kinds - _NOT_THE_HEADS:
        return "unsettled"
    if BlockerKind.head_unconfirmed not in kinds:
        return "done"
    if check.standing.state is MonthState.self_confirmed and BlockerKind.unconfirmed not in kinds:
        return "green"
    return "absent"


def _led(person: MonthStaff, one: CheckedPerson) -> LedMonth:
    month = one.counted.month
    return LedMonth(
        person,
        one.check.content_hash,
        None if month is None else sum(day.worked_minutes for day in month.days),
        None if month is None else sum(day.overtime_minutes for day in month.days),
        tuple(each for each in one.check.blockers if each.kind not in _NOT_THE_HEADS),
        len(one.check.unrecorded),
    )
