"""The board of the tiers: who is in which, who waits and why, and which session a switch did not end. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contract.tier_decision import Written
from domain.zones.decide_tier import Waiver
from domain.zones.situation import Situation
from domain.zones.tier import Tier
from domain.zones.tier_session import PortSession, SessionState
from gateway.pages.tiers.code_words import rank_codes
from gateway.pages.tiers.grounds import Grounds, derive_grounds

LINES_MAX = 60
"""So many of a tier are named; whoever looks for somebody else searches."""


class Stands(StrEnum):
    """How a session stands on the board, what needs somebody first."""

    disobeyed = "disobeyed"
    ending = "ending"
    waiting = "waiting"  # in quarantine
    starting = "starting"
    inside = "inside"


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called: persons and their departments, terminals; ``codes`` are those of rules, in their order."""

    persons: Mapping[str, str]
    departments: Mapping[str, str]
    terminals: Mapping[str, str]
    codes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One session; ``written`` is the decision it stands on, None where none is kept. ``grounds`` are as of now.

    ``reason`` is the first code that keeps somebody waiting; empty for whoever does not wait.
    """

    session: PortSession
    stands: Stands
    person: str
    department: str
    terminal: str
    written: Written | None
    grounds: Grounds | None
    reason: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody who was turned away lately, without a session."""

    at: datetime
    tier_id: str
    person_id: str
    person: str
    terminal: str
    code: str


@dataclass(frozen=True, slots=True)
class Column:
    """A tier with whoever is in it, waits for it or was turned away; ``more`` are in it and not named."""

    tier: Tier
    inside: tuple[BoardLine, ...]
    waiting: tuple[BoardLine, ...]
    refused: tuple[Refusal, ...]
    more: int
    inside_count: int
    waiting_count: int


@dataclass(frozen=True, slots=True)
class TierBoard:
    """All tiers; ``waivers`` are those that hold now, with the name of each person.

    Above them stand the sessions that are ``disobeyed``, and ``strays``: in no tier of today, found on a switch.
    """

    columns: tuple[Column, ...]
    disobeyed: tuple[BoardLine, ...]
    strays: tuple[BoardLine, ...]
    waivers: tuple[tuple[Waiver, str], ...]


@dataclass(frozen=True, slots=True)
class BoardFacts:
    """What a board is made of: live sessions, and of each the last decision and what is known of its person now.

    ``refused`` are those who were turned away lately, the newest first.
    """

    sessions: Sequence[PortSession]
    decided: Mapping[str, Written]
    situations: Mapping[str, Situation]
    refused: Sequence[Written]
    waivers: Sequence[Waiver]


def stand(session: PortSession) -> Stands:
    """Tell how a session stands."""
    match session.state:
        case SessionState.disobeyed:
            return Stands.disobeyed
        case SessionState.ending | SessionState.ended:
            return Stands.ending
    if session.in_quarantine:
        return Stands.waiting
    return Stands.starting if session.state is SessionState.pending else Stands.inside


def derive_board(tiers: Sequence[Tier], facts: BoardFacts, names: Names, now: datetime, words: str = "") -> TierBoard:
    """Put the board together.

    Args:
        tiers: those in force, in the order in which they are shown.
        facts: what there is.
        names: what ids are called.
        now: the instant.
        words: only whom or which terminal all of these words name; empty: everybody.
    """
    by_id = {str(each.id): each for each in tiers}
    lines = [_draw_line(each, by_id.get(each.tier_id), facts, names, now) for each in facts.sessions]
    asked = words.casefold().split()
    shown = [each for each in lines if _is_named(each, asked)]
    refused = [_tell_refusal(each, names) for each in facts.refused]
    refused = [each for each in refused if _holds(asked, each.person, each.terminal)]
    return TierBoard(
        columns=tuple(_draw_column(tier, lines, shown, refused) for tier in tiers),
        disobeyed=tuple(each for each in lines if each.stands is Stands.disobeyed),
        strays=tuple(
            each for each in lines if each.session.tier_id not in by_id and each.stands is not Stands.disobeyed
        ),
        waivers=tuple((each, names.persons.get(each.person_id, each.person_id)) for each in facts.waivers),
    )


def _draw_line(session: PortSession, tier: Tier | None, facts: BoardFacts, names: Names, now: datetime) -> BoardLine:
    written, situation = facts.decided.get(session.id), facts.situations.get(session.id)
    return BoardLine(
        session,
        stand(session),
        names.persons.get(session.person_id, session.person_id),
        names.departments.get(session.person_id, ""),
        names.terminals.get(session.terminal_id, session.terminal_id),
        written,
        derive_grounds(tier, situation, now) if tier is not None and situation is not None else None,
        _first_code(written, names) if written is not None and session.in_quarantine else "",
    )


def _draw_column(
    tier: Tier, lines: Iterable[BoardLine], shown: Iterable[BoardLine], refused: Iterable[Refusal]
) -> Column:
    mine = [each for each in lines if each.session.tier_id == tier.id]
    named = sorted((each for each in shown if each.session.tier_id == tier.id), key=_order)
    inside = [each for each in named if each.stands is not Stands.waiting]
    waiting = [each for each in named if each.stands is Stands.waiting]
    waits = sum(each.stands is Stands.waiting for each in mine)
    latest: dict[tuple[str, str], Refusal] = {}
    for each in refused:
        if each.tier_id == tier.id:
            latest.setdefault((each.person_id, each.terminal), each)
    return Column(
        tier,
        tuple(inside[:LINES_MAX]),
        tuple(waiting[:LINES_MAX]),
        tuple(latest.values()),
        max(0, len(inside) - LINES_MAX) + max(0, len(waiting) - LINES_MAX),
        len(mine) - waits,
        waits,
    )


def _tell_refusal(written: Written, names: Names) -> Refusal:
    decision = written.decision
    return Refusal(
        decision.decided_at,
        decision.facts.tier,
        written.person_id,
        names.persons.get(written.person_id, written.person_id),
        names.terminals.get(written.terminal_id, written.terminal_id),
        _first_code(written, names),
    )


def _first_code(written: Written, names: Names) -> str:
    return next(iter(rank_codes(written.decision.failed, names.codes)), "")


def _is_named(line: BoardLine, asked: Collection[str]) -> bool:
    session = line.session
    texts = (line.person, line.department, line.terminal, session.person_id, session.terminal_id, session.station)
    return _holds(asked, *texts)


def _holds(asked: Collection[str], *texts: str) -> bool:
    return all(any(word in text.casefold() for text in texts) for word in asked)


def _order(line: BoardLine) -> tuple[int, str, str, str]:
    return list(Stands).index(line.stands), line.department, line.person, line.session.id
