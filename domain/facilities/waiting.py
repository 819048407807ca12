"""The waiting list (キャンセル待ち): what is free again is offered in the order of asking, each time until a deadline.

waiting 待ち → offered 案内中 → taken 予約済; lapsed 期限切れ, declined 辞退, withdrawn 取下げ, over 終了 end it. An
offer is a tentative reservation, so that nobody else can have the place meanwhile.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from domain.facilities.booking import Wish

OFFER_HOURS = 24
"""So long an offer stands where nothing else is said."""

WAITING_MOST = 10
"""On so many lists one reservee waits at once."""


class WaitingState(StrEnum):
    """Where somebody on the list stands."""

    waiting = "waiting"
    offered = "offered"
    taken = "taken"
    lapsed = "lapsed"
    declined = "declined"
    withdrawn = "withdrawn"
    over = "over"


LEADS_TO: Mapping[WaitingState, frozenset[WaitingState]] = MappingProxyType(
    {
        WaitingState.waiting: frozenset({WaitingState.offered, WaitingState.withdrawn, WaitingState.over}),
        WaitingState.offered: frozenset({WaitingState.taken, WaitingState.lapsed, WaitingState.declined}),
    }
)
"""Nothing leads out of the others; whoever let an offer lapse asks anew, behind the rest."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for what a wish names."""

    id: str
    wish: Wish
    asked_at: datetime
    state: WaitingState = WaitingState.waiting


@dataclass(frozen=True, slots=True)
class Offer:
    """A place that is kept for one who waited, as a tentative reservation; it stands until ``expires_at``."""

    id: str
    waiting_id: str
    reservation_id: str
    offered_at: datetime
    expires_at: datetime
    outcome: WaitingState = WaitingState.offered
    ended_at: datetime | None = None


def order_waiting(entries: Iterable[Waiting]) -> list[Waiting]:
    """Give those who still wait, in the order in which they asked."""
    return sorted(
        (each for each in entries if each.state is WaitingState.waiting), key=lambda each: (each.asked_at, each.id)
    )


def derive_offer_end(now: datetime, from_at: datetime, *, hours: int = OFFER_HOURS) -> datetime:
    """Give the instant at which an offer lapses: never after the use begins."""
    return min(from_at, now + timedelta(hours=hours))
