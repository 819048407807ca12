"""What must hold of network tiers, looked at after every tick.

| | holds |
|---|---|
| I29 | a terminal is let into a tier only while its person may, into the VLAN of that tier, and it stands in the book |
| I29 | whoever may no longer is off within BOUND ticks of a centre that lives, or an alarm about the switch stands |
| I29 | a session ends by its time even while the centre is dead |
| I30 | a terminal reaches the tier that it was issued for, or none |
| end | book and switch say the same, whoever may is in, and the chain of decisions has no break |
"""

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

from contract.tier_decision import Written, find_break
from domain.zones.decide_tier import Answer
from domain.zones.tier_session import SessionState
from gateway.operations.zones.end_session import DISOBEYED
from store.alarms import list_standing_subjects
from store.port_sessions import list_live_sessions, list_sessions_in, load_session
from store.tier_decisions import stream_chain
from tests.sim.broken import InvariantBrokenError
from tests.sim.tier_switch import NAS, TICK

if TYPE_CHECKING:
    from tests.sim.tier_world import TierWorld

BOUND = 10
"""Ticks: what a switch accounts comes up to three late, a look and a word take one each, what is early is told again.
"""


class TierWatch:
    """Knows who may where, by no rule: it asks the truth."""

    def __init__(self, world: "TierWorld") -> None:
        self._world = world
        self._wrong_since: dict[str, int] = defaultdict(int)
        self._ends: dict[str, datetime] = {}
        self.let_in = 0

    def on_accept(self, written: Written, vlan: int, session_id: str) -> None:
        """An answer leaves that lets a terminal in."""
        world, terminal = self._world, written.terminal_id
        with world.store.reading(world.at) as tx:
            kept = load_session(tx, session_id)
        if kept is None or kept.session.vlan != vlan:
            raise InvariantBrokenError("I29", f"{terminal} is let into {vlan}, and the book says {kept}")
        if written.decision.answer is not Answer.permit:
            return
        self.let_in += 1
        if written.decision.ends_at is not None:
            self._ends[session_id] = written.decision.ends_at
        if not world.may_by_memory(terminal):
            raise InvariantBrokenError("I29", f"{terminal} is let in, and may not as far as anybody knows")
        if vlan != world.vlan_of(terminal):
            raise InvariantBrokenError("I30", f"{terminal} is let into {vlan}, which is of another tier")

    def on_tick(self) -> None:
        """Look at every port."""
        world = self._world
        for terminal, station in world.stations.items():
            port = world.switch.ports.get(station)
            is_in = port is not None and port.vlan not in world.quarantines
            if port is not None and is_in and port.vlan != world.vlan_of(terminal):
                raise InvariantBrokenError("I30", f"{terminal} reaches {port.vlan}")
            if port is not None and is_in and self._ends.get(port.session_id, world.at) < world.at - 2 * TICK:
                raise InvariantBrokenError("I29", f"{terminal} is on after its time")
            wrong = is_in and not world.may(terminal)
            self._wrong_since[terminal] = self._wrong_since[terminal] + 1 if wrong and world.alive else 0
            if self._wrong_since[terminal] > BOUND and not self._is_told_of():
                raise InvariantBrokenError("I29", f"{terminal} is in for {BOUND} ticks though its person may not be")

    def _is_told_of(self) -> bool:
        with self._world.store.reading(self._world.at) as tx:
            is_watched = bool(list_sessions_in(tx, SessionState.disobeyed) or list_sessions_in(tx, SessionState.ending))
            return is_watched and (NAS in list_standing_subjects(tx, DISOBEYED) or self._world.is_telling)

    def at_end(self) -> None:
        """Everything is healed."""
        world = self._world
        with world.store.reading(world.at) as tx:
            if find_break(stream_chain(tx)) is not None:
                raise InvariantBrokenError("I29", "the chain of decisions is broken")
            booked = {kept.session.switch_session: kept.session for kept in list_live_sessions(tx)}
        there = {port.number: port for port in world.switch.ports.values()}
        if set(booked) != set(there):
            raise InvariantBrokenError("I29", f"the book says {sorted(booked)}, the switch has {sorted(there)}")
        for number, port in there.items():
            if booked[number].vlan != port.vlan:
                raise InvariantBrokenError("I29", f"{number} is in {port.vlan}, the book says {booked[number].vlan}")
        for terminal, station in world.stations.items():
            port = world.switch.ports.get(station)
            is_elsewhere = port is not None and booked[port.number].tier_id != world.tier_of(terminal)
            if world.may(terminal) and not is_elsewhere and (port is None or port.vlan != world.vlan_of(terminal)):
                raise InvariantBrokenError("I29", f"{terminal} may be in its tier, and is not")
