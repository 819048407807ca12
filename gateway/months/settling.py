"""Confirms months by the rule once they are over: those in which nothing is unsettled and nobody has to click.

Who may be meant is asked of what is written down (``store.settled_months``); only their months are counted.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from domain.attendance.completeness import late_by_person, month_over_at
from domain.attendance.duty_clock import duty_today
from domain.attendance.profile import InForce
from gateway.months.checking import list_late_readers
from gateway.operations.attendance.confirm_month import confirm_settled_months
from gateway.periodic import run_periodically
from store.settled_months import list_settled
from store.tx import Store, Tx

LOOK_SECONDS = 60.0
PEOPLE_AT_ONCE = 100
"""How many persons one transaction takes: on SQLite nobody else writes meanwhile."""


class MonthSettler:
    """Confirms what is settled; ``run`` blocks until stopped. A city that wants a click of each person has none."""

    def __init__(self, store: Store, now: Callable[[], datetime], profile: InForce) -> None:
        self._store = store
        self._now = now
        self._profile = profile

    def run(self, stop: threading.Event) -> None:
        """Keep at it until ``stop`` is set; a database that is away is waited for."""
        run_periodically(lambda: self.look(stop), stop, LOOK_SECONDS, what="months that confirm themselves")

    def look(self, stop: threading.Event | None = None) -> int:
        """Confirm, of the last two months, what is settled by now; gives how many months that were."""
        number = 0
        for period in _list_periods(self._now(), self._profile):
            with self._store.reading(self._now()) as tx:
                people = find_settled(tx, period, self._profile)
            for start in range(0, len(people), PEOPLE_AT_ONCE):
                if stop is not None and stop.is_set():
                    return number
                some = people[start : start + PEOPLE_AT_ONCE]
                with self._store.transaction(self._now()) as tx:
                    number += len(confirm_settled_months(tx, some, period, self._profile))
        return number


def find_settled(tx: Tx, period: str, profile: InForce) -> list[str]:
    """Give whose months of a period that is over may confirm themselves: nothing waits, and all readers are heard.

    Raises:
        ValueError: ``period`` is no month.
    """
    over_at = month_over_at(period, profile)
    if tx.now < over_at or not (people := list_settled(tx, period, over_at)):
        return []
    late = late_by_person(list_late_readers(tx, period, profile))
    return [each for each in people if each not in late]


def _list_periods(now: datetime, profile: InForce) -> tuple[str, str]:
    first_on = duty_today(now, profile).replace(day=1)
    last_on = first_on - timedelta(days=1)
    return f"{last_on.replace(day=1) - timedelta(days=1):%Y-%m}", f"{last_on:%Y-%m}"
