"""One session with everything that it stands on: decisions with their proof, and what happened to it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contract.chain import chain_step
from contract.tier_decision import Written
from domain.zones.tier_session import LIVE, PortSession, SessionAct, SessionState
from gateway.pages.tiers.board_view import Names
from gateway.pages.tiers.code_words import Sayings, Told, tell_codes
from gateway.pages.words import Language
from store.port_sessions import SessionStep


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session in the list: names, and the last thing that was tried to end it."""

    session: PortSession
    person: str
    terminal: str
    last: SessionStep | None
    cut: SessionStep | None


@dataclass(frozen=True, slots=True)
class StepTold:
    """A step with the codes behind it in words."""

    step: SessionStep
    codes: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class DecisionTold:
    """A decision of a session: its place in the chain, what it knew in words, its codes.

    ``follows`` tells whether its hash is what comes of the one before and its bytes.
    """

    number: int
    at: datetime
    written: Written
    facts: tuple[tuple[str, str], ...]
    failed: tuple[Told, ...]
    waived: tuple[Told, ...]
    ends_by: tuple[Told, ...]
    hash: str
    follows: bool


CUTS = frozenset({SessionAct.obeyed, SessionAct.unknown, SessionAct.refused, SessionAct.unanswered})
"""What a switch answered when it was told to end a session."""


def view_sessions(
    sessions: Iterable[PortSession], steps: Mapping[str, Sequence[SessionStep]], names: Names
) -> list[SessionLine]:
    """Give the lines of the list."""
    return [
        SessionLine(
            each,
            names.persons.get(each.person_id, each.person_id),
            names.terminals.get(each.terminal_id, each.terminal_id),
            next(iter(steps.get(each.id, ())[-1:]), None),
            next((step for step in reversed(steps.get(each.id, ())) if step.act in CUTS), None),
        )
        for each in sessions
    ]


def tell_steps(steps: Iterable[SessionStep], sayings: Sayings, language: Language) -> list[StepTold]:
    """Say what happened to a session."""
    return [StepTold(each, tell_codes(each.reason.split(), sayings, language)) for each in steps]


def follows(before: bytes, body: bytes, hash_: bytes) -> bool:
    """Tell whether a decision follows the one before it."""
    return chain_step(before, body) == hash_


def may_put_off(session: PortSession) -> bool:
    """Tell whether somebody can put a session off: it is on, and nobody is at it."""
    return session.state in LIVE - {SessionState.ending, SessionState.disobeyed}
