"""A session on a port: booked when it is decided, confirmed by accounting, cut when a condition is lost. One table.

The book is written before the switch is told: somebody who leaves between the permit and the switch's first word would
else find no session to end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from domain.zones.facts import Factor
from domain.zones.tier import Method

PENDING_MAX = timedelta(minutes=5)
"""A session whose beginning no switch has told by then never began."""

CUT_TRIES = 3
"""So often a switch is told to end a session before somebody is alarmed."""


class SessionState(StrEnum):
    """Where a session stands."""

    pending = "pending"  # decided, not yet told by the switch
    confirmed = "confirmed"  # the switch has begun it
    ending = "ending"  # the switch was told to end it
    disobeyed = "disobeyed"  # it did not obey: somebody is alarmed, the port is shut by other means
    ended = "ended"


class SessionAct(StrEnum):
    """What happens to a session."""

    start = "start"  # Accounting-Request Start
    interim = "interim"  # Interim-Update
    stop = "stop"  # Stop
    cut = "cut"  # we send Disconnect-Request
    obeyed = "obeyed"  # Disconnect-ACK
    unknown = "unknown"  # Disconnect-NAK, Error-Cause 503: the switch knows of no such session, so it is off already
    refused = "refused"  # Disconnect-NAK for any other cause
    unanswered = "unanswered"  # no answer to any try
    lapse = "lapse"  # PENDING_MAX is over
    missing = "missing"  # the switch does not name it among its sessions
    shut = "shut"  # the port was shut by other means
    handed_over = "handed_over"  # somebody else sits at the terminal now, and may be in the tier as well


_S, _A = SessionState, SessionAct

STEPS: Mapping[tuple[SessionState, SessionAct], SessionState] = MappingProxyType(
    {
        (_S.pending, _A.start): _S.confirmed,
        (_S.pending, _A.interim): _S.confirmed,
        (_S.pending, _A.stop): _S.ended,
        (_S.pending, _A.cut): _S.ending,
        (_S.pending, _A.lapse): _S.ended,
        (_S.pending, _A.handed_over): _S.pending,
        (_S.confirmed, _A.start): _S.confirmed,
        (_S.confirmed, _A.interim): _S.confirmed,
        (_S.confirmed, _A.stop): _S.ended,
        (_S.confirmed, _A.cut): _S.ending,
        (_S.confirmed, _A.missing): _S.ended,
        (_S.confirmed, _A.handed_over): _S.confirmed,
        (_S.ending, _A.cut): _S.ending,
        (_S.ending, _A.start): _S.ending,
        (_S.ending, _A.interim): _S.ending,
        (_S.ending, _A.obeyed): _S.ended,
        (_S.ending, _A.unknown): _S.ended,
        (_S.ending, _A.stop): _S.ended,
        (_S.ending, _A.missing): _S.ended,
        (_S.ending, _A.refused): _S.disobeyed,
        (_S.ending, _A.unanswered): _S.disobeyed,
        (_S.disobeyed, _A.cut): _S.ending,
        (_S.disobeyed, _A.start): _S.disobeyed,
        (_S.disobeyed, _A.interim): _S.disobeyed,
        (_S.disobeyed, _A.stop): _S.ended,
        (_S.disobeyed, _A.missing): _S.ended,
        (_S.disobeyed, _A.shut): _S.ended,
    }
)
"""(where it stands, what happens) → where it stands then. What has no row changes nothing: accounting is repeated."""

LIVE = frozenset((SessionState.pending, SessionState.confirmed, SessionState.ending, SessionState.disobeyed))
"""Where somebody may still be on the network."""


@dataclass(frozen=True, slots=True)
class PortSession:
    """One session: who, at which terminal, on which port of which switch; ``id`` travels as the attribute Class.

    ``person_id`` is empty for a terminal without anybody. ``station`` is the terminal's network address as the switch
    told it (Calling-Station-Id), ``switch_session`` the switch's own number of the session (Acct-Session-Id); both are
    empty until they are told. ``method`` is how it showed itself: decided again, it is asked as it was at first.
    ``in_quarantine`` says that ``vlan`` leads nowhere. ``nas_address`` is from where the switch asked, empty when it
    did not say; ``heard_at`` is when its accounting spoke of the session last. ``factor`` and ``factor_at`` are what a
    log-on agent saw of the person.
    """

    id: str
    tier_id: str
    vlan: int
    terminal_id: str
    person_id: str
    nas_id: str
    port: str
    state: SessionState
    decided_at: datetime
    ends_at: datetime | None = None
    station: str = ""
    switch_session: str = ""
    ended_at: datetime | None = None
    method: Method = Method.eap_tls
    in_quarantine: bool = False
    nas_address: str = ""
    heard_at: datetime | None = None
    factor: Factor = Factor.none
    factor_at: datetime | None = None


def step_session(state: SessionState, act: SessionAct) -> SessionState:
    """Give where a session stands after an act; where the table has no row it stays."""
    return STEPS.get((state, act), state)
