"""One order on the maker's table: what it is made of and with, and how far it is."""

from dataclasses import dataclass

from domain.attendance.paper import PaperOrder
from store.papers import ClaimedPaper, save_progress
from sync.firing import Desk


class LostPaperError(Exception):
    """Another maker took the order meanwhile: nothing of ours is kept."""


@dataclass(frozen=True, slots=True)
class PaperWork:
    """A claimed order and the desk it is made at."""

    desk: Desk
    claimed: ClaimedPaper

    @property
    def order(self) -> PaperOrder:
        """Give what was ordered."""
        return self.claimed.order

    def tell(self, done: int, parts: int) -> None:
        """Say that so many parts are made.

        Raises:
            LostPaperError: it is another maker's by now.
        """
        with self.desk.store.transaction(self.desk.now()) as tx:
            if not save_progress(tx, self.claimed, done, parts):
                raise LostPaperError
