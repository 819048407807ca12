"""The timer of roll-outs: steps the one that is running, and says when another description of the site holds."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from gateway.operations.access.advance_rollout import advance_rollout
from gateway.operations.access.propose_revision import settle_first
from gateway.periodic import run_periodically
from gateway.rollouts.revisions import Revision, load_any_revision
from gateway.site.description import Site
from store.alarms import Alarm, insert_alarms
from store.rollouts import load_live_rollout, load_settled_rollout
from store.tx import Store, Tx

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
DETAIL_MAX = 500
"""So much of what is wrong with a description stands in its alarm."""


class RolloutKeeper:
    """Steps the running roll-out; ``run`` blocks until stopped.

    Args:
        store: where roll-outs are.
        first: the description of the settings; it is settled if none is yet.
        now: the clock.
        committed: called after each step that moved something.
        settled: is given the site whenever another description holds than before.
    """

    def __init__(
        self,
        store: Store,
        first: Revision,
        now: Callable[[], datetime],
        *,
        committed: Callable[[], None] = lambda: None,
        settled: Callable[[Site], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._first = first
        self._now = now
        self._committed = committed
        self._settled = settled
        self._holds = ""
        self._looked_at: set[str] = set()

    def run(self, stop: threading.Event) -> None:
        """Look until ``stop`` is set; a database that is away is waited for."""
        run_periodically(self.look, stop, LOOK_SECONDS, what="the roll-out")

    def look(self) -> None:
        """Look once."""
        with self._store.reading(self._now()) as tx:
            revision, live = self._load_settled(tx), load_live_rollout(tx)
        if live is not None:
            self._require_readable(live.proposal.revision_id)
        if revision is None or live is not None:
            with self._store.transaction(self._now()) as tx:
                if revision is None:
                    settle_first(tx, self._first, by="gateway")
                moved = advance_rollout(tx)
                revision = self._load_settled(tx)
            if moved is not None:
                self._committed()
        if revision is not None:
            self._require_readable(revision.id)
        if revision is not None and revision.id != self._holds:
            if not self._holds and revision.id != self._first.id:
                log.warning(
                    "the site's file is not what holds (%s): sekisho config apply would let it go out", revision.id
                )
            self._holds = revision.id
            self._settled(revision.site)

    def _load_settled(self, tx: Tx) -> Revision | None:
        done = load_settled_rollout(tx)
        return None if done is None else load_any_revision(tx, done.proposal.revision_id, self._first)

    def _require_readable(self, revision: str) -> None:
        """Say loudly, once, that a description which holds or goes out cannot be read."""
        if revision in self._looked_at:
            return
        self._looked_at.add(revision)
        with self._store.reading(self._now()) as tx:
            unread = load_any_revision(tx, revision, self._first).unread
        if unread:
            log.critical("description %s cannot be read by this software: %s", revision, unread)
            with self._store.transaction(self._now()) as tx:
                insert_alarms(tx, [Alarm("description_unreadable", "site", f"{revision}: {unread}"[:DETAIL_MAX])])
