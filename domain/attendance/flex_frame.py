"""What of a settlement period lies beyond its statutory frame (法定労働時間の総枠, 労基法32の3, L20). Pure.

Hours on which nobody had to work longer even out; so ordered minutes are those beyond, the latest first, and never more
of them than were ordered. What is beyond without an order is told as a divergence and paid by nobody's silence.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from domain.attendance.facts import Order

Piece = tuple[date, tuple[int, int, Order | None]]
"""A duty day and a run of its counted minutes, with the order that makes it count; without one it is regular work."""


def split_by_frame(pieces: Sequence[Piece], frame_minutes: int) -> Iterator[tuple[Piece, bool]]:
    """Cut the pieces of a settlement period, latest first, into what lies within the frame and what beyond (True)."""
    beyond = max(0, sum(ends - starts for _, (starts, ends, _) in pieces) - frame_minutes)
    for on, (starts, ends, order) in sorted(pieces, key=lambda piece: piece[1][:2], reverse=True):
        over = 0 if order is None else min(beyond, ends - starts)
        beyond -= over
        if over:
            yield (on, (ends - over, ends, order)), True
        if ends - over > starts:
            yield (on, (starts, ends - over, order)), False
