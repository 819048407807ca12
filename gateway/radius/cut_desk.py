"""Looks at sessions in the book, ends those that are no longer right, and writes down what came of it. No network here.

A session is right while a decision made now would put its terminal where it is. Deciding costs memory alone, so a look
at everybody is cheap; the database is written only where something has changed, and then once for all of it.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contract.tier_decision import Written
from domain.zones.cut_reason import CutReason
from domain.zones.decide_tier import Answer
from domain.zones.reconcile_sessions import ListedSession, compare_sessions, find_replaced, find_silent
from domain.zones.tier import Method
from domain.zones.tier_session import PENDING_MAX, PortSession, SessionAct, SessionState
from gateway.operations.zones.end_session import (
    DISOBEYED,
    Ending,
    book_endings,
    end_sessions,
    hand_over,
    note_outcomes,
    raise_ghosts,
    restore_obedience,
)
from gateway.operations.zones.note_accounting import ask_again, stands
from gateway.radius.disconnect import Outcome
from gateway.zones.tier_desk import TierDesk
from store.alarms import list_standing_subjects
from store.port_sessions import (
    find_sessions,
    insert_sessions,
    list_ended_since,
    list_live_sessions,
    list_sessions_in,
    list_switch_sessions,
)
from store.tx import Store, Tx

ON = frozenset((SessionState.pending, SessionState.confirmed))
"""Where a session may be that nobody was told to end."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be looked at: everything, or sessions of persons, sessions by id, and those that are new."""

    everything: bool = False
    person_ids: frozenset[str] = frozenset()
    session_ids: frozenset[str] = frozenset()
    newest: bool = False

    def __bool__(self) -> bool:
        return bool(self.everything or self.person_ids or self.session_ids or self.newest)

    def __or__(self, other: "Wanted") -> "Wanted":
        return Wanted(
            self.everything or other.everything,
            self.person_ids | other.person_ids,
            self.session_ids | other.session_ids,
            self.newest or other.newest,
        )


EVERYTHING = Wanted(everything=True)


@dataclass(slots=True)
class Looked:
    """What came of a look: sessions whose switch is to be told, and when the others are due by time alone."""

    to_tell: list[PortSession] = field(default_factory=list)
    ends: dict[str, datetime | None] = field(default_factory=dict)


