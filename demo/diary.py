"""A past that is lived in order: what happens at which instant, where one thing may lead to a later one."""

from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush

from store.tx import Tx

Act = Callable[[Tx], object]


class Diary:
    """What is still to happen, up to ``until``; whatever would come after that instant is left to the future.

    Args:
        until: the instant at which the past ends.
    """

    def __init__(self, until: datetime) -> None:
        self.until = until
        self._waiting: list[tuple[datetime, int, Act]] = []
        self._noted = 0

    def note(self, at: datetime, act: Act) -> None:
        """Let something happen at an instant; of one instant in the order of noting."""
        if at <= self.until:
            self._noted += 1
            heappush(self._waiting, (at, self._noted, act))

    def live(self, tx: Tx) -> None:
        """Let everything happen, each act at its own instant, all of it in one commit."""
        while self._waiting:
            at, _, act = heappop(self._waiting)
            act(Tx(tx.connection, at))
