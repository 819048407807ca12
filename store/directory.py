"""People by department, as the screens list them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select

from domain.access.rights import PersonKind
from domain.civil import JST
from store.bulk import batched
from store.tables import account, department, person
from store.tx import Tx

FEW = 20
"""So many are looked at to find the one who is meant."""

_TO_KATAKANA = ord("ァ") - ord("ぁ")


@dataclass(frozen=True, slots=True)
class DirectoryLine:
    """One person with the department's name."""

    person_id: str
    name: str
    kana: str
    department_id: str
    department: str
    is_head: bool
    kind: str = PersonKind.staff.value


def list_people_by_department(tx: Tx, departments: Collection[str] | None = None) -> list[DirectoryLine]:
    """Give the staff who have not left, by department and kana; None is every department."""
    query = directory_lines().where(
        person.c.kind == PersonKind.staff.value,
        or_(person.c.left_on.is_(None), person.c.left_on >= tx.now.astimezone(JST).date()),
    )
    if departments is not None:
        query = query.where(person.c.department_id.in_(departments))
    rows = tx.connection.execute(query.order_by(department.c.id, person.c.kana, person.c.id))
    return [directory_line(row) for row in rows]


def list_staff(tx: Tx, person_ids: Collection[str]) -> list[DirectoryLine]:
    """Give those of the staff among people who have not left."""
    still_here = or_(person.c.left_on.is_(None), person.c.left_on >= tx.now.astimezone(JST).date())
    staff = person.c.kind == PersonKind.staff.value, still_here
    return [
        directory_line(row)
        for some in batched(sorted(set(person_ids)))
        for row in tx.connection.execute(directory_lines().where(person.c.id.in_(some), *staff))
    ]


def search_people(tx: Tx, words: str, *, limit: int, kind: PersonKind | None = None) -> list[DirectoryLine]:
    """Give the people who have not left and whose name, kana or id holds the words, by kana; None is of any kind.

    Spaces do not matter, and hiragana finds katakana.
    """
    found = holds_words(words)
    still_here = or_(person.c.left_on.is_(None), person.c.left_on >= tx.now.astimezone(JST).date())
    query = directory_lines().where(found, still_here)
    if kind is not None:
        query = query.where(person.c.kind == kind.value)
    rows = tx.connection.execute(query.order_by(person.c.kana, person.c.id).limit(limit))
    return [directory_line(row) for row in rows]


def holds_words(words: str) -> ColumnElement[bool]:
    """Give the condition that a person's name, kana or id holds the words."""
    wanted = "".join(words.split())
    spoken = "".join(chr(ord(mark) + _TO_KATAKANA) if "ぁ" <= mark <= "ゖ" else mark for mark in wanted)
    return or_(
        func.replace(person.c.name, " ", "").contains(wanted, autoescape=True),
        func.replace(person.c.kana, " ", "").contains(spoken, autoescape=True),
        person.c.id.contains(wanted.lower(), autoescape=True),
    )


def find_person(tx: Tx, words: str, *, kind: PersonKind | None = None) -> str | None:
    """Give the one person, of any kind or of one, whom a name, kana or id means; None: nobody, or several."""
    wanted = "".join(words.split())
    found = search_people(tx, wanted, limit=FEW, kind=kind) if wanted else []
    exact = [line for line in found if wanted.lower() == line.person_id]
    if not exact and len(found) > 1:
        exact = [line for line in found if wanted in {"".join(line.name.split()), "".join(line.kana.split())}]
    chosen = exact or found
    return chosen[0].person_id if len(chosen) == 1 else None


def load_directory_line(tx: Tx, person_id: str) -> DirectoryLine | None:
    """Give one person, also one who has left; None when there is none of that id."""
    row = tx.connection.execute(directory_lines().where(person.c.id == person_id)).one_or_none()
    return None if row is None else directory_line(row)


def list_names(tx: Tx, person_ids: Collection[str]) -> dict[str, str]:
    """Give people's names by id, of those that there are."""
    names: dict[str, str] = {}
    for some in batched(sorted(set(person_ids))):
        found = tx.connection.execute(select(person.c.id, person.c.name).where(person.c.id.in_(some)))
        names |= {row.id: row.name for row in found}
    return names


def name_accounts(tx: Tx, logins: Collection[str]) -> dict[str, str]:
    """Give the names of the persons behind logins; an account of no person bears its login."""
    named = func.coalesce(person.c.name, account.c.login)
    query = select(account.c.login, named).outerjoin_from(account, person, person.c.id == account.c.person_id)
    return {row[0]: row[1] for row in tx.connection.execute(query.where(account.c.login.in_(sorted(logins))))}


def directory_lines() -> Select[Any]:
    """Give the query of everybody with the department's name, for whoever narrows it."""
    return select(
        person.c.id,
        person.c.name,
        person.c.kana,
        person.c.department_id,
        department.c.name.label("department"),
        department.c.head_id,
        person.c.kind,
    ).join_from(person, department, department.c.id == person.c.department_id)


def directory_line(row: Row[Any]) -> DirectoryLine:
    """Read a row of :func:`directory_lines`."""
    is_head = row.head_id == row.id
    return DirectoryLine(row.id, row.name, row.kana, row.department_id, row.department, is_head, row.kind)
