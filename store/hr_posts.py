"""Posts beside the regular one as HR's file gives them: 兼務 and 代理. What the desk gave is the desk's."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select, update

from domain.access.rights import PostKind
from store.bulk import batched, insert_rows
from store.policy_inputs import save_inputs_changed
from store.rights_tables import post
from store.tx import Tx

_COLUMNS = (
    "person_id", "department_id", "kind", "title", "from_on", "until_on", "source", "given_by", "given_at", "reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HrPost:
    """A post as HR says it; ``until_on`` is the last day, None is no bound."""

    person_id: str
    department_id: str
    kind: PostKind
    title: str
    from_on: date | None
    until_on: date | None

    @property
    def key(self) -> str:
        """Name the post: the same person, department, kind and first day are one post."""
        return f"{self.person_id}/{self.department_id}/{self.kind}/{self.from_on or '-'}"


def list_hr_posts(tx: Tx, on: date) -> dict[int, HrPost]:
    """Give HR's posts beside the regular ones that are not over before a day, by id."""
    columns = (post.c.person_id, post.c.department_id, post.c.kind, post.c.title, post.c.from_on, post.c.until_on)
    query = select(post.c.id, *columns).where(
        post.c.source == "hr",
        post.c.kind.in_([PostKind.concurrent.value, PostKind.acting.value]),
        or_(post.c.until_on.is_(None), post.c.until_on >= on),
    )
    rows = tx.connection.execute(query.order_by(post.c.id))
    return {row.id: HrPost(row[1], row[2], PostKind(row[3]), *row[4:]) for row in rows}


def insert_hr_posts(tx: Tx, posts: Collection[HrPost]) -> None:
    """Give people posts by HR's word."""
    rows = [
        (
            each.person_id,
            each.department_id,
            each.kind.value,
            each.title,
            each.from_on,
            each.until_on,
            "hr",
            "",
            tx.now,
            "",
        )
        for each in posts
    ]
    insert_rows(tx, post, _COLUMNS, rows)
    save_inputs_changed(tx, {each.person_id for each in posts})


def save_hr_post(tx: Tx, post_id: int, said: HrPost) -> None:
    """Let a post have the title and the last day that HR says now."""
    tx.connection.execute(update(post).where(post.c.id == post_id).values(title=said.title, until_on=said.until_on))
    save_inputs_changed(tx, {said.person_id})


def end_hr_posts(tx: Tx, post_ids: Collection[int], last_on: date) -> None:
    """Let posts that HR no longer names end after a day."""
    people: set[str] = set()
    for some in batched(sorted(post_ids)):
        ended = update(post).where(post.c.id.in_(some)).values(until_on=last_on, ended_by="", ended_at=tx.now)
        people.update(tx.connection.scalars(ended.values(end_reason="").returning(post.c.person_id)))
    save_inputs_changed(tx, people)
