"""What every page says of the site's threat level at its head."""

from dataclasses import dataclass
from datetime import datetime

from domain.access.threat import ThreatLevel
from gateway.context import GatewayContext
from store.failures import is_passing
from store.threats import StoredThreat, ThreatChange, list_open_shelters, load_latest_threat, load_waiting_threat


@dataclass(frozen=True, slots=True)
class ThreatNow:
    """``standing``: None while the level is normal; ``waiting`` lacks its second person; ``shelters`` cards opened."""

    standing: StoredThreat | None
    waiting: StoredThreat | None
    shelters: tuple[ThreatChange, ...]
    now: datetime


def look_at_threat(context: GatewayContext) -> ThreatNow | None:
    """Give what is to be said now; None while the database does not answer: a page about that must be drawn, too."""
    try:
        with context.store.reading(context.now()) as tx:
            latest = load_latest_threat(tx)
            stands = latest is not None and latest.declaration.level_at(tx.now) is not ThreatLevel.normal
            shelters = tuple(list_open_shelters(tx))
            return ThreatNow(latest if stands else None, load_waiting_threat(tx), shelters, tx.now)
    except Exception as error:
        if is_passing(error):
            return None
        raise
