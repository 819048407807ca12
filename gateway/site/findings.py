"""What a check of a site's description finds, and the finding that is most common."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

FieldPath = tuple[str | int, ...]
"""Where, as pydantic's ``loc``: ("access_points", 2, "door")."""


class Finding(NamedTuple):
    """One field that does not fit the others, and what was expected of it in both languages."""

    field: FieldPath
    japanese: str
    english: str


def find_undefined(field: FieldPath, identifier: str, section: str, defined: Iterable[str]) -> Iterator[Finding]:
    """Yield the finding that an id is not defined in the section that has to define it."""
    known = list(defined)
    if identifier not in known:
        shown = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
        yield Finding(
            field,
            f"{identifier!r} は {section} にありません。次のいずれかにしてください: {shown}",
            f"not defined in {section}; expected one of: {shown}",
        )