class CutDesk:
    """One for a process; its methods open their own transactions and may run in any thread.

    Args:
        store: the book.
        tiers: decides.
        now: the clock.
        committed: called after a commit with something to tell.
    """

    def __init__(
        self, store: Store, tiers: TierDesk, now: Callable[[], datetime], *, committed: Callable[[], None]
    ) -> None:
        self._store = store
        self._tiers = tiers
        self._now = now
        self._committed = committed

    def look(self, wanted: Wanted) -> Looked:
        """Decide sessions again and book the end of those that are not right; gives whom to tell.

        What is in the book as ending and was asked for is to be told as well: whoever booked it may have died since.
        """
        now, looked = self._now(), Looked()
        endings: list[Ending] = []
        handed: dict[str, Written] = {}
        with self._store.reading(now) as tx:
            found = _list(tx, wanted)
        for session in found:
            if session.state is SessionState.ending:
                looked.to_tell.append(session)
            if session.state not in ON:
                looked.ends[session.id] = None
                continue
            written = self._tiers.decide(ask_again(session), now)
            looked.ends[session.id] = written.decision.ends_at
            if (reason := _find_fault(session, written)) is not None:
                looked.ends[session.id] = None
                endings.append(Ending(session.id, reason, written))
            elif written.person_id != session.person_id:
                handed[session.id] = written
        if endings or handed:
            with self._store.transaction(now) as tx:
                ended = book_endings(tx, endings)
                raise_ghosts(tx, [each for each in ended if not each.tier_id])
                hand_over(tx, handed)
            looked.to_tell += ended
            self._committed()
        return looked

    def list_ending(self) -> list[PortSession]:
        """Give what the book says is ending: after a restart nobody else knows of it."""
        with self._store.reading(self._now()) as tx:
            return [kept.session for kept in list_sessions_in(tx, SessionState.ending)]

    def sweep(self) -> list[PortSession]:
        """Let be over what never began or was replaced, and end what is silent.

        Gives whom to tell: of those, and of the sessions that their switches did not end before. One that never began
        is told all the same, for a switch that does not account would have it.
        """
        now = self._now()
        with self._store.reading(now) as tx:
            live = [kept.session for kept in list_live_sessions(tx)]
            alarmed = list_standing_subjects(tx, DISOBEYED)
        over = _list_over(live, now)
        silent = [Ending(each.id, CutReason.silent) for each in find_silent(live, now) if each.id not in over]
        to_tell = [each for each in live if each.state is SessionState.disobeyed]
        if over or silent:
            with self._store.transaction(now) as tx:
                ended = [
                    *_end(tx, over, CutReason.not_begun, SessionAct.lapse),
                    *_end(tx, over, CutReason.superseded, SessionAct.missing, SessionAct.lapse),
                ]
                to_tell += book_endings(tx, silent)
            left = {(each.nas_id, each.station) for each in live if each.id not in over}
            to_tell += [
                each
                for each in ended
                if over[each.id][0] is CutReason.not_begun and (each.nas_id, each.station) not in left
            ]
            self._committed()
        if alarmed - {each.nas_id for each in live if each.state is SessionState.disobeyed}:
            with self._store.transaction(now) as tx:
                restore_obedience(tx)
        return to_tell

    def note(self, outcomes: Mapping[str, Outcome]) -> None:
        """Write down what switches answered, by session."""
        with self._store.transaction(self._now()) as tx:
            note_outcomes(tx, outcomes)
        self._committed()

    def compare(self, nas_id: str, listed: Collection[ListedSession], listed_at: datetime) -> list[PortSession]:
        """Hold what a switch has against the book; gives what is on it without being in the book, now booked as ending.

        Args:
            nas_id: the switch.
            listed: all its sessions.
            listed_at: when it made the list.
        """
        with self._store.transaction(self._now()) as tx:
            live = [kept.session for kept in list_switch_sessions(tx, nas_id)]
            found = compare_sessions([*live, *list_ended_since(tx, nas_id, listed_at)], listed, listed_at)
            end_sessions(tx, dict.fromkeys(found.missing, SessionAct.missing), reason=CutReason.not_listed)
            ghosts = [_adopt(nas_id, each, tx.now) for each in found.ghosts]
            insert_sessions(tx, ghosts)
            to_tell = book_endings(tx, [Ending(each.id, CutReason.not_booked) for each in ghosts])
            raise_ghosts(tx, ghosts)
        self._committed()
        return to_tell


def _list(tx: Tx, wanted: Wanted) -> list[PortSession]:
    if wanted.everything:
        return [kept.session for kept in list_live_sessions(tx)]
    found = list_live_sessions(tx, person_ids=wanted.person_ids) if wanted.person_ids else []
    found += find_sessions(tx, wanted.session_ids) if wanted.session_ids else []
    found += list_sessions_in(tx, SessionState.pending) if wanted.newest else []
    return list({kept.session.id: kept.session for kept in found}.values())


def _find_fault(session: PortSession, written: Written) -> str | None:
    """Give the codes by which a session is not right; None: it is."""
    decision = written.decision
    if session.in_quarantine and decision.answer is Answer.permit:
        return CutReason.permitted
    if stands(session, decision):
        return None
    return " ".join(decision.failed) or CutReason.vlan_moved


_Over = dict[str, tuple[CutReason, SessionAct]]


def _list_over(live: Iterable[PortSession], now: datetime) -> _Over:
    """Give the sessions that are over without anybody having ended them: why, and by which act."""
    mine = list(live)
    over: _Over = {
        each.id: (CutReason.not_begun, SessionAct.lapse)
        for each in mine
        if each.state is SessionState.pending and now - each.decided_at >= PENDING_MAX
    }
    for each in find_replaced(mine):
        act = SessionAct.lapse if each.state is SessionState.pending else SessionAct.missing
        over[each.id] = (CutReason.superseded, act)
    return over


def _end(tx: Tx, over: _Over, reason: CutReason, *acts: SessionAct) -> list[PortSession]:
    wanted = {id_: act for id_, (why, act) in over.items() if why is reason and act in acts}
    return end_sessions(tx, wanted, reason=reason) if wanted else []


def _adopt(nas_id: str, ghost: ListedSession, now: datetime) -> PortSession:
    """Give what was found on a switch as a session: of no tier, of nobody, so that nothing permits it."""
    return PortSession(
        secrets.token_hex(16),
        "",
        0,
        "",
        "",
        nas_id,
        "",
        SessionState.confirmed,
        now,
        station=ghost.station,
        switch_session=ghost.switch_session,
        method=Method.eap_tls,
        heard_at=now,
    )
