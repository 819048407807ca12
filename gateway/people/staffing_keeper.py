"""Carries out leavers and transfers when their day comes, with the names of those who ordered them."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from domain.civil import JST
from gateway.operations.access.end_person import end_person
from gateway.operations.access.transfer_person import carry_out
from gateway.periodic import run_periodically
from store.staffing import StaffingOrder, list_due_orders, save_order_done
from store.tx import Store, Tx

log = logging.getLogger(__name__)

LOOK_SECONDS = 30
"""Doors do not wait for this: posts, grants and last days are dated; accounts and cards follow within it."""


class StaffingKeeper:
    """Looks for orders whose day has come; ``run`` blocks until stopped."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database that is away is waited for."""
        run_periodically(self.keep, stop, LOOK_SECONDS, what="orders about people")

    def keep(self) -> int:
        """Carry out what is due; gives the number of orders."""
        now = self._now()
        with self._store.reading(now) as tx:
            if not _list_due(tx):
                return 0
        with self._store.transaction(now) as tx:
            due = _list_due(tx)
            for order in due:
                _carry_out(tx, order)
        log.info("%d leavers and transfers carried out", len(due))
        return len(due)


def _list_due(tx: Tx) -> list[StaffingOrder]:
    today = tx.now.astimezone(JST).date()
    return list_due_orders(tx, last_on=today - timedelta(days=1), first_on=today)


def _carry_out(tx: Tx, order: StaffingOrder) -> None:
    if order.kind == "transfer":
        carry_out(tx, order)
        return
    save_order_done(tx, order.id)
    end_person(tx, order.person_id, by=order.ordered_by, reason=order.reason, known=True)
