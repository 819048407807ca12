"""When rooms that nobody came to keep a reservee from booking, by a facility's terms."""

from collections.abc import Iterable
from datetime import date, timedelta

from domain.facilities.booking_rules import Terms


def derive_block(terms: Terms, missed_on: Iterable[date], today: date) -> date | None:
    """Give the last day on which a reservee books nothing; None where the terms block nobody for this.

    The days count from the last no-show, so that looking again lengthens nothing.

    Args:
        terms: how many no-shows within how many days block, and for how long.
        missed_on: the days of all no-shows of the reservee in the facility.
        today: only no-shows of the ``no_show_days`` up to today count.
    """
    since = today - timedelta(days=terms.no_show_days)
    counted = [on for on in missed_on if since < on <= today]
    if terms.no_shows_to_block == 0 or len(counted) < terms.no_shows_to_block:
        return None
    last_on = max(counted) + timedelta(days=terms.block_days)
    return last_on if last_on >= today else None
