"""The check sheet of a month: what is unsettled of each person, and which readers have not told everything."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from domain.attendance.check_sheet import (
    Blocker,
    BlockerKind,
    OpenRequest,
    PersonCheck,
    list_unconfirmed,
    list_unrecorded,
    list_unsettled,
    list_waiting,
)
from domain.attendance.closing import IN_FORCE, MonthStanding
from domain.attendance.completeness import (
    USED_WITHIN,
    LateReader,
    find_late_readers,
    late_by_person,
    month_over_at,
)
from domain.attendance.month import month_bounds
from domain.attendance.profile import InForce
from gateway.months.counting import CountedPerson, count_people
from store.closings import load_standings
from store.month_checks import (
    list_accepted,
    list_open_requests,
    list_reader_progress,
    list_reader_users,
)
from store.people import Person, load_persons
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class CheckedPerson:
    """One person's row of the sheet, and the count behind it."""

    check: PersonCheck
    counted: CountedPerson


def list_late_readers(tx: Tx, period: str, profile: InForce) -> tuple[LateReader, ...]:
    """Give the boxes that are not complete beyond the month's end, each with who used it lately.

    Raises:
        ValueError: ``period`` is no month.
    """
    over_at = month_over_at(period, profile)
    users = list_reader_users(tx, over_at - USED_WITHIN, over_at)
    return find_late_readers(list_reader_progress(tx), users, over_at)


def check_people(
    tx: Tx, person_ids: Collection[str], period: str, profile: InForce, *, without_readers: Collection[str] = ()
) -> Iterator[CheckedPerson]:
    """Give each person's row, in the order of their ids, as soon as it is counted: a bar may follow.

    Everything but the counts is loaded in one set of queries. ``without_readers`` are boxes whose taps are not waited
    for.

    Raises:
        ValueError: ``period`` is no month.
    """
    first_on, last_on = month_bounds(period)
    beside = _Beside.load(tx, first_on, last_on, person_ids)
    standings = load_standings(tx, period, person_ids)
    people = load_persons(tx, person_ids)
    late = [each for each in list_late_readers(tx, period, profile) if each.device_id not in without_readers]
    waited_for = late_by_person(late)
    for counted in count_people(tx, person_ids, period, profile):
        standing = standings.get(counted.person_id) or MonthStanding(counted.person_id, period)
        blockers = _blockers(counted, standing, beside, waited_for.get(counted.person_id, ()))
        unrecorded = find_unrecorded(counted, people[counted.person_id])
        check = PersonCheck(counted.person_id, standing, counted.content_hash, blockers, unrecorded)
        yield CheckedPerson(check, counted)


def find_unrecorded(counted: CountedPerson, person: Person) -> tuple[date, ...]:
    """Give the days of duty of a counted month of which nothing is known, while the person was employed."""
    if counted.month is None:
        return ()
    return list_unrecorded(counted.month, joined_on=person.joined_on, left_on=person.left_on)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is looked at beside the counts, by person."""

    accepted: dict[str, frozenset[str]]
    requests: dict[str, list[OpenRequest]]

    @classmethod
    def load(cls, tx: Tx, first_on: date, last_on: date, person_ids: Collection[str]) -> "_Beside":
        return cls(
            list_accepted(tx, first_on, last_on, person_ids),
            list_open_requests(tx, first_on, last_on, person_ids),
        )


def _blockers(
    counted: CountedPerson, standing: MonthStanding, beside: _Beside, late: tuple[str, ...]
) -> tuple[Blocker, ...]:
    if standing.state in IN_FORCE:  # what comes now is an adjustment
        return ()
    person_id = counted.person_id
    requests = beside.requests.get(person_id, ())
    if counted.month is None:
        unsettled = (Blocker(BlockerKind.impossible_plan, person_id), *list_waiting(requests))
    else:
        unsettled = tuple(list_unsettled(counted.month, beside.accepted.get(person_id, ()), requests))
    readers = tuple(Blocker(BlockerKind.reader, device_id) for device_id in late)
    return (*unsettled, *readers, *list_unconfirmed(standing, counted.content_hash))
