"""Keeps Home Assistant told: a thread of its own looks at the board and says what differs from what was said.

The connection's thread only sends what is ready. What was announced is remembered by the broker alone: its retained
announcements come back at each connection, and what is not wanted any more, or at all, is taken away. Everything is
said again at each connection and when Home Assistant has started; that last at most every BIRTH_SECONDS, for it is
asked for by another program.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from importlib.metadata import version

from gateway.context import GatewayContext
from gateway.home_assistant.announcement import Origin, announce_site, encode_payload
from gateway.home_assistant.changes import Publication, list_publications
from gateway.home_assistant.states import HomeFacts, Place, list_places, tell_states
from gateway.home_assistant.topics import HomeTopics
from gateway.site.description import Site
from store.devices import list_device_statuses
from store.door_states import list_door_facts, list_reader_facts
from store.failures import is_passing
from store.outbox import Notice

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""Other processes commit too, and their notices need not come by us."""

PAUSE_SECONDS = 0.25
"""However much happens, the board is not looked at more often."""

BIRTH_SECONDS = 10.0

ABOUT_DOORS = frozenset(("door.moved", "door.mode_changed", "reader.reported", "device.changed", "device.caught_up"))
"""Notices after which a door, a reader or a controller may stand otherwise than before."""


class Speaker:
    """``run`` looks until stopped; the connection's thread hears and takes; the relay's tells what was committed.

    Args:
        context: the store, the clock and the site's description that holds.
        topics: the site's topics.
        clock: monotonic seconds.
        birth_seconds: so far apart are two starts of Home Assistant that are answered.

    ``context.settings.home_assistant.announces`` False: nothing is wanted, and what was announced before goes.
    """

    def __init__(
        self,
        context: GatewayContext,
        topics: HomeTopics,
        *,
        clock: Callable[[], float] = time.monotonic,
        birth_seconds: float = BIRTH_SECONDS,
    ) -> None:
        self.ring: Callable[[], None] = lambda: None
        self._context = context
        self._topics = topics
        self._clock = clock
        self._birth_seconds = birth_seconds
        self._origin = Origin(version("sekisho"), f"{context.settings.public_url}/doors")
        self._site: Site | None = None
        self._places: tuple[Place, ...] = ()
        self._software: dict[str, str] = {}
        self._announced: dict[str, bytes] = {}
        self._held: dict[str, bytes] = {}
        self._found: dict[str, bytes] = {}
        self._ready: deque[Publication] = deque()
        self._again = self._born = False
        self._repeated = float("-inf")
        self._lock = threading.Lock()
        self._woken = threading.Event()

    @property
    def filters(self) -> tuple[str, ...]:
        """What the connection is to subscribe: the birth, and what the broker still holds of ours."""
        return self._topics.birth, self._topics.config_filter

    def is_for(self, topic: str) -> bool:
        """Tell whether a message is Home Assistant's affair and no device's."""
        return not topic.startswith("sekisho/")

    def note(self, notice: Notice) -> None:
        """Take in what was committed."""
        if notice.kind in ABOUT_DOORS:
            self._woken.set()

    def hear(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """Take in a message; what it is not for is nothing."""
        with self._lock:
            if topic == self._topics.birth:
                self._born |= payload == b"online" and not retained
            elif retained and payload and self._topics.is_config(topic):
                self._found[topic] = payload
        self._woken.set()

    def restart(self) -> None:
        """Say everything again: the broker may have forgotten."""
        with self._lock:
            self._ready.clear()
            self._again = True
        self._woken.set()

    @property
    def has_ready(self) -> bool:
        """Tell whether ``take`` would give something."""
        return bool(self._ready)

    def take(self, most: int) -> list[Publication]:
        """Give what is to be published now, retained, at most so many."""
        with self._lock:
            taken = [self._ready.popleft() for _ in range(min(most, len(self._ready)))]
            for topic, payload in taken:
                if payload:
                    self._held[topic] = payload
                else:
                    self._held.pop(topic, None)
            if taken and not self._ready:
                self._woken.set()
        return taken

    def run(self, stop: threading.Event) -> None:
        """Look until ``stop`` is set; a database that is away is waited for."""
        while not stop.is_set():
            self._woken.wait(LOOK_SECONDS)
            self._woken.clear()
            try:
                self.look()
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("the board cannot be read now (%s)", type(error).__name__)
            stop.wait(PAUSE_SECONDS)

    def look(self) -> None:
        """Look once; while something of the last time waits to be sent, that goes first."""
        if self._ready:
            return
        wanted = self._load() if self._context.settings.home_assistant.announces else {}
        with self._lock:
            if self._ready:
                return
            self._held |= self._found
            self._found.clear()
            self._ready.extend(list_publications(self._topics, self._held, wanted, again=self._is_due_again()))
        if self._ready:
            self.ring()

    def _is_due_again(self) -> bool:
        waited = self._clock() - self._repeated >= self._birth_seconds
        again = self._again or (self._born and waited)
        if again:
            self._again = self._born = False
            self._repeated = self._clock()
        return again

    def _load(self) -> dict[str, bytes]:
        """Give what the broker is to hold, by topic."""
        context = self._context
        with context.store.reading(context.now()) as tx:
            facts = HomeFacts(list_door_facts(tx), list_reader_facts(tx), list_device_statuses(tx))
        site, software = context.site, {str(status.device_id): status.software for status in facts.statuses}
        if site is not self._site or software != self._software:
            announced = announce_site(site, self._topics, self._origin, software)
            self._announced = {topic: encode_payload(payload) for topic, payload in announced.items()}
            self._places = list_places(site, self._topics)
            self._site, self._software = site, software
        return tell_states(self._places, facts) | self._announced
