"""Close a month, department by department, each in one transaction: what is ready becomes a version for ever."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.attendance.check_sheet import PersonCheck
from domain.attendance.closing import IN_FORCE, Actor, MonthAct, MonthWish, step_month
from domain.attendance.month import month_bounds
from domain.attendance.profile import InForce, name_rules
from domain.workflow.route import Organisation
from gateway.months.acting import keep_steps, require_closer
from gateway.months.checking import check_people
from store.closings import MonthVersion, claim_standings, insert_versions
from store.month_checks import list_department_people
from store.people import list_departments
from store.tx import Store, Tx

REASON_LENGTH_MAX = 400


@dataclass(frozen=True, slots=True)
class Closing:
    """What is closed and by whom: ``without_readers`` are boxes whose taps are not waited for, with ``reason``."""

    period: str
    profile: InForce
    by: str
    without_readers: frozenset[str] = frozenset()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ClosedPart:
    """What became of one department: whose month was closed now, and who is left with what is unsettled."""

    department_id: str
    closed: tuple[str, ...]
    left: tuple[PersonCheck, ...]
    number: int = 1
    of: int = 1


def close_departments(
    store: Store,
    clock: Callable[[], datetime],
    closing: Closing,
    *,
    organisation: Organisation,
    department_ids: Collection[str] | None = None,
) -> Iterator[ClosedPart]:
    """Close the month of departments, one transaction each; None is the whole city. Yields each as it is committed.

    Whoever is not ready stays open and is named; closing again closes those who became ready since.

    Raises:
        RefusedMonthError: the month goes on, the closer is not HR, or readers are left out without a reason.
        ValueError: the period is no month.
    """
    with store.reading(clock()) as tx:
        ids = [each.id for each in list_departments(tx) if department_ids is None or each.id in department_ids]
    for number, department_id in enumerate(ids, start=1):
        with store.transaction(clock()) as tx:
            people = list_department_people(tx, department_id, *month_bounds(closing.period))
            closed, left = close_people(tx, people, closing, organisation=organisation)
        yield ClosedPart(department_id, closed, left, number, len(ids))


def close_people(
    tx: Tx, person_ids: Collection[str], closing: Closing, *, organisation: Organisation
) -> tuple[tuple[str, ...], tuple[PersonCheck, ...]]:
    """Close the months of these persons as far as they are ready; gives whose, and who is left.

    Raises:
        RefusedMonthError, ValueError: as ``close_departments``; nothing is closed.
    """
    require_closer(
        tx,
        closing.period,
        closing.profile,
        by=closing.by,
        organisation=organisation,
        without_readers=closing.without_readers,
        reason=closing.reason,
    )
    claim_standings(tx, closing.period, person_ids)
    done, versions, left = [], [], []
    _, last_on = month_bounds(closing.period)
    checks = check_people(tx, person_ids, closing.period, closing.profile, without_readers=closing.without_readers)
    for checked in checks:
        check = checked.check
        if check.standing.state in IN_FORCE:
            continue
        if not check.is_ready:
            left.append(check)
            continue
        wish = MonthWish(MonthAct.close, closing.by, frozenset({Actor.hr}), check.content_hash, _said(closing))
        after = step_month(check.standing, wish, check.content_hash)
        done.append((after, wish))
        versions.append(
            MonthVersion(
                check.person_id,
                closing.period,
                after.version,
                name_rules(closing.profile, last_on),
                checked.counted.content,
                check.content_hash,
                closing.by,
                tx.now,
            )
        )
    insert_versions(tx, versions)
    keep_steps(tx, done)
    return tuple(each.person_id for each in versions), tuple(left)


def _said(closing: Closing) -> str:
    if not closing.without_readers:
        return closing.reason.strip()[:REASON_LENGTH_MAX]
    return f"{', '.join(sorted(closing.without_readers))}: {closing.reason.strip()}"[:REASON_LENGTH_MAX]
