"""Named groups of people besides departments, and who belongs to them when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, distinct, func, or_, select, update

from store.bulk import insert_rows
from store.conflicts import insert_new
from store.policy_inputs import save_inputs_changed
from store.rights_tables import group_member, person_group
from store.tables import person
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Group:
    """A group by its name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """A person's time in a group; ``until_on`` is the last day, None is no bound."""

    id: int
    group_id: str
    group_name: str
    person_id: str
    from_on: date | None
    until_on: date | None
    given_by: str
    given_at: datetime
    person_name: str
    reason: str
    ended_by: str | None = None
    end_reason: str | None = None


def insert_group(tx: Tx, group: Group, *, by: str) -> bool:
    """Make a group; False when one of that id stands already, and nothing is changed."""
    return insert_new(tx, person_group, {"id": group.id, "name": group.name, "made_by": by, "made_at": tx.now})


def load_group(tx: Tx, group_id: str) -> Group | None:
    """Give one group; None when there is none of that id."""
    row = tx.connection.execute(
        select(person_group.c.id, person_group.c.name).where(person_group.c.id == group_id)
    ).one_or_none()
    return None if row is None else Group(*row)


def count_members(tx: Tx, on: date) -> dict[str, int]:
    """Give how many people belong to each group on a day; groups without any are left out."""
    here = (
        or_(group_member.c.from_on.is_(None), group_member.c.from_on <= on),
        or_(group_member.c.until_on.is_(None), group_member.c.until_on >= on),
    )
    number = func.count(distinct(group_member.c.person_id)).label("people")
    query = select(group_member.c.group_id, number).where(*here).group_by(group_member.c.group_id)
    return {row.group_id: row.people for row in tx.connection.execute(query)}


def list_groups(tx: Tx) -> list[Group]:
    """Give all groups by name."""
    rows = tx.connection.execute(
        select(person_group.c.id, person_group.c.name).order_by(person_group.c.name, person_group.c.id)
    )
    return [Group(*row) for row in rows]


def insert_member(
    tx: Tx,
    group_id: str,
    person_id: str,
    *,
    from_on: date | None,
    until_on: date | None,
    by: str,
    reason: str = "",
) -> None:
    """Let a person belong to a group for a time."""
    row = (group_id, person_id, from_on, until_on, by, tx.now, reason)
    columns = ("group_id", "person_id", "from_on", "until_on", "given_by", "given_at", "reason")
    insert_rows(tx, group_member, columns, [row])
    save_inputs_changed(tx, [person_id])


def end_member(tx: Tx, member_id: int, last_on: date, *, by: str, reason: str) -> bool:
    """Let a membership end after ``last_on`` at the latest; False when there is none that would go on."""
    ended = tx.connection.execute(
        update(group_member)
        .where(
            group_member.c.id == member_id,
            or_(group_member.c.until_on.is_(None), group_member.c.until_on > last_on),
        )
        .values(until_on=last_on, ended_by=by, ended_at=tx.now, end_reason=reason)
        .returning(group_member.c.person_id)
    ).scalar()
    save_inputs_changed(tx, [] if ended is None else [ended])
    return ended is not None


def list_persons_groups(tx: Tx, person_id: str) -> list[Member]:
    """Give a person's times in groups, past ones too, by group."""
    rows = tx.connection.execute(_members().where(group_member.c.person_id == person_id))
    return [Member(*row) for row in rows]


def list_members(tx: Tx, group_id: str) -> list[Member]:
    """Give everybody's times in a group, past ones too."""
    rows = tx.connection.execute(_members().where(group_member.c.group_id == group_id))
    return [Member(*row) for row in rows]


def _members() -> Select[Any]:
    return (
        select(
            group_member.c.id,
            group_member.c.group_id,
            person_group.c.name,
            group_member.c.person_id,
            group_member.c.from_on,
            group_member.c.until_on,
            group_member.c.given_by,
            group_member.c.given_at,
            person.c.name,
            group_member.c.reason,
            group_member.c.ended_by,
            group_member.c.end_reason,
        )
        .join_from(group_member, person_group, person_group.c.id == group_member.c.group_id)
        .join(person, person.c.id == group_member.c.person_id)
        .order_by(person_group.c.name, group_member.c.id)
    )
