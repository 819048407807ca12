"""Which card technologies prove themselves with a key, so that a box that reads none of them is given none."""

from collections.abc import Iterable

KEYED_TECHNOLOGIES = frozenset({"desfire", "felica_lite_s"})
"""Read under keys derived from a master; every other technology's number is read, or signed by the centre."""


def needs_keys(technologies: Iterable[str]) -> bool:
    """Tell whether a box whose readers use these technologies must be able to derive card keys."""
    return not KEYED_TECHNOLOGIES.isdisjoint(technologies)
