"""Book a session with the decision that lets it begin, in one commit: whoever leaves right after is found and cut."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from contract.tier_decision import Written
from domain.zones.decide_tier import Answer
from domain.zones.tier import Method
from domain.zones.tier_session import PortSession, SessionState
from gateway.zones.decision_log import append_decisions
from gateway.zones.tier_news import SESSION_MOVED
from store.outbox import Notice, insert_notices
from store.port_sessions import insert_sessions
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Place:
    """Where a terminal asks: the switch (or the agent), its port, and the terminal's address as it was told.

    ``address`` is the switch's own, where it says it: of a stack of several it is the one to be told to end a session.
    """

    nas_id: str
    port: str = ""
    station: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """A decision to write down, the session that it is about (None: none), and that session where it is new."""

    written: Written
    session_id: str | None = None
    new: PortSession | None = None


def make_session(written: Written, place: Place, *, state: SessionState = SessionState.pending) -> PortSession | None:
    """Give the session that a decision lets begin; None where it lets none begin.

    Who waits in quarantine has one as well, as the handle by which the terminal is fetched out of there.
    """
    decision = written.decision
    if decision.answer is Answer.reject or decision.vlan is None:
        return None
    return PortSession(
        secrets.token_hex(16),
        decision.facts.tier,
        decision.vlan,
        written.terminal_id,
        written.person_id,
        place.nas_id,
        place.port,
        state,
        decision.decided_at,
        ends_at=decision.ends_at,
        station=place.station,
        method=Method(decision.facts.method),
        in_quarantine=decision.answer is Answer.quarantine,
        nas_address=place.address,
    )


def book_decisions(tx: Tx, many: Sequence[Booked]) -> None:
    """Write decisions down in their order, and the new sessions; of these one notice tells, about the last of them."""
    new = [each.new for each in many if each.new is not None]
    insert_sessions(tx, new)
    insert_notices(tx, [Notice(SESSION_MOVED, each.id, "{}") for each in new[-1:]])
    if many:
        append_decisions(tx, [(each.written, each.session_id) for each in many])


def book_decision(tx: Tx, written: Written, *, nas_id: str, port: str, station: str) -> PortSession | None:
    """Write one decision down and give the session that it begins; None where it begins none.

    Args:
        tx: the transaction; the answer may leave once it is committed.
        written: the decision.
        nas_id: the switch that asked.
        port: of that switch, as it told.
        station: the terminal's address, as the switch told it.
    """
    session = make_session(written, Place(nas_id, port, station))
    book_decisions(tx, [Booked(written, session.id if session else None, session)])
    return session
