"""The sheet that one duty officer (宿日直) hands to the next: what is out, due, overdue, and how the cabinets stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.keys.count import KeyCount
from domain.keys.custody import Custody, CustodyState
from domain.keys.due import is_overdue, list_due_soon, list_overdue

DUE_WITHIN = timedelta(hours=24)
"""What falls due within this belongs on the sheet as due: one duty and the office day after it."""


@dataclass(frozen=True, slots=True)
class CabinetLine:
    """A cabinet: how many copies hang in it, and the count that is open, if one is."""

    cabinet_id: str
    copies: int
    open_count: str | None


@dataclass(frozen=True, slots=True)
class HandoverSheet:
    """What is handed over, as it was at ``drawn_at``; copies by id, those due by their time, the rest in order."""

    drawn_at: datetime
    overdue: tuple[Custody, ...]
    due: tuple[Custody, ...]
    out: tuple[Custody, ...]
    lost: tuple[str, ...]
    cabinets: tuple[CabinetLine, ...]


def draw_sheet(custodies: Iterable[Custody], counts: Iterable[KeyCount], now: datetime) -> HandoverSheet:
    """Draw the sheet of now.

    Args:
        custodies: every copy.
        counts: the counts that are open.
        now: the instant that it speaks of.
    """
    known = sorted(custodies, key=lambda each: each.copy_id)
    due = list_due_soon(known, now, DUE_WITHIN)
    later = [each for each in known if each.state is CustodyState.out and each not in due and not is_overdue(each, now)]
    open_of = {each.cabinet_id: each.id for each in counts if each.closed_at is None}
    hanging: dict[str, int] = dict.fromkeys(open_of, 0)
    for each in known:
        if each.place is not None:
            hanging[each.place.cabinet_id] = hanging.get(each.place.cabinet_id, 0) + 1
    return HandoverSheet(
        now,
        tuple(list_overdue(known, now)),
        tuple(due),
        tuple(later),
        tuple(each.copy_id for each in known if each.state is CustodyState.lost),
        tuple(CabinetLine(id_, hanging[id_], open_of.get(id_)) for id_ in sorted(hanging)),
    )
