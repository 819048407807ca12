"""What a person who leaves or moves must still give back or hand over: one table, one row a kind.

A kind that ``blocks`` keeps a person from being ended until it is cleared or somebody says that it is known. Whatever
lends, reserves or entrusts something to people adds its row to :data:`HOOKS`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from domain.access.visits import EXPECTED, INSIDE, VisitState
from domain.civil import JST
from gateway.custody.standing import list_keys_out
from store.staffing import list_headed_departments, list_sponsored
from store.tx import Tx
from store.visits import list_hosted_visits


@dataclass(frozen=True, slots=True)
class Hook:
    """How to list what remains of a kind with a person: names as a page shows them."""

    names: Callable[[Tx, str], list[str]]
    blocks: bool


@dataclass(frozen=True, slots=True)
class Remaining:
    """What remains of a kind; never empty. ``kind`` is a word of the pages (``remaining.…``)."""

    kind: str
    names: tuple[str, ...]
    blocks: bool


HOOKS: Mapping[str, Hook] = MappingProxyType(
    {
        "sponsored": Hook(lambda tx, who: list_sponsored(tx, who, tx.now.astimezone(JST).date()), blocks=True),
        "visitors_here": Hook(lambda tx, who: _list_visits(tx, who, INSIDE), blocks=True),
        "keys_out": Hook(list_keys_out, blocks=True),
        "visits": Hook(lambda tx, who: _list_visits(tx, who, EXPECTED), blocks=False),
        "headed": Hook(list_headed_departments, blocks=False),
    }
)


def list_remaining(tx: Tx, person_id: str) -> tuple[Remaining, ...]:
    """Give what remains with a person, by kind in the order of the table."""
    found = ((kind, tuple(hook.names(tx, person_id)), hook.blocks) for kind, hook in HOOKS.items())
    return tuple(Remaining(kind, names, blocks) for kind, names, blocks in found if names)


def _list_visits(tx: Tx, host_id: str, states: Collection[VisitState]) -> list[str]:
    """Write the visits by when and from where they come, and by the code that the desk finds them by.

    Who the visitor is stays with the host and the desk: whoever ends a person's work need not know.
    """
    found = [visit for visit in list_hosted_visits(tx, host_id) if visit.state in states]
    return [
        " ".join(filter(None, (f"{visit.valid_from.astimezone(JST):%Y-%m-%d %H:%M}", visit.organisation, visit.code)))
        for visit in found
    ]
