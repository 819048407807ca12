"""Cases of lost keys: what was at risk when they were opened, and every step until they are over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, insert, select, update

from domain.keys.key import Opening, OpeningKind
from domain.keys.rekey import OVER, Exposure, RekeyAct, RekeyState
from store.bulk import insert_rows
from store.conflicts import insert_new
from store.key_round_tables import rekey_case, rekey_step, rekey_subject
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class RekeyCase:
    """One case: which copy was lost, where it stands, and what was at risk when it was opened."""

    id: str
    copy_id: str
    state: RekeyState
    opened_by: str
    opened_at: datetime
    reason: str
    exposure: Exposure


class RekeyStep(NamedTuple):
    """Who did what about a case."""

    case_id: str
    act: RekeyAct
    done_by: str
    done_at: datetime
    note: str


class CaseLine(NamedTuple):
    """A case as a list shows it."""

    id: str
    copy_id: str
    state: RekeyState
    opened_by: str
    opened_at: datetime
    reason: str
    openings: int


def insert_case(tx: Tx, case: RekeyCase) -> bool:
    """Open a case; False when one of that id stands already, and nothing is changed."""
    values = {"id": case.id, "copy_id": case.copy_id, "state": case.state.value, "opened_by": case.opened_by}
    if not insert_new(tx, rekey_case, values | {"opened_at": case.opened_at, "reason": case.reason}):
        return False
    at_risk = case.exposure
    subjects = [(each.kind.value, each.id) for each in at_risk.openings]
    for kind, ids in (("key", at_risk.keys), ("copy", at_risk.copies), ("ring", at_risk.rings)):
        subjects += [(kind, id_) for id_ in ids]
    insert_rows(tx, rekey_subject, ("case_id", "kind", "subject"), [(case.id, *each) for each in subjects])
    return True


def load_case(tx: Tx, case_id: str, *, lock: bool = False) -> RekeyCase | None:
    """Give a case; None when there is none of that id. With ``lock`` nobody else steps it until the commit."""
    query = select(rekey_case).where(rekey_case.c.id == case_id)
    row = tx.connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        return None
    exposure = _exposure(tx, case_id)
    state = RekeyState(row.state)
    return RekeyCase(row.id, row.copy_id, state, row.opened_by, row.opened_at, row.reason, exposure)


def list_open_cases(tx: Tx, *, copy_id: str | None = None) -> list[str]:
    """Give the ids of cases that are not over, of one copy or of all, the oldest first."""
    query = select(rekey_case.c.id).where(rekey_case.c.state.not_in(sorted(OVER)))
    if copy_id is not None:
        query = query.where(rekey_case.c.copy_id == copy_id)
    return list(tx.connection.scalars(query.order_by(rekey_case.c.opened_at, rekey_case.c.id)))


def list_cases(tx: Tx, *, limit: int) -> list[CaseLine]:
    """Give the last cases, those that are not over first, each with how many doors and rooms it concerns."""
    doors = (
        select(rekey_subject.c.case_id, func.count().label("openings"))
        .where(rekey_subject.c.kind.in_(sorted(OpeningKind)))
        .group_by(rekey_subject.c.case_id)
        .subquery()
    )
    is_over = rekey_case.c.state.in_(sorted(OVER))
    columns = (rekey_case.c[name] for name in CaseLine._fields[:-1])
    query = (
        select(*columns, func.coalesce(doors.c.openings, 0).label("openings"))
        .outerjoin_from(rekey_case, doors, doors.c.case_id == rekey_case.c.id)
        .order_by(is_over, rekey_case.c.opened_at.desc(), rekey_case.c.id)
        .limit(limit)
    )
    return [CaseLine(**row._asdict() | {"state": RekeyState(row.state)}) for row in tx.connection.execute(query)]


def save_case_state(tx: Tx, case_id: str, state: RekeyState) -> None:
    """Let a case stand somewhere else."""
    tx.connection.execute(update(rekey_case).where(rekey_case.c.id == case_id).values(state=state.value))


def insert_rekey_step(tx: Tx, step: RekeyStep) -> None:
    """Write down what was done about a case."""
    tx.connection.execute(insert(rekey_step).values(step._asdict() | {"act": step.act.value}))


def list_rekey_steps(tx: Tx, case_id: str) -> list[RekeyStep]:
    """Give what was done about a case, in order."""
    query = select(*(rekey_step.c[name] for name in RekeyStep._fields)).where(rekey_step.c.case_id == case_id)
    rows = tx.connection.execute(query.order_by(rekey_step.c.id))
    return [RekeyStep(*row)._replace(act=RekeyAct(row.act)) for row in rows]


def _exposure(tx: Tx, case_id: str) -> Exposure:
    query = select(rekey_subject.c.kind, rekey_subject.c.subject).where(rekey_subject.c.case_id == case_id)
    found = [(row.kind, row.subject) for row in tx.connection.execute(query)]
    openings = (Opening(OpeningKind(kind), id_) for kind, id_ in found if kind in set(OpeningKind))
    return Exposure(tuple(sorted(openings)), _of(found, "key"), _of(found, "copy"), _of(found, "ring"))


def _of(found: Iterable[tuple[str, str]], wanted: str) -> tuple[str, ...]:
    return tuple(sorted(id_ for kind, id_ in found if kind == wanted))
