"""Saved views: a search of the event log under a name, for its owner or for everybody of a role."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from store.event_tables import saved_view
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view. ``query`` is the search as its address spells it; ``shared_with`` names roles."""

    id: int
    owner: str
    name: str
    query: str
    shared_with: tuple[str, ...]


def save_view(tx: Tx, owner: str, name: str, query: str, shared_with: Collection[str] = ()) -> None:
    """Keep a view; the owner's view of the same name is replaced."""
    values = {"query": query, "shared_with": " ".join(sorted(shared_with)), "saved_at": tx.now}
    same = (saved_view.c.owner == owner) & (saved_view.c.name == name)
    if tx.connection.execute(update(saved_view).where(same).values(values)).rowcount == 0:
        tx.connection.execute(insert(saved_view).values(owner=owner, name=name, **values))


def list_views(tx: Tx, owner: str, roles: Collection[str]) -> list[SavedView]:
    """Give an account's own views by name, then those that others share with one of its roles."""
    rows = tx.connection.execute(
        select(saved_view)
        .where((saved_view.c.owner == owner) | (saved_view.c.shared_with != ""))
        .order_by(saved_view.c.name, saved_view.c.id)
    )
    views = [SavedView(row.id, row.owner, row.name, row.query, tuple(row.shared_with.split())) for row in rows]
    mine = [view for view in views if view.owner == owner]
    return mine + [view for view in views if view.owner != owner and set(view.shared_with) & set(roles)]


def count_views(tx: Tx, owner: str) -> int:
    """Give how many views an account has."""
    return len(tx.connection.execute(select(saved_view.c.id).where(saved_view.c.owner == owner)).all())


def delete_view(tx: Tx, view_id: int, owner: str) -> bool:
    """Forget one of the account's own views; False when it has no such view."""
    mine = (saved_view.c.id == view_id) & (saved_view.c.owner == owner)
    return tx.connection.execute(delete(saved_view).where(mine)).rowcount == 1
