"""Who belonged to a department on which days of a month: also those who have left since, or belong elsewhere now.

A person's regular posts say where he was. Of days before any post is known the department that stands with him holds.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, or_, select

from domain.access.rights import PersonKind
from store.directory import DirectoryLine, directory_line, directory_lines
from store.rights_tables import post
from store.rosters import Days
from store.tables import person
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Belonging:
    """One of the staff and the stretches of days, both ends included and in order, on which he belonged there."""

    line: DirectoryLine
    stays: tuple[Days, ...]

    def holds_on(self, on: date) -> bool:
        """Tell whether the person belonged to the department on a day."""
        return any(first_on <= on <= last_on for first_on, last_on in self.stays)


def list_belonging(tx: Tx, department_id: str, days: Days) -> list[Belonging]:
    """Give who belonged to a department on any of the days, by kana."""
    regular = post.c.kind == "regular"
    meets = or_(post.c.from_on.is_(None), post.c.from_on <= days[1]) & or_(
        post.c.until_on.is_(None), post.c.until_on >= days[0]
    )
    posts: dict[str, list[tuple[date | None, date | None]]] = defaultdict(list)
    query = select(post.c.person_id, post.c.from_on, post.c.until_on).where(regular, meets)
    for who, from_on, until_on in tx.connection.execute(query.where(post.c.department_id == department_id)):
        posts[who].append((from_on, until_on))
    untold = (person.c.department_id == department_id) & ~exists().where(
        post.c.person_id == person.c.id, regular, meets
    )
    by_post = person.c.id.in_(select(post.c.person_id).where(regular, meets, post.c.department_id == department_id))
    lines = directory_lines().add_columns(person.c.joined_on, person.c.left_on)
    staff = lines.where(person.c.kind == PersonKind.staff.value, by_post | untold)
    found = []
    for row in tx.connection.execute(staff.order_by(person.c.kana, person.c.id)):
        stays = _clip(posts.get(row.id, [(None, None)]), (row.joined_on, row.left_on), days)
        if stays:
            found.append(Belonging(directory_line(row), stays))
    return found


def _clip(
    posts: Iterable[tuple[date | None, date | None]], employed: tuple[date | None, date | None], days: Days
) -> tuple[Days, ...]:
    first_on = max(days[0], employed[0] or date.min)
    last_on = min(days[1], employed[1] or date.max)
    clipped = ((max(first_on, begins or date.min), min(last_on, ends or date.max)) for begins, ends in posts)
    return tuple(sorted(each for each in clipped if each[0] <= each[1]))
