"""Keeps what is known for the network tiers, and the rules that hold, in step with what is committed.

A notice is taken in before the next view of the database is opened, so that what it tells of is in that view; what
cannot be read now is read the next time. What no notice tells of (rosters, the calendar, HR's file, time) is found by
the number of the policies' inputs each second, and each minute by looking at everybody, some at a time: a tap does not
wait until ten thousand people have been read.
"""

import json
import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.context import GatewayContext
from gateway.meaning.passages import PLACE_ENTERED, PRESENCE_MOVED
from gateway.operations.access.declare_threat import DECLARED
from gateway.operations.attendance.order_overtime import ENDED, ORDERED
from gateway.requests.telling import MOVED
from gateway.zones.tier_news import TIER_CHANGED
from store.failures import is_passing
from store.outbox import Notice
from store.policy_inputs import load_changes_since, load_inputs_revision
from store.tier_people import list_person_ids, list_visitors_of
from store.tier_rules import load_active_hash, load_rule_set
from store.tx import Tx

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
ALL_EVERY = timedelta(minutes=1)
AT_ONCE = 500
"""So many people are read between two looks at what was heard."""

Renewed = Callable[[frozenset[str] | None], None]
"""Hears whose decisions may be others now; None: everybody's."""


@dataclass(slots=True)
class _Wanted:
    """What has to be read again."""

    everything: bool = False
    persons: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    visits: set[str] = field(default_factory=set)
    shared: bool = False

    def __bool__(self) -> bool:
        return bool(self.everything or self.shared or self.persons or self.places or self.visits)

    def add(self, other: "_Wanted") -> None:
        """Want what the other wants, too."""
        self.everything |= other.everything
        self.shared |= other.shared
        self.persons |= other.persons
        self.places |= other.places
        self.visits |= other.visits


