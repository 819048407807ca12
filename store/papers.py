"""Papers on order: asked for by a page, claimed by one maker, made or failed for a reason, and forgotten after days."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update

from domain.attendance.paper import PaperKind, PaperOrder, PaperState
from store.conflicts import insert_new
from store.paper_tables import paper
from store.tables import department, person
from store.tx import Tx

_FINISHED = (PaperState.done.value, PaperState.failed.value)


@dataclass(frozen=True, slots=True)
class Paper:
    """An order as it stands; ``done`` of ``parts`` are made, ``parts`` is 0 while nobody knows.

    ``of_person`` and ``of_department`` are names, empty where it is of neither. ``size_bytes`` is of the file.
    """

    order: PaperOrder
    asked_at: datetime
    state: PaperState
    done: int
    parts: int
    finished_at: datetime | None
    words: str
    file_name: str
    media_type: str
    size_bytes: int
    of_person: str
    of_department: str


@dataclass(frozen=True, slots=True)
class ClaimedPaper:
    """An order that is the caller's to make; ``attempt`` counts from 1, ``given`` is what came with the order."""

    order: PaperOrder
    attempt: int
    given: bytes


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A paper that was made; ``words`` say what has to be known of it, Japanese first."""

    name: str
    media_type: str
    content: bytes
    words: str = ""


def insert_paper(tx: Tx, order: PaperOrder, given: bytes | None = None) -> bool:
    """Keep an order; False when it stands already."""
    values = {name: getattr(order, name) for name in PaperOrder.__slots__}
    rest = {"done": 0, "parts": 0, "attempt": 0, "words": "", "file_name": "", "media_type": ""}
    state = {"state": PaperState.waiting.value, "asked_at": tx.now, "touched_at": tx.now}
    return insert_new(tx, paper, {**values, "kind": order.kind.value, **rest, **state, "given": given})


def load_paper(tx: Tx, paper_id: str) -> Paper | None:
    """Give one order without its file; None when there is none."""
    row = tx.connection.execute(_query().where(paper.c.id == paper_id)).one_or_none()
    return None if row is None else _paper(row)


def list_papers(tx: Tx, asked_by: str, *, limit: int) -> list[Paper]:
    """Give somebody's latest orders, the newest first."""
    query = _query().where(paper.c.asked_by == asked_by).order_by(paper.c.asked_at.desc(), paper.c.id).limit(limit)
    return [_paper(row) for row in tx.connection.execute(query)]


def list_papers_of(tx: Tx, period: str, kinds: frozenset[PaperKind], *, limit: int) -> list[Paper]:
    """Give the latest orders of a month and of some kinds, whoever asked, the newest first."""
    wanted = (paper.c.period == period) & paper.c.kind.in_(sorted(kind.value for kind in kinds))
    query = _query().where(wanted).order_by(paper.c.asked_at.desc(), paper.c.id).limit(limit)
    return [_paper(row) for row in tx.connection.execute(query)]


def load_paper_content(tx: Tx, paper_id: str) -> bytes | None:
    """Give the bytes of a paper that was made; None when there are none."""
    found = tx.connection.scalar(select(paper.c.content).where(paper.c.id == paper_id))
    return None if found is None else bytes(found)


def claim_paper(tx: Tx, *, stale_before: datetime) -> ClaimedPaper | None:
    """Take the order that waits longest, or one whose maker gave no sign since ``stale_before``; None without one."""
    stale = (paper.c.state == PaperState.making.value) & (paper.c.touched_at < stale_before)
    wanted = or_(paper.c.state == PaperState.waiting.value, stale)
    query = select(paper.c.id).where(wanted).order_by(paper.c.asked_at, paper.c.id).limit(1)
    found = tx.connection.scalar(query.with_for_update(skip_locked=True))
    if found is None:
        return None
    changes = {"state": PaperState.making.value, "attempt": paper.c.attempt + 1, "touched_at": tx.now, "done": 0}
    names = (*PaperOrder.__slots__, "attempt", "given")
    row = tx.connection.execute(
        update(paper).where(paper.c.id == found).values(changes).returning(*(paper.c[name] for name in names))
    ).one()
    return ClaimedPaper(_order(row), row.attempt, bytes(row.given or b""))


def save_progress(tx: Tx, claimed: ClaimedPaper, done: int, parts: int) -> bool:
    """Note that so many parts of a claimed paper are made; False when it is not the caller's any more."""
    return _save(tx, claimed, {"done": done, "parts": parts})


def save_paper_made(tx: Tx, claimed: ClaimedPaper, file: PaperFile) -> bool:
    """Keep a paper that was made; False when it is not the caller's any more, and nothing is kept."""
    told = {"file_name": file.name, "media_type": file.media_type, "content": file.content, "words": file.words}
    end = {"state": PaperState.done.value, "finished_at": tx.now, "given": None, "done": paper.c.parts}
    return _save(tx, claimed, {**told, **end})


def save_paper_failed(tx: Tx, claimed: ClaimedPaper, words: str) -> bool:
    """Note why a paper cannot be made; False when it is not the caller's any more."""
    end = {"state": PaperState.failed.value, "finished_at": tx.now, "given": None, "words": words}
    return _save(tx, claimed, end)


def forget_papers(tx: Tx, before: datetime) -> int:
    """Delete the orders that were finished before an instant; gives how many."""
    old = paper.c.state.in_(_FINISHED) & (paper.c.finished_at < before)
    return tx.connection.execute(delete(paper).where(old)).rowcount


def _save(tx: Tx, claimed: ClaimedPaper, changes: dict[str, Any]) -> bool:
    mine: ColumnElement[bool] = (
        (paper.c.id == claimed.order.id)
        & (paper.c.attempt == claimed.attempt)
        & (paper.c.state == PaperState.making.value)
    )
    changed = tx.connection.execute(update(paper).where(mine).values({**changes, "touched_at": tx.now}))
    return bool(changed.rowcount)


def _query() -> Select[Any]:
    names = ("asked_at", "state", "done", "parts", "finished_at", "words", "file_name", "media_type")
    return (
        select(
            *(paper.c[name] for name in (*PaperOrder.__slots__, *names)),
            func.coalesce(func.length(paper.c.content), 0).label("size_bytes"),
            func.coalesce(person.c.name, "").label("of_person"),
            func.coalesce(department.c.name, "").label("of_department"),
        )
        .select_from(paper)
        .outerjoin(person, person.c.id == paper.c.person_id)
        .outerjoin(department, department.c.id == paper.c.department_id)
    )


def _order(row: Any) -> PaperOrder:
    values = {name: getattr(row, name) for name in PaperOrder.__slots__}
    return PaperOrder(**{**values, "kind": PaperKind(values["kind"])})


def _paper(row: Any) -> Paper:
    values = {name: getattr(row, name) for name in Paper.__slots__ if name != "order"}
    return Paper(_order(row), **{**values, "state": PaperState(values["state"])})
