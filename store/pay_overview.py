"""Payroll at a glance: which months were closed, who is still owed a row, and how far the lines are."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import func, select

from domain.attendance.pay_due import is_due
from domain.attendance.pay_line import LineState
from store.closing_tables import month_adjustment, month_version, pay_line
from store.pay_lines import list_handed
from store.tx import Tx


def list_closed_periods(tx: Tx, *, limit: int) -> dict[str, int]:
    """Give the latest months of which somebody's was closed, the newest first, each with how many people's."""
    rows = tx.connection.execute(
        select(month_version.c.period, func.count(month_version.c.person_id.distinct()))
        .group_by(month_version.c.period)
        .order_by(month_version.c.period.desc())
        .limit(limit)
    )
    return {row[0]: row[1] for row in rows}


def list_due_people(tx: Tx, period: str, layout: str) -> frozenset[str]:
    """Give of whom payroll is owed something: a closed version, or an agreed adjustment of it, not handed over."""
    versions = tx.connection.execute(
        select(month_version.c.person_id, func.max(month_version.c.version))
        .where(month_version.c.period == period)
        .group_by(month_version.c.person_id)
    )
    agreed: dict[tuple[str, int], list[str]] = defaultdict(list)
    decided = month_adjustment.c.agreed_at.is_not(None) & month_adjustment.c.dismissed_at.is_(None)
    for adjustment_id, person_id, version in tx.connection.execute(
        select(month_adjustment.c.id, month_adjustment.c.person_id, month_adjustment.c.version).where(
            month_adjustment.c.period == period, decided
        )
    ):
        agreed[person_id, version].append(adjustment_id)
    handed = list_handed(tx, period, layout)
    return frozenset(
        person_id
        for person_id, version in versions
        if is_due(version, agreed[person_id, version], handed.get(person_id, ()))
    )


def count_line_states(tx: Tx, periods: Collection[str], layout: str) -> dict[str, dict[LineState, int]]:
    """Give by month how many lines are how far."""
    rows = tx.connection.execute(
        select(pay_line.c.period, pay_line.c.state, func.count())
        .where(pay_line.c.period.in_(sorted(periods)), pay_line.c.layout == layout)
        .group_by(pay_line.c.period, pay_line.c.state)
    )
    counted: dict[str, dict[LineState, int]] = defaultdict(dict)
    for period, state, count in rows:
        counted[period][LineState(state)] = count
    return dict(counted)


def count_batch_states(tx: Tx, period: str) -> dict[str, dict[LineState, int]]:
    """Give by batch of a month how many lines are how far."""
    rows = tx.connection.execute(
        select(pay_line.c.batch_id, pay_line.c.state, func.count())
        .where(pay_line.c.period == period)
        .group_by(pay_line.c.batch_id, pay_line.c.state)
    )
    counted: dict[str, dict[LineState, int]] = defaultdict(dict)
    for batch_id, state, count in rows:
        counted[batch_id][LineState(state)] = count
    return dict(counted)
