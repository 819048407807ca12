"""What a switch has against what the book says: sessions that are not there, that nobody booked, that went silent.

The book is written before a switch is told. So what a switch has and the book has not is nobody's, and is ended; what
the book has and the switch has not is over. A session that is silent while its neighbours speak is told to end: a
switch that knows it no more says so, and one that has it ends it.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.zones.tier_session import PortSession, SessionState

LIST_GRACE = timedelta(minutes=1)
"""What was booked so shortly before a switch made its list need not stand in it yet."""

INTERIM = timedelta(minutes=10)
"""So often a switch speaks of each session, where it does at all (Acct-Interim-Interval, RFC 2869 §5.16)."""

SILENT_MAX = 3 * INTERIM
"""A session that was not spoken of for longer is silent."""

_ON = frozenset((SessionState.confirmed, SessionState.ending, SessionState.disobeyed))


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A session as its switch names it; what it does not name is empty. ``session_id`` is what we gave as Class."""

    switch_session: str
    station: str
    session_id: str = ""


@dataclass(frozen=True, slots=True)
class Differences:
    """Booked sessions that are not at the switch (ids), and what is there without a live session in the book."""

    missing: tuple[str, ...] = ()
    ghosts: tuple[ListedSession, ...] = ()


def compare_sessions(
    book: Iterable[PortSession], listed: Collection[ListedSession], listed_at: datetime
) -> Differences:
    """Hold a switch's list against the book.

    Args:
        book: of this switch, the live sessions and those that ended since ``listed_at``.
        listed: all that it has.
        listed_at: when it made the list.
    """
    mine = sorted(book, key=lambda each: (each.decided_at, each.id), reverse=True)
    found: set[str] = set()
    ghosts: list[ListedSession] = []
    for each in listed:
        match = next((booked for booked in mine if _is_same(booked, each)), None)
        if match is None:
            ghosts.append(each)
        else:
            found.add(match.id)
    missing = (
        each.id
        for each in reversed(mine)
        if each.state in _ON and each.id not in found and each.decided_at < listed_at - LIST_GRACE
    )
    return Differences(tuple(missing), tuple(ghosts))


def _is_same(booked: PortSession, listed: ListedSession) -> bool:
    """Tell whether two are one: by our own id, else by the switch's number, else by the terminal's address."""
    if listed.session_id:
        return listed.session_id == booked.id
    if listed.switch_session and booked.switch_session:
        return listed.switch_session == booked.switch_session
    return bool(listed.station) and listed.station == booked.station


def find_replaced(live: Iterable[PortSession]) -> Iterator[PortSession]:
    """Yield the sessions of a terminal at a switch that a later one there, which the switch has begun, stands for."""
    begun: dict[tuple[str, str], PortSession] = {}
    mine = [each for each in live if each.station and each.state in {SessionState.pending, SessionState.confirmed}]
    for each in sorted(mine, key=lambda each: (each.decided_at, each.id)):
        if each.state is SessionState.confirmed:
            begun[each.nas_id, each.station] = each
    for each in mine:
        last = begun.get((each.nas_id, each.station))
        if last is not None and (each.decided_at, each.id) < (last.decided_at, last.id):
            yield each


def find_silent(live: Iterable[PortSession], now: datetime) -> Iterator[PortSession]:
    """Yield the sessions that their switch has stopped to speak of while it speaks of others.

    A switch that speaks of no session again and again sends no interim accounting, or cannot reach us: that says
    nothing of any of them.
    """
    mine = [each for each in live if each.state is SessionState.confirmed and each.heard_at is not None]
    speaking = {each.nas_id for each in mine if _is_spoken_of(each, now)}
    for each in mine:
        if each.nas_id in speaking and each.heard_at is not None and now - each.heard_at > SILENT_MAX:
            yield each


def _is_spoken_of(session: PortSession, now: datetime) -> bool:
    heard = session.heard_at
    return heard is not None and heard - session.decided_at > INTERIM / 2 and now - heard < 2 * INTERIM
