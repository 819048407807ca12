"""Reservees of whom nothing was seen for years are forgotten; the money that they paid stays, for a time with the name.

Claims for money of a city, and against it, end after five years (地方自治法236条1項). So long the books are kept with
the payer: the years run from the end of the fiscal year. Afterwards an entry is known by its number alone.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from domain.civil import civil_minute, instant
from domain.facilities.takings import fiscal_year
from store.forgotten_reservees import find_unconfirmed, find_unseen, forget_payers, forget_reservees
from store.tx import Store, Tx

KEPT_YEARS = 5
"""What the settings say unless the city says otherwise."""
UNCONFIRMED_DAYS = 7
"""So long an address that nobody confirmed is kept, unless the city says otherwise."""
PAYER_YEARS = 5
AT_ONCE = 500
"""So many in one commit: bookings wait no longer than for these."""


@dataclass(frozen=True, slots=True)
class ForgottenReservees:
    """How many were forgotten, and how many entries have no payer's name any more."""

    reservees: int
    payers: int


def forget_unseen(store: Store, now: datetime, kept_years: int) -> ForgottenReservees:
    """Forget whoever was not seen for so many years, in several commits where they are many."""
    today = civil_minute(now)[0]
    before = years_before(now, kept_years)
    total = _forget_all(store, now, lambda tx, among: find_unseen(tx, before, today, among=among, limit=AT_ONCE))
    with store.transaction(now) as tx:
        payers = forget_payers(tx, date(fiscal_year(today) - PAYER_YEARS, 4, 1))
    return ForgottenReservees(total, payers)


def forget_unconfirmed(store: Store, now: datetime, kept_days: int) -> int:
    """Forget whoever registered alone so many days ago and never confirmed the address; gives how many."""
    before = now - timedelta(days=kept_days)
    return _forget_all(store, now, lambda tx, among: find_unconfirmed(tx, before, among=among, limit=AT_ONCE))


def years_before(now: datetime, years: int) -> datetime:
    """Give the beginning of the civil day so many years before; of 29 February the 28th."""
    today = civil_minute(now)[0]
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return instant(date(today.year - years, today.month, day), 0).astimezone(UTC)


def _forget_all(store: Store, now: datetime, find: Callable[[Tx, Collection[str]], list[str]]) -> int:
    total = 0
    while True:
        with store.transaction(now) as tx:
            held = find(tx, ())
            # Somebody may have booked while we waited for the row: what is held now is looked at once more.
            found = find(tx, held) if held else []
            forget_reservees(tx, found)
        total += len(found)
        if len(held) < AT_ONCE:
            return total
