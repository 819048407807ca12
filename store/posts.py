"""People's posts: where each belongs in the organisation and when; HR's department is the regular one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from domain.access.rights import PostKind
from domain.civil import JST
from store.bulk import batched, insert_rows
from store.policy_inputs import save_inputs_changed
from store.rights_tables import post
from store.tx import Tx

_NEW = (
    "person_id",
    "department_id",
    "title",
    "kind",
    "from_on",
    "until_on",
    "source",
    "given_by",
    "given_at",
    "reason",
)


@dataclass(frozen=True, slots=True)
class Post:
    """A person's place in a department; ``until_on`` is the last day. ``given_by`` is a login, empty for HR's file."""

    id: int
    person_id: str
    department_id: str
    title: str
    kind: str
    from_on: date | None
    until_on: date | None
    source: str
    given_by: str
    given_at: datetime
    reason: str = ""
    ended_by: str | None = None
    end_reason: str | None = None


def list_posts(tx: Tx, person_id: str) -> list[Post]:
    """Give a person's posts, past ones too, in the order in which they were given."""
    rows = tx.connection.execute(_posts().where(post.c.person_id == person_id).order_by(post.c.id))
    return [Post(*row) for row in rows]


def insert_post(
    tx: Tx,
    person_id: str,
    department_id: str,
    kind: PostKind,
    *,
    title: str = "",
    from_on: date | None,
    until_on: date | None,
    by: str,
    reason: str = "",
) -> None:
    """Give a person a post from the desk."""
    row = (person_id, department_id, title, kind.value, from_on, until_on, "desk", by, tx.now, reason)
    insert_rows(tx, post, _NEW, [row])
    save_inputs_changed(tx, [person_id])


def load_post(tx: Tx, post_id: int) -> Post | None:
    """Give one post; None when there is none of that id."""
    row = tx.connection.execute(_posts().where(post.c.id == post_id)).one_or_none()
    return None if row is None else Post(*row)


def end_post(tx: Tx, post_id: int, last_on: date, *, by: str, reason: str) -> bool:
    """Let a post end after ``last_on`` at the latest; False when there is none that would go on."""
    ended = tx.connection.execute(
        update(post)
        .where(post.c.id == post_id, or_(post.c.until_on.is_(None), post.c.until_on > last_on))
        .values(until_on=last_on, ended_by=by, ended_at=tx.now, end_reason=reason)
        .returning(post.c.person_id)
    ).scalar()
    save_inputs_changed(tx, [] if ended is None else [ended])
    return ended is not None


def save_regular_posts(
    tx: Tx, departments: Mapping[str, str], *, from_on: date | None = None, title: str = "", by: str = ""
) -> None:
    """Let each person's regular post be in the department, until one that was ordered for later begins.

    Args:
        tx: the transaction.
        departments: person → department.
        from_on: the first day; None is today, and since ever for whoever had no regular post yet.
        title: what the person is there.
        by: the login of who decided it; empty for HR's file.
    """
    begins_on = from_on or tx.now.astimezone(JST).date()
    standing: dict[str, Post] = {}
    next_on: dict[str, date] = {}
    for some in batched(sorted(departments)):
        query = _posts().where(post.c.kind == PostKind.regular.value, _goes_on(begins_on), post.c.person_id.in_(some))
        for found in (Post(*row) for row in tx.connection.execute(query)):
            if found.from_on is None or found.from_on <= begins_on:
                standing[found.person_id] = found
            else:
                next_on[found.person_id] = min(found.from_on, next_on.get(found.person_id, date.max))
    moved = {who: where for who, where in departments.items() if _differs(standing.get(who), where)}
    ending = sorted(standing[who].id for who in moved if who in standing)
    for some_ids in batched(ending):
        ended = update(post).where(post.c.id.in_(some_ids)).values(until_on=begins_on - timedelta(days=1))
        tx.connection.execute(ended)
    source = "desk" if by else "hr"
    first_on = {who: begins_on if who in standing else from_on for who in moved}
    insert_rows(
        tx,
        post,
        _NEW,
        [
            (
                who,
                where,
                title,
                PostKind.regular.value,
                first_on[who],
                _day_before(next_on.get(who)),
                source,
                by,
                tx.now,
                "",
            )
            for who, where in sorted(moved.items())
        ],
    )


def list_acting_departments(tx: Tx, person_id: str, on: date) -> list[str]:
    """Give the departments for whose head the person stands in on a day (代理), by id."""
    acting = post.c.person_id == person_id, post.c.kind == PostKind.acting.value
    return list(
        tx.connection.scalars(
            select(post.c.department_id).where(*acting, *_on(on)).distinct().order_by(post.c.department_id)
        )
    )


def _differs(standing: Post | None, department_id: str) -> bool:
    return standing is None or standing.department_id != department_id


def _day_before(on: date | None) -> date | None:
    return None if on is None else on - timedelta(days=1)


def _on(on: date) -> tuple[ColumnElement[bool], ...]:
    return or_(post.c.from_on.is_(None), post.c.from_on <= on), _goes_on(on)


def _goes_on(on: date) -> ColumnElement[bool]:
    return or_(post.c.until_on.is_(None), post.c.until_on >= on)


def _posts() -> Any:
    return select(*(post.c[name] for name in Post.__slots__))
