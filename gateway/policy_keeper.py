"""Keeps the published policy in line with people, cards, grants and the calendar, whoever changed them."""

import logging
import threading
from collections.abc import Callable
from datetime import date, datetime

from domain.civil import civil_minute
from gateway.operations.access.publish_policy import publish_policy
from gateway.site.description import Site
from store.failures import is_passing
from store.policy_inputs import load_inputs_revision
from store.tx import Store

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
"""A revoked card's way to the doors begins within this."""


class PolicyKeeper:
    """Publishes a version when its inputs changed or a civil day began; ``run`` blocks until stopped."""

    def __init__(self, store: Store, site: Site, now: Callable[[], datetime]) -> None:
        self._store = store
        self._site = site
        self._now = now
        self._kept: tuple[int, date] | None = None

    def run(self, stop: threading.Event) -> None:
        """Keep the policy until ``stop`` is set; a database that is away is waited for."""
        while not stop.is_set():
            try:
                self.keep()
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("the policy cannot be looked at now (%s)", type(error).__name__)
            stop.wait(LOOK_SECONDS)

    def keep(self) -> int | None:
        """Look once; gives the version that was published, or None when everything stands."""
        now = self._now()
        with self._store.reading(now) as tx:
            standing = load_inputs_revision(tx), civil_minute(now)[0]
        if standing == self._kept:
            return None
        with self._store.transaction(now) as tx:
            policy = publish_policy(tx, self._site, now=now)
        self._kept = standing
        if policy is None:
            return None
        log.info("policy %d published: %d cards", policy.version, len(policy.credentials))
        return policy.version
