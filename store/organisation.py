"""The organisation as its pages show it: departments with their heads, and who has a post where."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select, update

from domain.access.rights import PersonKind, PostKind, Subject, SubjectKind
from store.contractors import CONTRACTORS
from store.party_passes import PARTIES
from store.policy_inputs import save_inputs_changed
from store.posts import Post
from store.rights import list_reached
from store.rights_tables import post
from store.tables import department, person
from store.tx import Tx
from store.visitor_cards import VISITORS

NOT_OF_THE_CITY = frozenset({CONTRACTORS.id, VISITORS.id, PARTIES.id})
"""Departments that hold people of other kinds together; no part of the organisation."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A department: ``people`` are the staff whose own department it is, ``acting`` who stands in for its head."""

    id: str
    name: str
    parent_id: str | None
    head_id: str | None
    head: str | None
    acting: tuple[str, ...]
    people: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A post with whose it is."""

    post: Post
    name: str
    kana: str


def list_units(tx: Tx, on: date) -> list[Unit]:
    """Give the city's departments by id, as they are on a day."""
    acting: dict[str, list[str]] = defaultdict(list)
    for placed in _list_placed(tx, on, post.c.kind == PostKind.acting.value):
        if placed.post.from_on is None or placed.post.from_on <= on:
            acting[placed.post.department_id].append(placed.name)
    here = person.c.kind == PersonKind.staff.value, or_(person.c.left_on.is_(None), person.c.left_on >= on)
    counted = select(person.c.department_id, func.count().label("people")).where(*here).group_by(person.c.department_id)
    people = {row.department_id: row.people for row in tx.connection.execute(counted)}
    head = person.alias()
    rows = tx.connection.execute(
        select(department.c.id, department.c.name, department.c.parent_id, department.c.head_id, head.c.name)
        .outerjoin_from(department, head, head.c.id == department.c.head_id)
        .where(department.c.id.not_in(NOT_OF_THE_CITY))
        .order_by(department.c.id)
    )
    return [Unit(*row, tuple(acting.get(row[0], ())), people.get(row[0], 0)) for row in rows]


def list_placed(tx: Tx, department_id: str, on: date) -> list[Placed]:
    """Give the posts of a department that are not over on a day: standing in, then regular, then others; by kana."""
    return _list_placed(tx, on, post.c.department_id == department_id)


def save_parent(tx: Tx, department_id: str, parent_id: str | None) -> None:
    """Let a department lie below another, or below none: what those above are given reaches other people then."""
    below = list_reached(tx, [Subject(SubjectKind.department, department_id)])
    tx.connection.execute(update(department).where(department.c.id == department_id).values(parent_id=parent_id))
    save_inputs_changed(tx, below)


def _list_placed(tx: Tx, on: date, condition: ColumnElement[bool]) -> list[Placed]:
    rows = tx.connection.execute(
        select(person.c.name, person.c.kana, *(post.c[name] for name in Post.__slots__))
        .join_from(post, person, person.c.id == post.c.person_id)
        .where(condition, or_(post.c.until_on.is_(None), post.c.until_on >= on))
        .order_by(post.c.kind, person.c.kana, post.c.id)
    )
    order = {PostKind.acting.value: 0, PostKind.regular.value: 1, PostKind.concurrent.value: 2}
    found = [Placed(Post(*row[2:]), row[0], row[1]) for row in rows]
    return sorted(found, key=lambda placed: order[placed.post.kind])
