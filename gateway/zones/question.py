"""A question about a network tier as whoever asks puts it, and what is known about it."""

from dataclasses import dataclass
from datetime import datetime

from domain.zones.decide_tier import Waiver
from domain.zones.facts import Factor
from domain.zones.situation import Situation
from domain.zones.tier import Method


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks for which tier, and how they showed themselves.

    ``tier_id`` empty: the tier of the terminal. ``terminal_id`` is the name in a terminal's certificate, ``station``
    its network address (12 hex digits) where it has none. ``person_id`` is told by a log-on agent; empty: whoever sits
    at the terminal. ``factor`` and ``factor_at`` are what an agent saw of the person itself.
    """

    asked_by: str
    method: Method
    tier_id: str = ""
    terminal_id: str = ""
    station: str = ""
    person_id: str = ""
    factor: Factor = Factor.none
    factor_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a question: the situation, the waivers of its person, and who and what it is about."""

    situation: Situation
    waivers: tuple[Waiver, ...]
    person_id: str
    terminal_id: str
