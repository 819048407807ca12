"""A month's end as HR looks at it: how far each department is, and the check sheet by what is unsettled. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.attendance.check_sheet import Blocker, BlockerKind, PersonCheck
from domain.attendance.closing import IN_FORCE, MonthState
from domain.attendance.completeness import LateReader
from store.month_staff import MonthStaff

STAGES = (MonthState.open, MonthState.self_confirmed, MonthState.head_confirmed, MonthState.closed)
"""How far a month is, in order; one that somebody wants to open again is still closed."""

SHOWN_MAX = 50
"""So many persons are named for each thing that is unsettled; the number above them is always whole."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many months of some people are at which stage; ``bar`` gives each stage's piece in percent of the whole."""

    counts: Mapping[MonthState, int]

    @property
    def people(self) -> int:
        """Count the people."""
        return sum(self.counts.values())

    @property
    def closed(self) -> int:
        """Count the months that are closed."""
        return self.counts.get(MonthState.closed, 0)

    @property
    def confirmed(self) -> int:
        """Count those that the head confirmed and that are not closed."""
        return self.counts.get(MonthState.head_confirmed, 0)

    @property
    def bar(self) -> list[tuple[MonthState, float, float]]:
        """Give the pieces of a bar, the closed ones first: stage, where it begins, how long it is; both in percent."""
        pieces, at = [], 0.0
        for stage in reversed(STAGES):
            if number := self.counts.get(stage, 0):
                pieces.append((stage, round(at, 3), round(100 * number / self.people, 3)))
                at += 100 * number / self.people
        return pieces


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department's line."""

    id: str
    name: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Unsettled:
    """One person with what of one kind is unsettled."""

    person: MonthStaff
    blockers: tuple[Blocker, ...]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line of the check sheet: everybody of whom something of the kind is unsettled."""

    kind: BlockerKind
    people: tuple[Unsettled, ...]

    @property
    def shown(self) -> tuple[Unsettled, ...]:
        """Give those who are named."""
        return self.people[:SHOWN_MAX]


@dataclass(frozen=True, slots=True)
class LateRow:
    """A reader's box that has not told all: since when nothing is known of it, and who used it lately."""

    device_id: str
    complete_through_at: datetime | None
    people: tuple[MonthStaff, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The check sheet: whose months can be closed, what is unsettled by kind, and the readers that are late.

    ``behind_readers`` counts those whose months only wait for readers.
    """

    ready: tuple[MonthStaff, ...]
    rows: tuple[SheetRow, ...]
    late: tuple[LateRow, ...]
    behind_readers: int = 0

    @property
    def is_clear(self) -> bool:
        """Tell whether nothing at all is unsettled."""
        return not any(row.people for row in self.rows)


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """Somebody whose month stayed open, and what kinds of things keep it so."""

    person: MonthStaff
    kinds: tuple[BlockerKind, ...]


def list_left(checks: Iterable[PersonCheck], staff: Sequence[MonthStaff]) -> tuple[LeftOpen, ...]:
    """Give whose month is open and why, in the order of the staff."""
    kinds = {check.person_id: tuple(dict.fromkeys(each.kind for each in check.blockers)) for check in checks}
    return tuple(LeftOpen(each, kinds[each.person_id]) for each in staff if each.person_id in kinds)


def count_progress(staff: Iterable[MonthStaff]) -> Progress:
    """Count months by stage."""
    return Progress(Counter(MonthState.closed if each.state in IN_FORCE else each.state for each in staff))


def list_departments(staff: Sequence[MonthStaff]) -> list[DepartmentRow]:
    """Give each department's line, in the order of the staff."""
    by_id: dict[str, list[MonthStaff]] = defaultdict(list)
    for each in staff:
        by_id[each.department_id].append(each)
    return [DepartmentRow(key, some[0].department, count_progress(some)) for key, some in by_id.items()]


def view_sheet(checks: Iterable[PersonCheck], late: Iterable[LateReader], staff: Sequence[MonthStaff]) -> Sheet:
    """Put persons' checks together by what is unsettled; the kinds in the order in which they are settled."""
    people = {each.person_id: each for each in staff}
    ready, behind = [], 0
    found: dict[BlockerKind, dict[str, list[Blocker]]] = {kind: {} for kind in BlockerKind}
    for check in checks:
        if check.standing.state in IN_FORCE:
            continue
        if check.is_ready:
            ready.append(people[check.person_id])
        kinds = {blocker.kind for blocker in check.blockers}
        behind += kinds == {BlockerKind.reader}
        for blocker in check.blockers:
            found[blocker.kind].setdefault(check.person_id, []).append(blocker)
    order = {each.person_id: number for number, each in enumerate(staff)}
    rows = tuple(
        SheetRow(
            kind,
            tuple(
                Unsettled(people[person_id], tuple(blockers))
                for person_id, blockers in sorted(some.items(), key=lambda item: order[item[0]])
            ),
        )
        for kind, some in found.items()
    )
    readers = tuple(
        LateRow(each.device_id, each.complete_through_at, users)
        for each in late
        if (users := tuple(person for person in staff if person.person_id in each.person_ids))
    )
    return Sheet(tuple(sorted(ready, key=lambda each: order[each.person_id])), rows, readers, behind)
