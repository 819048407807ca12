"""Sessions on switches looked for: who was in which tier when, and what happened to each."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, or_, select

from domain.zones.tier_session import PortSession, SessionAct, SessionState
from store.bulk import batched
from store.directory import holds_words
from store.port_sessions import SessionStep, read_session
from store.tables import person
from store.tx import Tx
from store.zone_tables import port_session, port_session_step, terminal

_SESSION = tuple(field.name for field in fields(PortSession))
_STEP = tuple(field.name for field in fields(SessionStep))


@dataclass(frozen=True, slots=True)
class SessionSearch:
    """What is looked for; empty: any.

    ``since`` until before ``until`` is when the session was decided. ``who`` and ``terminal`` are an id or, where
    nothing bears it, a part of a name; also of those who have left and of what is in use no more.
    """

    since: datetime
    until: datetime
    who: str = ""
    terminal: str = ""
    tier_id: str = ""
    state: SessionState | None = None


def list_sessions(tx: Tx, asked: SessionSearch, *, limit: int) -> list[PortSession]:
    """Give the sessions that were asked for, the newest first."""
    latest = _select(asked).order_by(port_session.c.decided_at.desc(), port_session.c.id).limit(limit)
    return [read_session(row._asdict()) for row in tx.connection.execute(latest)]


def stream_sessions(tx: Tx, asked: SessionSearch, *, at_once: int = 1000) -> Iterator[list[PortSession]]:
    """Give the same in the order in which they were decided, by the handful."""
    rows = tx.connection.execution_options(yield_per=at_once).execute(
        _select(asked).order_by(port_session.c.decided_at, port_session.c.id)
    )
    for some in rows.partitions():
        yield [read_session(row._asdict()) for row in some]


def list_steps_of(tx: Tx, session_ids: Collection[str]) -> Mapping[str, list[SessionStep]]:
    """Give what happened to sessions, by session, in its order."""
    found: dict[str, list[SessionStep]] = defaultdict(list)
    columns = [port_session_step.c[name] for name in ("session_id", *_STEP)]
    for some in batched(sorted(session_ids)):
        query = select(*columns).where(port_session_step.c.session_id.in_(some)).order_by(port_session_step.c.id)
        for session_id, at, act, state, *rest in tx.connection.execute(query):
            found[session_id].append(SessionStep(at, SessionAct(act), SessionState(state), *rest))
    return found


def _select(asked: SessionSearch) -> Select[Any]:
    query = select(*(port_session.c[name] for name in _SESSION)).where(
        port_session.c.decided_at >= asked.since, port_session.c.decided_at < asked.until
    )
    if asked.who:
        query = query.where(_means(port_session.c.person_id, asked.who, person.c.id, holds_words(asked.who)))
    if asked.terminal:
        named = terminal.c.name.contains(asked.terminal, autoescape=True)
        query = query.where(_means(port_session.c.terminal_id, asked.terminal, terminal.c.id, named))
    if asked.tier_id:
        query = query.where(port_session.c.tier_id == asked.tier_id)
    return query if asked.state is None else query.where(port_session.c.state == asked.state.value)


def _means(held: Column[str], words: str, id_: Column[str], named: ColumnElement[bool]) -> ColumnElement[bool]:
    """Give the condition that an id is the words; where nothing bears them as its id, that its name holds them."""
    is_id = select(id_).where(id_ == words).exists()
    return or_(held == words, and_(~is_id, held.in_(select(id_).where(named))))
