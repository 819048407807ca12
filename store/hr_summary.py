"""What is known of a file from HR beside its bytes: what it would change, or why it cannot be read. Shown by pages."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, NamedTuple

SHOWN_MAX = 2000
"""So many differences are kept one by one; the counts are always whole."""


class ShownDifference(NamedTuple):
    """One field of one thing (a person, a post …), before and after."""

    key: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class HrSummary:
    """Counts, then the differences themselves while nobody has decided; ``percent`` is how much would change or go.

    ``faults`` say what was wrong, Japanese first. ``headings`` are the file's own, ``fields`` what they may mean and
    ``guess`` the field by heading, for the page on which somebody says what the columns mean.
    """

    added: int = 0
    changed: int = 0
    left: int = 0
    unchanged: int = 0
    percent: int = 0
    added_keys: tuple[str, ...] = ()
    differences: tuple[ShownDifference, ...] = ()
    left_keys: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    guess: Mapping[str, str] = field(default_factory=dict)

    def counts_alone(self) -> "HrSummary":
        """Give it without the things it names: what is kept once a file is settled."""
        return replace(self, added_keys=(), differences=(), left_keys=(), headings=(), fields=(), guess={})


def write_summary(summary: HrSummary) -> str:
    """Write it as the table keeps it."""
    return json.dumps(asdict(summary), ensure_ascii=False)


def read_summary(text: str) -> HrSummary:
    """Read what :func:`write_summary` wrote, or ``{}``."""
    told: dict[str, Any] = json.loads(text)
    for name in ("added_keys", "left_keys", "faults", "headings", "fields"):
        told[name] = tuple(told.get(name, ()))
    told["differences"] = tuple(ShownDifference(*each) for each in told.get("differences", ()))
    return HrSummary(**told)
