"""Sessions on the ports of switches, and everything that happened to each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select, true, update

from domain.zones.facts import Factor
from domain.zones.tier import Method
from domain.zones.tier_session import LIVE, PortSession, SessionAct, SessionState
from store.bulk import batched, insert_rows, upsert_rows
from store.conflicts import insert_new
from store.tx import Tx
from store.zone_tables import port_session, port_session_step

_SESSION = tuple(field.name for field in fields(PortSession))
_LIVE = tuple(sorted(state.value for state in LIVE))


@dataclass(frozen=True, slots=True)
class KeptSession:
    """A session as it is kept; ``version`` counts its changes."""

    session: PortSession
    version: int


@dataclass(frozen=True, slots=True)
class SessionStep:
    """What happened to a session: ``tries`` and ``error_cause`` (RFC 5176) of a cut, ``reason`` the codes behind it."""

    at: datetime
    act: SessionAct
    state: SessionState
    tries: int = 0
    error_cause: int | None = None
    reason: str = ""


class SessionMove(NamedTuple):
    """A session as it was held, as it stands afterwards, and each step between."""

    kept: KeptSession
    after: PortSession
    steps: tuple[SessionStep, ...]


def insert_session(tx: Tx, new: PortSession) -> bool:
    """Book a session; False when one of that id stands already, and nothing is changed."""
    return insert_new(tx, port_session, _write(new) | {"version": 1})


def insert_sessions(tx: Tx, new: Sequence[PortSession]) -> None:
    """Book sessions of which none stands yet, in one statement."""
    rows = [(*_write(each).values(), 1) for each in new]
    insert_rows(tx, port_session, (*_SESSION, "version"), rows)


def load_session(tx: Tx, session_id: str, *, lock: bool = False) -> KeptSession | None:
    """Give a session; None when there is none of that id. With ``lock`` it stays so until the commit."""
    return next(iter(_list(tx, port_session.c.id == session_id, lock=lock)), None)


def hold_sessions(tx: Tx, session_ids: Collection[str]) -> dict[str, KeptSession]:
    """Give sessions by id, those that there are; they stay so until the commit."""
    held = (
        kept for some in batched(sorted(set(session_ids))) for kept in _list(tx, port_session.c.id.in_(some), lock=True)
    )
    return {kept.session.id: kept for kept in held}


def find_sessions(tx: Tx, session_ids: Collection[str]) -> list[KeptSession]:
    """Give sessions by id, those that there are."""
    parts = batched(sorted(set(session_ids)))
    return [kept for some in parts for kept in _list(tx, port_session.c.id.in_(some))]


def list_ended_since(tx: Tx, nas_id: str, since: datetime) -> list[PortSession]:
    """Give the sessions of a switch that ended at an instant or later."""
    ended = (port_session.c.nas_id == nas_id) & (port_session.c.ended_at >= since)
    return [kept.session for kept in _list(tx, ended)]


def list_sessions_in(tx: Tx, state: SessionState) -> list[KeptSession]:
    """Give the sessions that stand somewhere, by their decision."""
    return _list(tx, port_session.c.state == state.value)


def list_live_sessions(tx: Tx, *, person_ids: Collection[str] | None = None) -> list[KeptSession]:
    """Give the sessions in which somebody may still be on the network, by their decision; of these persons or all."""
    live = port_session.c.state.in_(_LIVE)
    theirs = true() if person_ids is None else port_session.c.person_id.in_(sorted(person_ids))
    return _list(tx, live & theirs)


def list_switch_sessions(
    tx: Tx, nas_id: str, *, station: str | None = None, switch_session: str | None = None
) -> list[KeptSession]:
    """Give the live sessions of a switch: all, a station's, or those that the switch itself calls so."""
    wanted = port_session.c.state.in_(_LIVE) & (port_session.c.nas_id == nas_id)
    if station is not None:
        wanted &= port_session.c.station == station
    if switch_session is not None:
        wanted &= port_session.c.switch_session == switch_session
    return _list(tx, wanted, lock=True)


