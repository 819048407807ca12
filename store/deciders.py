"""Who decides on a day: heads, those who stand in for them, HR, and who of these is away, in a few queries."""

from collections import defaultdict
from datetime import date

from sqlalchemy import ColumnElement, exists, or_, select

from domain.access.rights import PostKind
from domain.workflow.route import Organisation, Unit
from store.application_tables import delegation
from store.bulk import batched
from store.delegations import list_delegations
from store.leave_tables import leave_taken
from store.organisation import NOT_OF_THE_CITY
from store.rights_tables import post
from store.tables import account, department, person
from store.tx import Tx

HR = "hr"
"""The role of an account whose person decides for HR."""


def load_organisation(tx: Tx, on: date) -> Organisation:
    """Give the organisation as it decides on a day.

    Who has left or not come yet heads nothing; who has a whole day of leave is away.
    """
    acting, delegates = _load_acting(tx, on), _load_delegates(tx, on)
    head = person.alias()
    employed = (
        or_(head.c.joined_on.is_(None), head.c.joined_on <= on),
        or_(head.c.left_on.is_(None), head.c.left_on >= on),
    )
    rows = tx.connection.execute(
        select(department.c.id, department.c.parent_id, head.c.id)
        .outerjoin_from(department, head, (head.c.id == department.c.head_id) & employed[0] & employed[1])
        .where(department.c.id.not_in(NOT_OF_THE_CITY))
        .order_by(department.c.id)
    )
    units = {
        unit_id: Unit(unit_id, parent_id, head_id, frozenset(acting[unit_id]), frozenset(delegates[head_id]))
        for unit_id, parent_id, head_id in rows
    }
    hr = _load_hr(tx)
    named = {who for unit in units.values() for who in (unit.head_id, *unit.acting, *unit.delegates) if who is not None}
    return Organisation(units, hr, _load_away(tx, sorted(named | hr), on))


def is_decider(tx: Tx, person_id: str, on: date) -> bool:
    """Tell whether anything can come to wait for a person on a day: a head, who stands in for one, or HR."""
    heads = exists().where(department.c.head_id == person_id)
    acts = exists().where(post.c.person_id == person_id, post.c.kind == PostKind.acting.value, *_acting_on(on))
    named = exists().where(
        delegation.c.delegate_id == person_id,
        delegation.c.from_on <= on,
        delegation.c.until_on >= on,
        delegation.c.ended_at.is_(None),
    )
    found: bool = tx.connection.execute(select(or_(heads, acts, named))).scalar_one()
    if found:
        return True
    own = select(account.c.roles).where(account.c.person_id == person_id, account.c.disabled_at.is_(None))
    return any(HR in roles.split() for roles in tx.connection.scalars(own))


def _acting_on(on: date) -> tuple[ColumnElement[bool], ...]:
    return (
        or_(post.c.from_on.is_(None), post.c.from_on <= on),
        or_(post.c.until_on.is_(None), post.c.until_on >= on),
    )


def _load_acting(tx: Tx, on: date) -> dict[str, set[str]]:
    standing = _acting_on(on)
    rows = tx.connection.execute(
        select(post.c.department_id, post.c.person_id).where(post.c.kind == PostKind.acting.value, *standing)
    )
    found: dict[str, set[str]] = defaultdict(set)
    for department_id, person_id in rows:
        found[department_id].add(person_id)
    return found


def _load_delegates(tx: Tx, on: date) -> dict[str | None, set[str]]:
    found: dict[str | None, set[str]] = defaultdict(set)
    for each in list_delegations(tx, on):
        if each.from_on <= on:
            found[each.head_id].add(each.delegate_id)
    return found


def _load_hr(tx: Tx) -> frozenset[str]:
    rows = tx.connection.execute(
        select(account.c.person_id, account.c.roles).where(
            account.c.disabled_at.is_(None), account.c.person_id.is_not(None), account.c.roles.contains(HR)
        )
    )
    return frozenset(person_id for person_id, roles in rows if HR in roles.split())


def _load_away(tx: Tx, person_ids: list[str], on: date) -> frozenset[str]:
    whole_day = leave_taken.c.day_on == on, leave_taken.c.starts_minute.is_(None), leave_taken.c.ended_at.is_(None)
    away: set[str] = set()
    for some in batched(person_ids):
        query = select(leave_taken.c.person_id).where(leave_taken.c.person_id.in_(some), *whole_day)
        away.update(tx.connection.scalars(query))
    return frozenset(away)
