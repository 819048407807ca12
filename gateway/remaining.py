"""What a person who leaves or moves must still give back or hand over: one table, one row a kind.

A kind that ``blocks`` keeps a person from being ended until it is cleared or somebody says that it is known. Whatever
lends, reserves or entrusts something to people adds its row to :data:`HOOKS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from domain.civil import JST
from store.staffing import list_headed_departments, list_sponsored
from store.tx import Tx


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
        "headed": Hook(list_headed_departments, blocks=False),
    }
)


def list_remaining(tx: Tx, person_id: str) -> tuple[Remaining, ...]:
    """Give what remains with a person, by kind in the order of the table."""
    found = ((kind, tuple(hook.names(tx, person_id)), hook.blocks) for kind, hook in HOOKS.items())
    return tuple(Remaining(kind, names, blocks) for kind, names, blocks in found if names)
