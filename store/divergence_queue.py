"""The queue of divergent days: those of a month that nobody has settled, by how much they weigh.

It reads ``divergent_day``, which only finds days, beside the explanations as they stand now. A day weighs its unsettled
minutes times the days on which its person diverges in the month; settling one day moves no other.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from domain.attendance.closing import IN_FORCE
from domain.attendance.divergence import DivergenceKind
from domain.attendance.month import month_bounds
from domain.attendance.requests import RequestKind
from domain.workflow.route import StepRole
from domain.workflow.states import IN_EFFECT, WAITING, State
from store.application_tables import application
from store.closing_tables import divergent_day, month_look, person_month
from store.tables import department, person
from store.tx import Tx


class Stage(StrEnum):
    """Whose turn it is on a day; where its divergences wait for several, the one that stands first here."""

    hr = "hr"  # explained, and the head agreed: HR's word is missing
    tap = "tap"  # a tap of an uncertain clock is to be judged
    head = "head"  # explained: the head's word is missing
    returned = "returned"  # the person is to explain it anew
    unexplained = "unexplained"


_ORDER = {stage: len(Stage) - number for number, stage in enumerate(Stage)}
_STAGE = {order: stage for stage, order in _ORDER.items()}
_ACCEPTED = 9
_LIVE = tuple(sorted(state.value for state in WAITING | IN_EFFECT | {State.returned}))
_CLOSED = tuple(sorted(state.value for state in IN_FORCE))


@dataclass(frozen=True, slots=True)
class QueuedDay:
    """A day of the queue: its unsettled minutes and kinds, and on how many days of the month its person diverges."""

    person_id: str
    name: str
    department: str
    on: date
    minutes: int
    days: int
    stage: Stage
    kinds: tuple[str, ...]

    @property
    def weight(self) -> int:
        """Give what the queue is ordered by."""
        return self.minutes * self.days


@dataclass(frozen=True, slots=True)
class Queue:
    """A part of the queue, and how many days wait for whom in all of it."""

    days: tuple[QueuedDay, ...]
    counts: dict[Stage, int]

    @property
    def total(self) -> int:
        """Count every day of the queue."""
        return sum(self.counts.values())


def list_queue(
    tx: Tx,
    period: str,
    *,
    departments: Collection[str] | None = None,
    stage: Stage | None = None,
    offset: int = 0,
    limit: int = 50,
) -> Queue:
    """Give the days of a month that still diverge, the heaviest first.

    Args:
        tx: the transaction.
        period: ``YYYY-MM``.
        departments: whose staff; None is everybody.
        stage: only the days on which it is these people's turn; the counts speak of all.
        offset: how many of them to leave out.
        limit: how many to give at most.

    Raises:
        ValueError: ``period`` is no month.
    """
    days = _days(period, departments)
    page = _page(days, stage, offset, limit)
    counted = select(
        null().label("person_id"), null().label("name"), null().label("department"), cast(null(), Date).label("day_on"),
        func.count().label("minutes"), cast(null(), Integer).label("days"), days.c.stage,
    ).group_by(days.c.stage)  # fmt: skip
    rows = tx.connection.execute(union_all(counted, page)).all()
    counts = {_STAGE[row.stage]: row.minutes for row in sorted(rows, key=_turn) if row.person_id is None}
    chosen = sorted((row for row in rows if row.person_id is not None), key=_place)
    kinds = _list_kinds(tx, period, {row.person_id for row in chosen})
    return Queue(
        tuple(_day(row, kinds.get((row.person_id, row.day_on), ())) for row in chosen),
        counts,
    )


def _day(row: Any, kinds: tuple[str, ...]) -> QueuedDay:
    return QueuedDay(
        row.person_id, row.name, row.department, row.day_on, row.minutes, row.days, _STAGE[row.stage], kinds
    )


def _turn(row: Any) -> int:
    return -int(row.stage)


def _place(row: Any) -> tuple[int, int, str, date]:
    return (-row.minutes * row.days, -row.days, row.person_id, row.day_on)


def _page(days: CTE, stage: Stage | None, offset: int, limit: int) -> Select[Any]:
    query = select(days)
    if stage is not None:
        query = query.where(days.c.stage == _ORDER[stage])
    weight = days.c.minutes * days.c.days
    query = query.order_by(weight.desc(), days.c.days.desc(), days.c.person_id, days.c.day_on)
    few = query.offset(offset).limit(limit).subquery()
    names = (person.c.name, department.c.name.label("department"))
    return select(few.c.person_id, *names, few.c.day_on, few.c.minutes, few.c.days, few.c.stage).select_from(
        few.join(person, person.c.id == few.c.person_id).join(department, department.c.id == person.c.department_id)
    )


def _days(period: str, departments: Collection[str] | None) -> CTE:
    told = _told(period)
    of_tap = divergent_day.c.kind == DivergenceKind.uncertain_clock.value
    turn = case((of_tap, _ORDER[Stage.tap]), else_=func.coalesce(told.c.turn, literal(_ORDER[Stage.unexplained])))
    same = and_(told.c.person_id == divergent_day.c.person_id, told.c.subject == divergent_day.c.subject)
    look = and_(month_look.c.person_id == divergent_day.c.person_id, month_look.c.period == period)
    standing = and_(person_month.c.person_id == divergent_day.c.person_id, person_month.c.period == period)
    source = divergent_day.outerjoin(told, same).join(month_look, look).outerjoin(person_month, standing)
    wanted: list[ColumnElement[bool]] = [
        divergent_day.c.period == period,
        turn < _ACCEPTED,
        func.coalesce(person_month.c.state, "").not_in(_CLOSED),
    ]
    if departments is not None:
        own = select(person.c.id).where(person.c.department_id.in_(sorted(departments)))
        wanted.append(divergent_day.c.person_id.in_(own))
    columns: tuple[ColumnElement[Any], ...] = (divergent_day.c.person_id, divergent_day.c.day_on)
    return (
        select(
            *columns,
            func.sum(divergent_day.c.minutes).label("minutes"),
            func.max(month_look.c.days).label("days"),
            func.max(turn).label("stage"),
        )
        .select_from(source)
        .where(*wanted)
        .group_by(*columns)
        .cte("days")
    )


def _told(period: str) -> Subquery:
    """Say of each divergence that somebody explained how far that is."""
    first_on, last_on = month_bounds(period)
    state, waits_for = application.c.state, application.c.waits_for
    turn = case(
        (state.in_(sorted(each.value for each in IN_EFFECT)), _ACCEPTED),
        (state == State.returned.value, _ORDER[Stage.returned]),
        (waits_for == StepRole.hr.value, _ORDER[Stage.hr]),
        else_=_ORDER[Stage.head],
    )
    wanted = (
        application.c.kind == RequestKind.divergence.value,
        application.c.from_on >= first_on,
        application.c.from_on <= last_on,
        state.in_(_LIVE),
    )
    key = (application.c.person_id, application.c.subject)
    return select(*key, func.max(turn).label("turn")).where(*wanted).group_by(*key).subquery()


def _list_kinds(tx: Tx, period: str, person_ids: Collection[str]) -> dict[tuple[str, date], tuple[str, ...]]:
    table = divergent_day.c
    query = select(table.person_id, table.day_on, table.kind).where(
        table.period == period, table.person_id.in_(sorted(person_ids))
    )
    found: dict[tuple[str, date], tuple[str, ...]] = {}
    for person_id, on, kind in tx.connection.execute(query.order_by(*query.selected_columns)):
        found[person_id, on] = (*found.get((person_id, on), ()), kind)
    return found
