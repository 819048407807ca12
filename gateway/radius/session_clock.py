"""When a session is to be looked at again because of time alone: at the first instant at which it would be refused."""

import heapq
from collections.abc import Mapping
from datetime import datetime


class SessionClock:
    """Remembers an instant of each session; it belongs to one thread."""

    def __init__(self) -> None:
        self._ends: dict[str, datetime] = {}
        self._order: list[tuple[datetime, str]] = []

    def __len__(self) -> int:
        return len(self._ends)

    def note(self, ends: Mapping[str, datetime | None]) -> None:
        """Remember when sessions are due, each in place of what was known of it; None: not by time alone."""
        for id_, at in ends.items():
            if at is None:
                self._ends.pop(id_, None)
            elif self._ends.get(id_) != at:
                self._ends[id_] = at
                heapq.heappush(self._order, (at, id_))
        if len(self._order) > 2 * len(self._ends) + 100:  # what was put off again and again is forgotten
            self._order = [(at, id_) for id_, at in self._ends.items()]
            heapq.heapify(self._order)

    def next_at(self) -> datetime | None:
        """Give the next instant at which a session is due; None: none is."""
        while self._order and self._ends.get(self._order[0][1]) != self._order[0][0]:
            heapq.heappop(self._order)
        return self._order[0][0] if self._order else None

    def take_due(self, now: datetime) -> frozenset[str]:
        """Give the sessions that are due, and forget their instants."""
        due: set[str] = set()
        while (at := self.next_at()) is not None and at <= now:
            id_ = heapq.heappop(self._order)[1]
            del self._ends[id_]
            due.add(id_)
        return frozenset(due)
