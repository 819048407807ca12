"""Keep a search of the event log under a name: for oneself, or for everybody of a role."""

from collections.abc import Collection
from enum import StrEnum

from gateway.operations.identity.roles import Role
from store.saved_views import count_views, list_views
from store.saved_views import save_view as keep_view
from store.tx import Tx

NAME_LENGTH_MAX = 40
VIEWS_MAX = 50
"""Views of one account; a list that is longer helps nobody."""


class ViewFault(StrEnum):
    """Why a view was not kept."""

    no_name = "no_name"
    long_name = "long_name"
    too_many = "too_many"


def save_view(tx: Tx, *, owner: str, name: str, query: str, shared_with: Collection[Role]) -> ViewFault | None:
    """Keep the view, in place of the owner's of the same name; gives why not, and then nothing is changed."""
    name = " ".join(name.split())
    if not name or not name.isprintable():
        return ViewFault.no_name
    if len(name) > NAME_LENGTH_MAX:
        return ViewFault.long_name
    is_new = name not in {view.name for view in list_views(tx, owner, ())}
    if is_new and count_views(tx, owner) >= VIEWS_MAX:
        return ViewFault.too_many
    keep_view(tx, owner, name, query, shared_with)
    return None
