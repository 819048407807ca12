"""Reports over the log: who entered an area, which doors were held open, which cards and rights nobody uses.

Each walks an index from one of the log: the subjects' or the notable words' for a period, the person's for what is
unused. Lists are bounded; whoever asks for one more than is shown learns that there are more.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, text

from domain.access.rights import SubjectKind
from domain.civil import JST
from store.rights_tables import card_holding, right_grant
from store.tables import NOTABLE, credential, department, person, record
from store.tx import Tx


class EntryLine(NamedTuple):
    """A person at an area's access points in a period; ids and names are empty for cards of nobody.

    ``first_at`` and ``last_at`` are the first and the last granted tap, None when all were refused.
    """

    person_id: str
    name: str
    department: str
    entered: int
    left: int
    refused: int
    first_at: datetime | None
    last_at: datetime | None


class HeldOpen(NamedTuple):
    """One time that a door was held open; ``opened_at`` as its contact told, ``closed_at`` None while it stands."""

    door_id: str
    held_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None


class UnusedCard(NamedTuple):
    """A card in use that was not tapped since; ``last_at`` is the last time ever, None when there is no record."""

    person_id: str
    name: str
    department: str
    label: str
    last_at: datetime | None


class UnusedGrant(NamedTuple):
    """A level granted to a person who has not come through any of its points since."""

    person_id: str
    name: str
    department: str
    level_id: str
    given_by: str
    given_at: datetime


def list_entries(
    tx: Tx, *, into: Collection[str], out_of: Collection[str], since: datetime, until: datetime, limit: int
) -> list[EntryLine]:
    """Give who tapped at an area's access points in [since, until), by department and kana; cards of nobody last."""
    granted = record.c.granted.is_(True)
    tally = (
        select(
            record.c.person_id,
            _count(and_(granted, record.c.subject.in_(into))).label("entered"),
            _count(and_(granted, record.c.subject.in_(out_of))).label("left_"),
            _count(record.c.granted.is_(False)).label("refused"),
            func.min(case((granted, record.c.occurred_at))).label("first_at"),
            func.max(case((granted, record.c.occurred_at))).label("last_at"),
        )
        .where(
            record.c.subject.in_({*into, *out_of}),
            record.c.kind == "tap.observed",
            record.c.occurred_at >= since,
            record.c.occurred_at < until,
        )
        .group_by(record.c.person_id)
        .subquery("tally")
    )
    rows = tx.connection.execute(
        select(tally, person.c.name, department.c.name.label("department"))
        .outerjoin_from(tally, person, person.c.id == tally.c.person_id)
        .outerjoin(department, department.c.id == person.c.department_id)
        .order_by(tally.c.person_id.is_(None), department.c.id, person.c.kana, tally.c.person_id)
        .limit(limit)
    )
    return [
        EntryLine(
            row.person_id or "", row.name or "", row.department or "", row.entered, row.left_, row.refused,
            row.first_at, row.last_at,
        )
        for row in rows
    ]  # fmt: skip


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def list_held_open(tx: Tx, *, since: datetime, until: datetime, limit: int) -> list[HeldOpen]:
    """Give the times doors were held open in [since, until), the newest first."""
    held = record.alias("held")
    rows = tx.connection.execute(
        select(
            record.c.subject,
            record.c.occurred_at,
            _neighbour(held, func.max, held.c.occurred_at <= record.c.occurred_at, ("opened",)).label("opened_at"),
            _neighbour(held, func.min, held.c.occurred_at > record.c.occurred_at, ("closed",)).label("closed_at"),
        )
        .where(
            record.c.reason == "held_open",
            text(NOTABLE),
            record.c.kind == "door.moved",
            record.c.occurred_at >= since,
            record.c.occurred_at < until,
        )
        .order_by(record.c.occurred_at.desc())
        .limit(limit)
    )
    return [HeldOpen(*row) for row in rows]


def _neighbour(other: Any, first: Any, near: ColumnElement[bool], words: Iterable[str]) -> Any:
    """Give when the same door last or next told one of the words."""
    same = (other.c.subject == record.c.subject) & (other.c.kind == "door.moved")
    found = select(first(other.c.occurred_at)).where(same, near, other.c.reason.in_(words))
    return found.correlate(record).scalar_subquery()


def list_unused_cards(tx: Tx, *, since: datetime, limit: int) -> list[UnusedCard]:
    """Give the cards in use, held since before an instant, that were not tapped from then on."""
    mine = (record.c.person_id == credential.c.person_id) & (record.c.credential == credential.c.token)
    tapped = exists().where(mine, record.c.occurred_at >= since)
    fresh = exists().where(card_holding.c.token == credential.c.token, card_holding.c.from_at >= since)
    last = select(func.max(record.c.occurred_at)).where(mine).correlate(credential).scalar_subquery()
    query = (
        _people(credential.c.label, last.label("last_at"))
        .join(credential, credential.c.person_id == person.c.id)
        .where(credential.c.status == "active", ~tapped, ~fresh, _still_here(tx))
    )
    rows = tx.connection.execute(query.order_by(*_BY_PLACE, credential.c.token).limit(limit))
    return [UnusedCard(*row) for row in rows]


def list_unused_grants(tx: Tx, level_id: str, points: Collection[str], *, since: datetime, limit: int) -> (
    list[UnusedGrant]
):  # fmt: skip
    """Give who was granted a level before an instant and has not come through any of its points from then on.

    What a department or a group holds is left out: it is not one person's to use.
    """
    came = exists().where(
        record.c.person_id == person.c.id,
        record.c.occurred_at >= since,
        record.c.granted.is_(True),
        record.c.subject.in_(points),
    )
    given = (right_grant.c.subject_kind == SubjectKind.person.value) & (right_grant.c.subject_id == person.c.id)
    query = (
        _people(right_grant.c.level_id, right_grant.c.given_by, right_grant.c.given_at)
        .join(right_grant, given)
        .where(
            right_grant.c.level_id == level_id,
            right_grant.c.ended_at.is_(None),
            or_(right_grant.c.valid_until.is_(None), right_grant.c.valid_until > tx.now),
            right_grant.c.given_at < since,
            ~came,
            _still_here(tx),
        )
    )
    rows = tx.connection.execute(query.order_by(*_BY_PLACE, right_grant.c.id).limit(limit))
    return [UnusedGrant(*row) for row in rows]


_BY_PLACE = (department.c.id, person.c.kana, person.c.id)


def _people(*columns: ColumnElement[Any]) -> Select[Any]:
    named = (person.c.id, person.c.name, department.c.name, *columns)
    return select(*named).select_from(person).join(department, department.c.id == person.c.department_id)


def _still_here(tx: Tx) -> ColumnElement[bool]:
    return or_(person.c.left_on.is_(None), person.c.left_on >= tx.now.astimezone(JST).date())
