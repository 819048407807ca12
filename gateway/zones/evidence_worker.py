"""Makes the packs of evidence that somebody asked for, one after another, so that a page may follow it."""

import hashlib
import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.zones.my_number import MyNumberError
from gateway.faults import describe_fault
from gateway.periodic import run_periodically
from gateway.site.description import Site
from gateway.zones.evidence import build_pack
from store.evidence_packs import Pack, claim_pack, forget_packs, save_pack_failed, save_pack_made
from store.failures import is_passing
from store.tx import Store

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
ABANDONED = timedelta(minutes=15)
"""A maker that gave no sign for so long is gone; a year takes minutes."""

ATTEMPTS_MAX = 3
KEPT = timedelta(days=30)
"""So long a pack can be fetched; the same can be asked for again."""

BROKEN = "broken"
"""The fault of a pack that cannot be made for a reason of ours; else a fault is the place of what may not leave."""


class EvidenceWorker:
    """Makes packs; ``run`` blocks until stopped.

    Args:
        store: where everything stands.
        now: the clock.
        site: gives the description that holds.
        key: the gateway's, to sign with.
    """

    def __init__(
        self, store: Store, now: Callable[[], datetime], *, site: Callable[[], Site], key: Ed25519PrivateKey
    ) -> None:
        self._store = store
        self._now = now
        self._site = site
        self._key = key

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database that is away is waited for."""
        run_periodically(self.look, stop, LOOK_SECONDS, what="packs of evidence")

    def look(self) -> int:
        """Make the packs that wait; gives how many."""
        number = 0
        while True:
            with self._store.transaction(self._now()) as tx:
                forget_packs(tx, tx.now - KEPT)
                claimed = claim_pack(tx, stale_before=tx.now - ABANDONED)
            if claimed is None:
                return number
            self._make(claimed)
            number += 1

    def _make(self, claimed: Pack) -> None:
        content, fault = b"", BROKEN
        if claimed.attempt <= ATTEMPTS_MAX:
            try:
                with self._store.reading(self._now()) as tx:
                    content = build_pack(tx, self._site(), claimed, self._key)
            except MyNumberError as error:
                fault = error.place
            except Exception as error:
                if is_passing(error):
                    raise
                log.error("a pack of evidence cannot be made: %s", describe_fault(error))  # noqa: TRY400
        with self._store.transaction(self._now()) as tx:
            if content:
                save_pack_made(tx, claimed, content, hashlib.sha256(content).hexdigest())
            else:
                save_pack_failed(tx, claimed, fault)
