"""What every page says at its head: the site's threat level, and what waits for a second person."""

from dataclasses import dataclass
from datetime import datetime

from domain.access.second_person import CONFIRM_WITHIN
from domain.access.threat import ThreatLevel
from gateway.context import GatewayContext
from store.failures import is_passing
from store.proposals import DoorProposal, list_unconfirmed
from store.threats import StoredThreat, ThreatChange, list_open_shelters, load_latest_threat, load_waiting_threat

PROPOSALS_MAX = 20
"""So many of what waits are told at a page's head; all stand among the commands."""


@dataclass(frozen=True, slots=True)
class ThreatNow:
    """``standing``: None while the level is normal; ``waiting`` lacks its second person; ``shelters`` cards opened.

    ``proposals`` are what was asked of doors and lacks its second person.
    """

    standing: StoredThreat | None
    waiting: StoredThreat | None
    shelters: tuple[ThreatChange, ...]
    proposals: tuple[DoorProposal, ...]
    now: datetime


def look_at_threat(context: GatewayContext) -> ThreatNow | None:
    """Give what is to be said now; None while the database does not answer: a page about that must be drawn, too."""
    try:
        with context.store.reading(context.now()) as tx:
            latest = load_latest_threat(tx)
            stands = latest is not None and latest.declaration.level_at(tx.now) is not ThreatLevel.normal
            shelters = tuple(list_open_shelters(tx))
            asked = list_unconfirmed(tx, tx.now - CONFIRM_WITHIN, limit=PROPOSALS_MAX)
            waiting = tuple(each for each in asked if each.waits(tx.now))
            return ThreatNow(latest if stands else None, load_waiting_threat(tx), shelters, waiting, tx.now)
    except Exception as error:
        if is_passing(error):
            return None
        raise
