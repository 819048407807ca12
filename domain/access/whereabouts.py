"""How sure it is that somebody is still where the doors last saw them. Pure: the instant is given.

Doors say who went in. They cannot say who was led out by a colleague's card, left by an emergency exit, or held a card
to a reader and turned around where no contact watches the door. So a place is a statement with an age.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from domain.civil import duty_day

LONG = timedelta(hours=4)
"""After so long without any record it is doubted that somebody is still there."""

DATE_CHANGE_MINUTES = 4 * 60
"""Minutes from midnight at which a day at work ends: whoever came before is not expected to be in still."""


class Doubt(StrEnum):
    """Why a place may be wrong, the strongest doubt first."""

    earlier_day = "earlier_day"  # came on an earlier day, no exit since
    long_ago = "long_ago"  # no record for LONG
    unwatched = "unwatched"  # nothing watches whether that door was used
    no_record = "no_record"  # known to be here from the desk alone
    told = "told"  # a person said so
    none = "none"


def doubt_place(since_at: datetime, now: datetime, *, watched: bool, told: bool) -> Doubt:
    """Give the strongest doubt about a place where somebody is since an instant.

    Args:
        since_at: when the door, or a person, said so.
        now: the instant that asks.
        watched: the door has a contact, so that the entry is proven.
        told: a person corrected the place; no door was asked.
    """
    days = [duty_day(at, date_change_minutes=DATE_CHANGE_MINUTES) for at in (since_at, now)]
    if days[0] != days[1]:
        return Doubt.earlier_day
    if now - since_at >= LONG:
        return Doubt.long_ago
    if told:
        return Doubt.told
    return Doubt.none if watched else Doubt.unwatched
