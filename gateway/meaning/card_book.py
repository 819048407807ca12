"""What the centre knows of tapped cards beyond the tap's policy: whose they were then, and which are looked for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contract.records import TapObserved
from domain.access.card_life import WANTED
from domain.access.policy import Credential
from store.card_lives import WantedCard, list_wanted_cards
from store.holdings import find_holders
from store.tx import Tx

LOST_CARD_TAPPED = "lost_card_tapped"
STOLEN_CARD_TAPPED = "stolen_card_tapped"
"""Alarms about a card that somebody looks for; their subject is the access point."""

_ALARMS = {"lost": LOST_CARD_TAPPED, "stolen": STOLEN_CARD_TAPPED}


@dataclass(frozen=True, slots=True)
class CardBook:
    """The cards of one set of taps. ``holders`` are those of taps whose policy's version is unknown here."""

    holders: Mapping[tuple[str, datetime], str] = field(default_factory=dict)
    wanted: Mapping[str, WantedCard] = field(default_factory=dict)

    def person(self, holder: Credential | None, tap: TapObserved) -> str | None:
        """Give whose card it was: as the policy of the tap says, or else the history of its holders."""
        return holder.person if holder is not None else self.holders.get((tap.credential, tap.at))

    def alarm(self, holder: Credential | None, tap: TapObserved) -> str | None:
        """Give the alarm of a tap with a card that was looked for then: by that policy, or as was said meanwhile."""
        if holder is not None and holder.status in WANTED:
            return _ALARMS[holder.status.value]
        found = self.wanted.get(tap.credential)
        if found is None or (found.since_at is not None and tap.at < found.since_at):
            return None
        return _ALARMS[found.status]


def load_card_book(tx: Tx, taps: Collection[TapObserved], versions: Collection[int]) -> CardBook:
    """Look the taps' cards up; ``versions`` are those of the policies at hand."""
    unknown = {(tap.credential, tap.at) for tap in taps if tap.policy_version not in versions}
    return CardBook(
        find_holders(tx, unknown) if unknown else {}, list_wanted_cards(tx, {tap.credential for tap in taps})
    )