class TierKeeper:
    """Renews as notices are heard; ``run`` blocks until stopped, and needs the waking that ``hear`` does.

    Args:
        context: with the situations and the desk that are kept.
    """

    def __init__(self, context: GatewayContext) -> None:
        self._context = context
        self._wanted = _Wanted()
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._turning = threading.Lock()
        self._listeners: list[Renewed] = []
        self._rules_hash: str | None = None
        self._rules_ask_others = False
        self._inputs: int | None = None
        self._all_at: datetime | None = None
        self._sweep: list[str] = []
        self._tells_everybody = False

    def on_renewed(self, listener: Renewed) -> None:
        """Have a listener told after each renewal, from the keeper's own thread."""
        self._listeners.append(listener)

    def hear(self, notice: Notice) -> None:
        """Take in what was committed; called from any thread."""
        wanted = _read_notice(notice)
        if wanted:
            with self._lock:
                self._wanted.add(wanted)
            self._woken.set()

    def run(self, stop: threading.Event) -> None:
        """Keep until ``stop`` is set; a database that is away is waited for."""
        while not stop.is_set():
            self._woken.wait(LOOK_SECONDS)
            self._woken.clear()
            try:
                self.turn()
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("the network tiers' facts cannot be read now (%s)", type(error).__name__)
                stop.wait(LOOK_SECONDS)

    def renew_all(self) -> None:
        """Read everything again now."""
        with self._lock:
            self._wanted.everything = True
        self.turn()
        while self._sweep:
            self.turn()

    def turn(self) -> None:
        """Read again what was heard of, and what time has changed; tells the listeners.

        A site without tiers is not read.
        """
        with self._turning:
            with self._lock:
                wanted, self._wanted = self._wanted, _Wanted()
            if not self._context.site.tiers:
                self._all_at, self._sweep = None, []
                return
            try:
                now = self._context.now()
                with self._context.store.reading(now) as tx:
                    touched = self._renew(tx, wanted)
            except Exception:
                with self._lock:
                    self._wanted.add(wanted)
                    self._wanted.everything |= bool(self._sweep)  # some of them were not read
                raise
            if touched is None or touched:
                for listener in self._listeners:
                    listener(touched)

    def _renew(self, tx: Tx, wanted: _Wanted) -> frozenset[str] | None:
        """Renew, and give whose decisions may be others now; None: everybody's."""
        situations = self._context.situations
        new_rules = self._hold_rules(tx)
        self._note_inputs(tx, wanted)
        if self._all_at is None:
            situations.renew(tx)
            self._all_at = tx.now
            return None
        touched = self._renew_wanted(tx, wanted)
        if wanted.everything or not timedelta() <= tx.now - self._all_at < ALL_EVERY:
            situations.renew(tx, ())
            self._all_at = tx.now
            self._sweep = list_person_ids(tx)
            self._tells_everybody |= wanted.everything
        touched |= self._sweep_some(tx)
        tells_everybody = new_rules or wanted.shared
        if self._tells_everybody and not self._sweep:
            self._tells_everybody, tells_everybody = False, True
        return None if tells_everybody else touched

    def _renew_wanted(self, tx: Tx, wanted: _Wanted) -> frozenset[str]:
        situations = self._context.situations
        persons = wanted.persons | (list_visitors_of(tx, wanted.visits) if wanted.visits else set())
        moved = wanted.places - persons
        areas = self._areas_of(moved | persons)
        touched: frozenset[str] = frozenset()
        if wanted.shared:
            touched |= situations.renew(tx, persons)
        elif persons:
            touched |= situations.renew_persons(tx, persons)
        if moved:
            touched |= situations.renew_places(tx, moved)
        return touched | situations.list_inside(areas | self._areas_of(moved | persons))

    def _sweep_some(self, tx: Tx) -> frozenset[str]:
        """Look at the next people of the sweep; gives those of whom something else is known now."""
        some, self._sweep = self._sweep[:AT_ONCE], self._sweep[AT_ONCE:]
        if not some:
            return frozenset()
        if self._sweep:
            self._woken.set()
        return self._context.situations.renew_changed(tx, some)

    def _areas_of(self, person_ids: Collection[str]) -> set[str]:
        """Give the areas in which others' decisions depend on persons; none where no rule counts who else is there."""
        return {self._context.situations.area_of(each) for each in person_ids} if self._rules_ask_others else set()

    def _hold_rules(self, tx: Tx) -> bool:
        """Let the rules that hold now hold here; True where they are others."""
        active = load_active_hash(tx, tx.now)
        if active == self._rules_hash:
            return False
        rules = load_rule_set(tx, active) if active is not None else ()
        self._context.tiers.hold_rules(rules or ())
        self._rules_ask_others = any("others_cleared" in rule.expression for rule in rules or ())
        self._rules_hash = active
        return True

    def _note_inputs(self, tx: Tx, wanted: _Wanted) -> None:
        """Want whoever HR's file, an order on a date or the calendar has changed."""
        if self._inputs is None:
            self._inputs = load_inputs_revision(tx)
            return
        changes = load_changes_since(tx, self._inputs)
        if changes.revision == self._inputs:
            return
        self._inputs = changes.revision
        if changes.persons is None:
            wanted.everything = True
        else:
            wanted.persons |= changes.persons


def _read_notice(notice: Notice) -> _Wanted:
    """Tell what a notice makes worth reading again."""
    kind, subject = notice.kind, notice.subject
    if kind == TIER_CHANGED:
        return _Wanted(persons={subject}) if subject else _Wanted(everything=True)
    if kind == PRESENCE_MOVED:
        persons = json.loads(notice.payload)["persons"]
        return _Wanted(everything=True) if persons is None else _Wanted(places=set(persons))
    if kind in {PLACE_ENTERED, "presence.corrected"}:
        return _Wanted(places={subject})
    if kind in {MOVED, ORDERED, ENDED}:
        return _Wanted(persons={json.loads(notice.payload)["person_id"]})
    if kind == DECLARED:
        return _Wanted(shared=True)
    if kind == "rollout.moved":
        return _Wanted(everything=True)
    return _Wanted(visits={json.loads(notice.payload)["visit"]}) if kind.startswith("visit.") else _Wanted()
