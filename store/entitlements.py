"""Who was given or denied what, and who belongs where, as values for ``domain.access.rights``."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select

from domain.access.rights import Entitlement, Membership, Subject, SubjectKind
from domain.civil import instant
from store.bulk import batched
from store.rights_tables import group_member, post, right_denial, right_grant
from store.tables import department
from store.tx import Tx

_KIND = {kind.value: kind for kind in SubjectKind}


def load_entitlements(tx: Tx, persons: Sequence[str] | None = None) -> list[Entitlement]:
    """Give the grants that have not ended and are not over: those of departments and groups, and of (some) persons."""
    columns = select(
        right_grant.c.subject_kind,
        right_grant.c.subject_id,
        right_grant.c.level_id,
        right_grant.c.valid_from,
        right_grant.c.valid_until,
    ).where(
        right_grant.c.ended_at.is_(None), or_(right_grant.c.valid_until.is_(None), right_grant.c.valid_until > tx.now)
    )
    return [
        Entitlement(Subject(_KIND[kind], subject_id), level, valid_from, valid_until)
        for kind, subject_id, level, valid_from, valid_until in _read_rights(tx, columns, right_grant, persons)
    ]


def load_denials(tx: Tx, persons: Sequence[str] | None = None) -> list[Entitlement]:
    """Give the denials that have not ended: those of departments and groups, and of (some) persons."""
    columns = select(
        right_denial.c.subject_kind,
        right_denial.c.subject_id,
        right_denial.c.level_id,
        right_denial.c.from_on,
        right_denial.c.until_on,
    ).where(right_denial.c.ended_at.is_(None))
    return [
        Entitlement(Subject(_KIND[kind], subject_id), level, *span_of(from_on, until_on))
        for kind, subject_id, level, from_on, until_on in _read_rights(tx, columns, right_denial, persons)
    ]


def load_memberships(tx: Tx, persons: Sequence[str] | None = None) -> list[Membership]:
    """Give (some) persons' times in departments and groups, those that are over too."""
    found: list[Membership] = []
    for table, kind, name in (
        (post, SubjectKind.department, "department_id"),
        (group_member, SubjectKind.group, "group_id"),
    ):
        columns = select(table.c.person_id, table.c[name], table.c.from_on, table.c.until_on)
        subjects: dict[str, Subject] = {}
        for who, subject_id, from_on, until_on in read_of(tx, columns, table.c.person_id, persons):
            subject = subjects.setdefault(subject_id, Subject(kind, subject_id))
            found.append(Membership(who, subject, *span_of(from_on, until_on)))
    return found


def load_parents(tx: Tx) -> dict[str, str]:
    """Give each department's upper one; those at the top are left out."""
    columns = select(department.c.id, department.c.parent_id).where(department.c.parent_id.is_not(None))
    return {row.id: row.parent_id for row in tx.connection.execute(columns)}


def span_of(from_on: date | None, until_on: date | None) -> tuple[datetime | None, datetime | None]:
    """Give the instants of civil days in JST; the last day counts in full."""
    return (
        None if from_on is None else instant(from_on, 0),
        None if until_on is None else instant(until_on + timedelta(days=1), 0),
    )


def read_of(tx: Tx, query: Select[Any], who: Any, persons: Sequence[str] | None) -> Iterator[Any]:
    """Yield a query's rows, all or those whose column ``who`` names one of the persons."""
    if persons is None:
        yield from tx.connection.execute(query)
        return
    for some in batched(persons):
        yield from tx.connection.execute(query.where(who.in_(some)))


def _read_rights(tx: Tx, query: Select[Any], table: Any, persons: Sequence[str] | None) -> Iterator[Any]:
    personal = table.c.subject_kind == SubjectKind.person.value
    units = table.c.subject_kind.in_((SubjectKind.department.value, SubjectKind.group.value))
    yield from tx.connection.execute(query.where(units))
    yield from read_of(tx, query.where(personal), table.c.subject_id, persons)