def has_come_back(tx: Tx, station: str, since: datetime) -> bool:
    """Tell whether a terminal was decided about, so that a session began, at an instant or later."""
    found = select(port_session.c.id).where(port_session.c.station == station, port_session.c.decided_at >= since)
    return tx.connection.execute(found.limit(1)).one_or_none() is not None


def list_due_sessions(tx: Tx, *, pending_since: datetime) -> list[KeptSession]:
    """Give what the clock ends: permits that are over, and sessions that were pending before an instant."""
    over = port_session.c.ends_at.is_not(None) & (port_session.c.ends_at <= tx.now) & port_session.c.state.in_(_LIVE)
    never = (port_session.c.state == SessionState.pending.value) & (port_session.c.decided_at < pending_since)
    return _list(tx, over | never)


def save_session(tx: Tx, kept: KeptSession, after: PortSession, step: SessionStep) -> bool:
    """Let a session stand elsewhere and write down why; False when it moved on since, and nothing is changed."""
    seen = (port_session.c.id == after.id) & (port_session.c.version == kept.version)
    values = _write(after) | {"version": kept.version + 1}
    if tx.connection.execute(update(port_session).where(seen).values(values)).rowcount != 1:
        return False
    add_step(tx, after.id, step)
    return True


def save_moves(tx: Tx, moves: Sequence[SessionMove]) -> None:
    """Let many sessions that are held (:func:`hold_sessions`) stand elsewhere, and write down why; each comes once."""
    rows = [(*_write(each.after).values(), each.kept.version + len(each.steps)) for each in moves]
    upsert_rows(tx, port_session, (*_SESSION, "version"), rows)
    names = tuple(field.name for field in fields(SessionStep))
    told = [
        (each.after.id, *(str(value) if isinstance(value, StrEnum) else value for value in _values(step, names)))
        for each in moves
        for step in each.steps
    ]
    insert_rows(tx, port_session_step, ("session_id", *names), told)


def _values(step: SessionStep, names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(step, name) for name in names)


def add_step(tx: Tx, session_id: str, step: SessionStep) -> None:
    """Write down what happened to a session."""
    values = {field.name: getattr(step, field.name) for field in fields(SessionStep)}
    told = values | {"session_id": session_id, "act": step.act.value, "state": step.state.value}
    tx.connection.execute(port_session_step.insert().values(told))


def list_session_steps(tx: Tx, session_id: str) -> list[SessionStep]:
    """Give what happened to a session, in its order."""
    columns = (port_session_step.c[field.name] for field in fields(SessionStep))
    query = select(*columns).where(port_session_step.c.session_id == session_id).order_by(port_session_step.c.id)
    rows = (row._asdict() for row in tx.connection.execute(query))
    return [SessionStep(**row | {"act": SessionAct(row["act"]), "state": SessionState(row["state"])}) for row in rows]


def _write(session: PortSession) -> dict[str, Any]:
    told = {name: getattr(session, name) for name in _SESSION}
    return told | {"state": session.state.value, "method": session.method.value, "factor": session.factor.value}


def _list(tx: Tx, wanted: ColumnElement[bool], *, lock: bool = False) -> list[KeptSession]:
    query = select(*(port_session.c[name] for name in _SESSION), port_session.c.version).where(wanted)
    query = query.order_by(port_session.c.decided_at, port_session.c.id)
    rows = (row._asdict() for row in tx.connection.execute(query.with_for_update() if lock else query))
    return [KeptSession(read_session({name: row[name] for name in _SESSION}), row["version"]) for row in rows]


def read_session(row: dict[str, Any]) -> PortSession:
    """Give the session of a row that was read by its columns."""
    words = {"state": SessionState(row["state"]), "method": Method(row["method"]), "factor": Factor(row["factor"])}
    return PortSession(**row | words)
