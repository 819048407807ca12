"""Words that are addresses of pages, read off the routes: what is called so has no page of its own that can be seen."""

from collections.abc import Iterator, Sequence
from functools import cache

from gateway.pages.access.routes import ROUTES


def is_address(place: str, id_: str) -> bool:
    """Tell whether something of this id could not be reached, for a page stands at its address.

    Args:
        place: what routes call the id in their paths: ``booking_id``, ``key_id``.
        id_: the id that something is to have.
    """
    return id_ in list_addresses(place)


@cache
def list_addresses(place: str) -> frozenset[str]:
    """Give the words that stand in some route where another one has an id of this name."""
    paths = sorted({path for _, path in ROUTES})
    parted: Sequence[Sequence[str]] = [path.split("/") for path in paths]
    wanted = f"{{{place}}}"
    named = [parts for parts in parted if wanted in parts]
    return frozenset(word for parts in named for other in parted for word in _hidden(parts, other, parts.index(wanted)))


def _hidden(parts: Sequence[str], other: Sequence[str], at: int) -> Iterator[str]:
    """Yield the word that another route has at a place of this one, where both can be the same address."""
    alike = len(parts) == len(other) and all(
        one == two or "{" in one or "{" in two for one, two in zip(parts, other, strict=True)
    )
    if alike and "{" not in other[at]:
        yield other[at]
