"""Whose months may confirm themselves by what is written down, found without counting any."""

from datetime import datetime

from sqlalchemy import and_, func, or_, select

from domain.attendance.closing import MonthAct, MonthState
from domain.attendance.month import month_bounds
from domain.attendance.requests import RequestKind
from domain.workflow.states import IN_EFFECT, WAITING, State
from store.application_tables import application
from store.closing_tables import divergent_day, month_look, month_step, person_month
from store.tables import person
from store.tx import Tx

_OPEN = tuple(sorted(state.value for state in WAITING | {State.returned}))
_ACCEPTED = tuple(sorted(state.value for state in IN_EFFECT))


def list_settled(tx: Tx, period: str, looked_at: datetime) -> list[str]:
    """Give the staff whose month nobody confirmed and in which, by a look since ``looked_at``, nothing is open.

    It finds months and judges none: whoever confirms one counts it. Sent back ones are not among them.

    Raises:
        ValueError: ``period`` is no month.
    """
    first_on, last_on = month_bounds(period)
    look = and_(month_look.c.person_id == person.c.id, month_look.c.period == period)
    begun = and_(person_month.c.person_id == person.c.id, person_month.c.period == period)
    untouched = or_(
        person_month.c.state.is_(None),
        (person_month.c.state == MonthState.open.value) & (person_month.c.version == 0),
    )
    asked = select(application.c.id).where(
        application.c.person_id == person.c.id,
        application.c.state.in_(_OPEN),
        application.c.from_on <= last_on,
        application.c.until_on >= first_on,
    )
    accepted = select(application.c.id).where(
        application.c.person_id == person.c.id,
        application.c.kind == RequestKind.divergence.value,
        application.c.subject == divergent_day.c.subject,
        application.c.state.in_(_ACCEPTED),
    )
    diverges = select(divergent_day.c.subject).where(
        divergent_day.c.person_id == person.c.id, divergent_day.c.period == period, ~accepted.exists()
    )
    query = (
        select(person.c.id)
        .join_from(person, month_look, look)
        .outerjoin(person_month, begun)
        .where(person.c.kind == "staff", month_look.c.looked_at >= looked_at, untouched, month_look.c.unrecorded == 0)
        .where(~asked.exists(), ~diverges.exists())
        .order_by(person.c.id)
    )
    found = list(tx.connection.scalars(query))
    sent_back = list_sent_back(tx, period) if found else frozenset()
    return [each for each in found if each not in sent_back]


def list_sent_back(tx: Tx, period: str) -> frozenset[str]:
    """Give whose month was sent back last of all: the person's own word is missing, and no rule gives it."""
    latest = select(func.max(month_step.c.id)).where(month_step.c.period == period).group_by(month_step.c.person_id)
    back = month_step.c.id.in_(latest) & (month_step.c.act == MonthAct.send_back.value)
    return frozenset(tx.connection.scalars(select(month_step.c.person_id).where(back)))
