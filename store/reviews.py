"""Reviews of who may enter an area: opened for a reviewer, marked line by line, signed once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, bindparam, func, or_, select, update

from domain.access.rights import GrantSource, Subject, SubjectKind, derive_rights, list_below
from domain.civil import JST
from domain.ids import LevelId
from store.bulk import insert_rows
from store.conflicts import insert_new
from store.entitlements import load_denials, load_memberships, load_parents
from store.event_tables import access_review, review_line
from store.rights_tables import right_grant
from store.tables import account, department, person, record
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Review:
    """A review with its progress: ``lines`` in all, ``marked`` of them, ``removed`` of these."""

    id: str
    area_id: str
    reviewer_id: str
    reviewer: str
    opened_at: datetime
    opened_by: str
    due_at: datetime
    signed_at: datetime | None
    signed_by: str | None
    signed_name: str | None
    lines: int
    marked: int
    removed: int

    @property
    def due_on(self) -> date:
        """The last day on which it may be signed in time; ``due_at`` is its end."""
        return (self.due_at - timedelta(microseconds=1)).astimezone(JST).date()


class ReviewLine(NamedTuple):
    """A person's level that leads into the area. ``grants``: those of the person alone, which removing ends.

    ``shared``: a department, a group or HR's file gives it too, which removing denies. ``keep`` None: not marked yet.
    """

    person_id: str
    name: str
    department: str
    level_id: str
    grants: tuple[str, ...]
    shared: bool
    keep: bool | None


class Reach(NamedTuple):
    """A level that reaches a person, by which of the person's own grants, and whether also by another's word."""

    person_id: str
    level_id: str
    grants: tuple[str, ...]
    shared: bool


def list_reach(tx: Tx, levels: Collection[str]) -> list[Reach]:
    """Give everybody whom one of the levels reaches now or later and who has not left; what is denied is left out.

    What a booking gives ends with it and is not reviewed: who may book and who permits is asked elsewhere.
    """
    parents, memberships = load_parents(tx), load_memberships(tx)
    current = [each for each in memberships if each.valid_until is None or each.valid_until > tx.now]
    members: dict[Subject, set[str]] = {}
    for each in current:
        members.setdefault(each.subject, set()).add(each.person)
    denied = derive_rights([], load_denials(tx), memberships, parents, tx.now)
    here = set(tx.connection.scalars(select(person.c.id).where(_still_here(tx))))
    own: dict[tuple[str, str], list[str]] = {}
    shared: set[tuple[str, str]] = set()
    for grant in _running_grants(tx, levels):
        kind = SubjectKind(grant.subject_kind)
        if kind is SubjectKind.person:
            own.setdefault((grant.subject_id, grant.level_id), []).append(grant.id)
            if grant.source == GrantSource.hr.value:
                shared.add((grant.subject_id, grant.level_id))
            continue
        below = list_below(grant.subject_id, parents) if kind is SubjectKind.department else (grant.subject_id,)
        reached = (who for name in below for who in members.get(Subject(kind, name), ()))
        shared |= {(who, grant.level_id) for who in reached}
    return [
        Reach(who, level, tuple(own.get((who, level), ())), (who, level) in shared)
        for who, level in sorted(own.keys() | shared)
        if who in here and not (who in denied and LevelId(level) in denied[who].denied)  # type: ignore[index]
    ]


def _running_grants(tx: Tx, levels: Collection[str]) -> list[Row[Any]]:
    columns = (
        right_grant.c.id, right_grant.c.subject_kind, right_grant.c.subject_id, right_grant.c.level_id,
        right_grant.c.source,
    )  # fmt: skip
    lasting = or_(right_grant.c.valid_until.is_(None), right_grant.c.valid_until > tx.now)
    lasting &= right_grant.c.source != GrantSource.reservation.value
    running = select(*columns).where(right_grant.c.level_id.in_(levels), right_grant.c.ended_at.is_(None), lasting)
    return list(tx.connection.execute(running.order_by(right_grant.c.id)))


def _still_here(tx: Tx) -> Any:
    return or_(person.c.left_on.is_(None), person.c.left_on >= tx.now.astimezone(JST).date())


def insert_review(
    tx: Tx, review_id: str, *, area_id: str, reviewer_id: str, by: str, due_at: datetime, reach: Collection[Reach]
) -> bool:
    """Open a review at ``tx.now`` with a line for each level that reaches somebody; False when the id is taken."""
    values = {"id": review_id, "area_id": area_id, "reviewer_id": reviewer_id, "opened_at": tx.now, "opened_by": by}
    if not insert_new(tx, access_review, values | {"due_at": due_at}):
        return False
    rows = [(review_id, each.person_id, each.level_id, " ".join(each.grants), each.shared) for each in reach]
    insert_rows(tx, review_line, ("review_id", "person_id", "level_id", "grants", "shared"), rows)
    return True


def list_reviews(tx: Tx, *, reviewer_id: str | None = None, limit: int) -> list[Review]:
    """Give reviews, those that wait first, by when they are due; of everybody or for one reviewer."""
    query = _reviews().order_by(
        access_review.c.signed_at.is_not(None), access_review.c.signed_at.desc(), access_review.c.due_at
    )
    if reviewer_id is not None:
        query = query.where(access_review.c.reviewer_id == reviewer_id)
    return [Review(**row._asdict()) for row in tx.connection.execute(query.limit(limit))]


def load_review(tx: Tx, review_id: str, *, lock: bool = False) -> Review | None:
    """Give one review, or None; ``lock`` keeps others from changing it until this transaction ends."""
    if lock:
        tx.connection.execute(select(access_review.c.id).where(access_review.c.id == review_id).with_for_update())
    row = tx.connection.execute(_reviews().where(access_review.c.id == review_id)).one_or_none()
    return None if row is None else Review(**row._asdict())


def _reviews() -> Select[Any]:
    def count(*conditions: Any) -> Any:
        mine = select(func.count()).select_from(review_line).where(review_line.c.review_id == access_review.c.id)
        return mine.where(*conditions).correlate(access_review).scalar_subquery()

    return select(
        *(column for column in access_review.c),
        person.c.name.label("reviewer"),
        count().label("lines"),
        count(review_line.c.keep.is_not(None)).label("marked"),
        count(review_line.c.keep.is_(False)).label("removed"),
    ).join_from(access_review, person, person.c.id == access_review.c.reviewer_id)


def list_review_lines(
    tx: Tx, review_id: str, *, after: tuple[str, str] | None = None, limit: int | None = None
) -> list[ReviewLine]:
    """Give a review's lines by person's id and level, those after one of them."""
    query = (
        select(review_line, person.c.name, department.c.name.label("department"))
        .join_from(review_line, person, person.c.id == review_line.c.person_id)
        .join(department, department.c.id == person.c.department_id)
        .where(review_line.c.review_id == review_id)
        .order_by(review_line.c.person_id, review_line.c.level_id)
        .limit(limit)
    )
    if after is not None:
        who, level = after
        later = (review_line.c.person_id == who) & (review_line.c.level_id > level)
        query = query.where((review_line.c.person_id > who) | later)
    return [
        ReviewLine(
            row.person_id, row.name, row.department, row.level_id, tuple(row.grants.split()), row.shared, row.keep
        )
        for row in tx.connection.execute(query)
    ]


def load_last_entries(tx: Tx, persons: Collection[str], points: Collection[str]) -> dict[str, datetime]:
    """Give when each of the persons last came in through one of the points; those who never did are left out."""
    found: dict[str, datetime] = {}
    came = select(record.c.occurred_at).where(record.c.granted.is_(True), record.c.subject.in_(points))
    for who in sorted(persons):
        last = came.where(record.c.person_id == who).order_by(record.c.occurred_at.desc()).limit(1)
        at = tx.connection.scalar(last)
        if at is not None:
            found[who] = at
    return found


def save_marks(tx: Tx, review_id: str, marks: Mapping[tuple[str, str], bool], *, by: str) -> None:
    """Mark lines of a review by (person, level): keep or not. Lines it does not have are passed over."""
    if not marks:
        return
    statement = (
        update(review_line)
        .where(
            review_line.c.review_id == review_id,
            review_line.c.person_id == bindparam("who"),
            review_line.c.level_id == bindparam("level"),
        )
        .values(keep=bindparam("kept"), marked_at=tx.now, marked_by=by)
    )
    rows = [{"who": who, "level": level, "kept": keep} for (who, level), keep in sorted(marks.items())]
    tx.connection.execute(statement, rows)


def save_rest_kept(tx: Tx, review_id: str, *, by: str) -> None:
    """Mark every line that has no mark yet as kept."""
    unmarked = (review_line.c.review_id == review_id) & review_line.c.keep.is_(None)
    tx.connection.execute(update(review_line).where(unmarked).values(keep=True, marked_at=tx.now, marked_by=by))


def save_signed(tx: Tx, review_id: str, *, by: str, name: str) -> None:
    """Close a review at ``tx.now``; what was to be removed counts as ended."""
    tx.connection.execute(
        update(access_review)
        .where(access_review.c.id == review_id)
        .values(signed_at=tx.now, signed_by=by, signed_name=name)
    )
    mine = review_line.c.review_id == review_id
    tx.connection.execute(update(review_line).where(mine).values(ended=~review_line.c.keep))


def list_reviewers(tx: Tx, roles: Collection[str]) -> list[tuple[str, str]]:
    """Give the persons (id, name) who may sign in and have one of the roles, by kana."""
    rows = tx.connection.execute(
        select(person.c.id, person.c.name, account.c.roles)
        .join_from(account, person, person.c.id == account.c.person_id)
        .where(account.c.disabled_at.is_(None), _still_here(tx))
        .order_by(person.c.kana, person.c.id)
    )
    return [(who, name) for who, name, words in rows if set(words.split()) & set(roles)]
