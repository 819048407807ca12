"""What a file would change, as values: added, changed field by field, gone, unchanged. Pure; nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass

Values = Mapping[str, str]
"""A thing's fields as they are shown; never a card's number or token."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one thing, before and after."""

    key: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Differences:
    """Everything a file would change; ``extra_percent`` is a loss that fields do not show, such as cards that end."""

    added: tuple[str, ...] = ()
    changed: tuple[Difference, ...] = ()
    left: tuple[str, ...] = ()
    unchanged: int = 0
    extra_percent: int = 0

    @property
    def is_empty(self) -> bool:
        """Tell whether the file changes nothing."""
        return not (self.added or self.changed or self.left)

    @property
    def changed_keys(self) -> int:
        """Give how many things would be changed."""
        return len({each.key for each in self.changed})

    @property
    def percent(self) -> int:
        """Give how much of what stands would be changed or taken away, in percent, rounded up; adding takes nothing."""
        touched = self.changed_keys + len(self.left)
        before = touched + self.unchanged
        return max(self.extra_percent, -(-100 * touched // before) if before else 0)


def compare(before: Mapping[str, Values], after: Mapping[str, Values], *, whole: bool) -> Differences:
    """Hold what a file says against what stands.

    Args:
        before: fields by key, as they stand.
        after: fields by key, as the file has them; a field that it does not name stays.
        whole: the file names everything, so what it does not name is gone.
    """
    changed = tuple(
        Difference(key, field, before[key].get(field, ""), value)
        for key, fields in after.items()
        if key in before
        for field, value in fields.items()
        if before[key].get(field, "") != value
    )
    left = tuple(key for key in before if key not in after) if whole else ()
    touched = len({each.key for each in changed}) + len(left)
    added = tuple(key for key in after if key not in before)
    return Differences(added, changed, left, len(before) - touched)
