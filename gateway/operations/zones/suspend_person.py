"""Say that somebody is employed and not at work for long (停職, 休職, 育児休業), and that it is over.

One person's word is enough: it takes and gives back nothing but what the days say, and each word is kept.
"""

from dataclasses import dataclass
from datetime import date

from domain.zones.rule import TEXT_MAX
from domain.zones.zone_fault import ZoneWhy, refuse_zone
from gateway.zones.tier_news import TIER_CHANGED
from store.outbox import Notice, insert_notices
from store.people import load_person
from store.suspensions import Suspension, end_suspension, insert_suspension, load_suspension
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class WishedSuspension:
    """Whom, from a day until another, both included (None: until it is ended), and why; ``id`` is the form's."""

    id: str
    person_id: str
    from_on: date
    until_on: date | None
    reason: str


def suspend_person(tx: Tx, wish: WishedSuspension, *, by: str) -> Suspension:
    """Keep it, and tell of it; the same id again gives what stands already.

    Raises:
        ZoneFaultsError: there is nobody of that number (``person_id``), it would end before it begins (``until_on``),
            or nothing is said why (``reason``).
    """
    standing = load_suspension(tx, wish.id)
    if standing is not None:
        return standing
    if load_person(tx, wish.person_id) is None:
        raise refuse_zone("person_id", ZoneWhy.unknown_person)
    if wish.until_on is not None and wish.until_on < wish.from_on:
        raise refuse_zone("until_on", ZoneWhy.ends_first)
    reason = wish.reason.strip()
    if not reason:
        raise refuse_zone("reason", ZoneWhy.no_reason)
    if len(reason) > TEXT_MAX:
        raise refuse_zone("reason", ZoneWhy.too_long, most=TEXT_MAX)
    new = Suspension(wish.id, wish.person_id, wish.from_on, wish.until_on, reason, by, tx.now)
    insert_suspension(tx, new)
    insert_notices(tx, [Notice(TIER_CHANGED, wish.person_id, "{}")])
    return new


def end_suspended(tx: Tx, suspension_id: str, *, by: str) -> Suspension:
    """Let it be over now, and tell of it.

    Raises:
        ZoneFaultsError: there is none, or somebody ended it before (``suspension_id``).
    """
    standing = load_suspension(tx, suspension_id)
    if standing is None or not end_suspension(tx, suspension_id, by=by):
        raise refuse_zone("suspension_id", ZoneWhy.moved_on)
    insert_notices(tx, [Notice(TIER_CHANGED, standing.person_id, "{}")])
    return standing
