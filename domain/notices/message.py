"""A message to one person: a kind and what its words are filled with. The words themselves are data elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field

WAYS = ("mail", "line_works", "webhook")
"""How a message leaves, beside the page that shows it."""


@dataclass(frozen=True, slots=True)
class Message:
    """Told once per person, kind and subject; ``link`` is a path of our own pages, ``filling`` plain words by name."""

    person_id: str
    kind: str
    subject: str
    link: str
    filling: Mapping[str, str] = field(default_factory=dict)
