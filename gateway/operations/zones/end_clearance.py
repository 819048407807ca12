"""End a clearance for a network tier before its time: by a word of one person, or because its holder moved or left."""

from enum import StrEnum

from domain.civil import civil_minute
from domain.zones.rule import TEXT_MAX
from domain.zones.zone_fault import ZoneWhy, refuse_zone
from gateway.zones.tier_news import TIER_CHANGED
from store.outbox import Notice, insert_notices
from store.tier_clearances import Clearance, end_clearance, list_unfounded_clearances, load_clearance
from store.tx import Tx


class EndedBy(StrEnum):
    """Why a clearance ended that nobody ended by a word: what it was given for is over."""

    moved = "moved"
    left = "left"


def end_clearance_early(tx: Tx, clearance_id: str, *, by: str, reason: str) -> Clearance:
    """End a clearance now; its holder is decided again.

    Args:
        tx: the transaction; everything in it happens at its ``now``.
        clearance_id: which one.
        by: the login of whoever ends it.
        reason: why.

    Raises:
        LookupError: there is none of that id.
        ZoneFaultsError: nothing is said why (``reason``), or it is over already (``clearance``).
    """
    standing = load_clearance(tx, clearance_id)
    if standing is None:
        raise LookupError(clearance_id)
    if not reason.strip():
        raise refuse_zone("reason", ZoneWhy.no_reason)
    if len(reason.strip()) > TEXT_MAX:
        raise refuse_zone("reason", ZoneWhy.too_long, most=TEXT_MAX)
    if not end_clearance(tx, clearance_id, by=by, reason=reason.strip()):
        raise refuse_zone("clearance", ZoneWhy.moved_on)
    insert_notices(tx, [Notice(TIER_CHANGED, standing.person_id, "{}")])
    return standing


def end_unfounded_clearances(tx: Tx) -> int:
    """End what outlived its ground: the holder belongs to another department now, or left; gives how many that were.

    However a transfer came about (the page, HR's file, a board of posts): it counts from when the person's master says
    so. What the holder needs in the new department is asked for anew.
    """
    unfounded = list_unfounded_clearances(tx, civil_minute(tx.now)[0])
    for each, has_left in unfounded:
        end_clearance(tx, each.id, by="", reason=(EndedBy.left if has_left else EndedBy.moved).value)
    insert_notices(tx, [Notice(TIER_CHANGED, who, "{}") for who in sorted({each.person_id for each, _ in unfounded})])
    return len(unfounded)
