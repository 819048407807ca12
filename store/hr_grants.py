"""The levels that HR's file gives each person: grants of source hr, set whole for the persons it names."""

from collections.abc import Collection, Mapping
from dataclasses import astuple
from typing import Any

from sqlalchemy import ColumnElement, Select, select, update

from domain.access.rights import GrantSource, SubjectKind
from store.bulk import batched, upsert_rows
from store.policy_inputs import save_inputs_changed
from store.rights import Grant
from store.rights_tables import right_grant
from store.tx import Tx


def list_level_grants(tx: Tx) -> dict[str, frozenset[str]]:
    """Give the levels that HR grants by person; persons without any are left out."""
    granted: dict[str, set[str]] = {}
    for person_id, level_id in tx.connection.execute(_standing()):
        granted.setdefault(person_id, set()).add(level_id)
    return {person_id: frozenset(levels) for person_id, levels in granted.items()}


def save_level_grants(tx: Tx, grants: Mapping[str, Collection[str]]) -> None:
    """Let each person named have exactly these levels from HR; what others granted stays."""
    standing: dict[str, set[str]] = {who: set() for who in grants}
    for some in batched(sorted(grants)):
        for person_id, level_id in tx.connection.execute(_standing().where(right_grant.c.subject_id.in_(some))):
            standing[person_id].add(level_id)
    changed = {who: frozenset(levels) for who, levels in grants.items() if standing[who] != frozenset(levels)}
    for who, levels in changed.items():
        if gone := standing[who] - levels:
            tx.connection.execute(
                update(right_grant)
                .where(*_of_hr(), right_grant.c.subject_id == who, right_grant.c.level_id.in_(sorted(gone)))
                .values(ended_by="", ended_at=tx.now, end_reason="")
            )
    new = [_grant(tx, who, level) for who, levels in changed.items() for level in sorted(levels - standing[who])]
    upsert_rows(tx, right_grant, tuple(Grant.__slots__), [astuple(each) for each in new])
    save_inputs_changed(tx, changed.keys())


def _grant(tx: Tx, person_id: str, level_id: str) -> Grant:
    return Grant(
        f"{GrantSource.hr}:{person_id}:{level_id}:{tx.now:%Y%m%dT%H%M%S%f}",
        SubjectKind.person.value,
        person_id,
        level_id,
        GrantSource.hr.value,
        reason="",
        given_by="",
        given_at=tx.now,
    )


def _standing() -> Select[Any]:
    return select(right_grant.c.subject_id, right_grant.c.level_id).where(*_of_hr())


def _of_hr() -> tuple[ColumnElement[bool], ...]:
    return (
        right_grant.c.source == GrantSource.hr.value,
        right_grant.c.subject_kind == SubjectKind.person.value,
        right_grant.c.ended_at.is_(None),
    )
