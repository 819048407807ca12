"""Applications and what was done about them: one row each, and one deed for each act, never changed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from domain.workflow.application import Application, Deed
from domain.workflow.inbox import waiting_role
from domain.workflow.route import StepRole
from domain.workflow.states import WAITING, Act, State
from store.application_tables import application, application_deed
from store.bulk import batched
from store.conflicts import insert_new
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Matter:
    """What an application is about, as its row keeps it beside the content: ``from_on`` to ``until_on``, both included.

    ``subject`` is what else finds it; empty where nothing does.
    """

    content: bytes
    subject: str
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class Filed:
    """An application with what it is about, since when it stands and when it was last acted on."""

    application: Application
    matter: Matter
    filed_at: datetime
    changed_at: datetime


def insert_application(tx: Tx, draft: Application, matter: Matter) -> bool:
    """Write a new application down; False when one of that id stands already."""
    values = _values(tx, draft, matter) | {"id": draft.id, "filed_at": tx.now}
    return insert_new(tx, application, values)


def load_application(tx: Tx, application_id: str) -> Filed | None:
    """Give one application with all its deeds; None when there is none of that id."""
    return next(iter(list_filed(tx, [application_id])), None)


def list_filed(tx: Tx, application_ids: Collection[str]) -> list[Filed]:
    """Give applications with all their deeds, oldest first; unknown ids are left out."""
    rows: list[Row[Any]] = []
    deeds: dict[str, list[Deed]] = {}
    for some in batched(sorted(application_ids)):
        rows += tx.connection.execute(select(application).where(application.c.id.in_(some)))
        done = select(application_deed).where(application_deed.c.application_id.in_(some))
        for row in tx.connection.execute(done.order_by(application_deed.c.application_id, application_deed.c.number)):
            deeds.setdefault(row.application_id, []).append(_deed(row))
    filed = [_filed(row, tuple(deeds.get(row.id, ()))) for row in rows]
    return sorted(filed, key=lambda each: (each.filed_at, each.application.id))


def list_applications(tx: Tx, person_id: str, first_on: date, last_on: date) -> list[Filed]:
    """Give a person's applications that speak of a day from ``first_on`` to ``last_on``, oldest first."""
    wanted = select(application.c.id).where(
        application.c.person_id == person_id, application.c.from_on <= last_on, application.c.until_on >= first_on
    )
    return list_filed(tx, list(tx.connection.scalars(wanted)))


def list_of_person(
    tx: Tx, person_id: str, states: Collection[State], *, offset: int = 0, limit: int | None = None
) -> list[Filed]:
    """Give the applications that a person made or that are about that person, last acted on first."""
    mine = (application.c.person_id == person_id) | (application.c.applicant_id == person_id)
    wanted = (
        select(application.c.id)
        .where(mine, application.c.state.in_([state.value for state in states]))
        .order_by(application.c.changed_at.desc(), application.c.id)
        .offset(offset)
        .limit(limit)
    )
    filed = list_filed(tx, list(tx.connection.scalars(wanted)))
    return sorted(filed, key=lambda each: each.changed_at, reverse=True)


def count_of_person(tx: Tx, person_id: str, states: Collection[State]) -> int:
    """Count what :func:`list_of_person` gives in all."""
    mine = (application.c.person_id == person_id) | (application.c.applicant_id == person_id)
    counted = select(func.count()).where(mine, application.c.state.in_([state.value for state in states]))
    return tx.connection.execute(counted.select_from(application)).scalar_one()


def load_last_content(tx: Tx, person_id: str, kinds: Collection[str]) -> tuple[str, bytes] | None:
    """Give kind and content of what a person last asked for himself of some kinds; None when there is nothing."""
    last = (
        select(application.c.kind, application.c.content)
        .where(
            application.c.person_id == person_id,
            application.c.applicant_id == person_id,
            application.c.kind.in_(sorted(kinds)),
        )
        .order_by(application.c.filed_at.desc(), application.c.id)
        .limit(1)
    )
    row = tx.connection.execute(last).one_or_none()
    return None if row is None else (row.kind, bytes(row.content))


def save_step(tx: Tx, before: Application, after: Application, matter: Matter) -> bool:
    """Keep an application after an act, with its new deed; False when somebody acted since ``before`` was loaded.

    Of two transactions that race one waits for the other, finds one deed more and changes nothing.
    """
    number = len(before.deeds)
    unmoved = (application.c.id == before.id) & (application.c.deeds == number)
    values = _values(tx, after, matter)
    if tx.connection.execute(update(application).where(unmoved).values(**values)).rowcount == 0:
        return False
    deed = after.deeds[-1]
    tx.connection.execute(
        insert(application_deed).values(
            application_id=after.id,
            number=number,
            act=deed.act.value,
            done_by=deed.by,
            acting_for=deed.acting_for,
            done_at=deed.at,
            content_hash=deed.content_hash,
            content=matter.content if deed.act is Act.submit else None,
            step=deed.step,
            state=deed.state.value,
            reason=deed.reason,
        )
    )
    return True


def load_submitted(tx: Tx, application_id: str, content_hash: str) -> bytes | None:
    """Give the content that was submitted under a hash; None when nothing was."""
    submitted = select(application_deed.c.content).where(
        application_deed.c.application_id == application_id,
        application_deed.c.content_hash == content_hash,
        application_deed.c.content.is_not(None),
    )
    content: bytes | None = tx.connection.execute(submitted.limit(1)).scalar()
    return content


def _values(tx: Tx, each: Application, matter: Matter) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "person_id": each.person_id,
        "applicant_id": each.applicant_id,
        "department_id": each.department_id,
        "route": " ".join(role.value for role in each.route),
        "subject": matter.subject,
        "content": matter.content,
        "content_hash": each.content_hash,
        "from_on": matter.from_on,
        "until_on": matter.until_on,
        "state": each.state.value,
        "step": each.step,
        "waits_for": waiting_role(each.route, each.step).value if each.state in WAITING else None,
        "deeds": len(each.deeds),
        "changed_at": tx.now,
    }


def _filed(row: Row[Any], deeds: tuple[Deed, ...]) -> Filed:
    read = Application(
        id=row.id,
        kind=row.kind,
        person_id=row.person_id,
        applicant_id=row.applicant_id,
        department_id=row.department_id,
        route=tuple(StepRole(word) for word in row.route.split()),
        content_hash=row.content_hash,
        state=State(row.state),
        step=row.step,
        deeds=deeds,
    )
    matter = Matter(bytes(row.content), row.subject, row.from_on, row.until_on)
    return Filed(read, matter, row.filed_at, row.changed_at)


def _deed(row: Row[Any]) -> Deed:
    return Deed(
        Act(row.act),
        row.done_by,
        row.done_at,
        row.content_hash,
        row.step,
        State(row.state),
        acting_for=row.acting_for,
        reason=row.reason,
    )
