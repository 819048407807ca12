"""What an act on a reservation gives a citizen to read by mail: one letter an act, or none. Pure.

A letter is a kind and a filling; its words are data elsewhere, and the address is looked up when it leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from domain.notices.due import Habits, due_at

QUIET = Habits(quiet_from_minute=21 * 60, quiet_until_minute=8 * 60)
"""What can wait does not ring at night."""

REMINDED = timedelta(days=1)
"""So long before a use it is called to mind."""


class LetterKind(StrEnum):
    """What a letter is about."""

    code = "code"
    received = "received"
    asked = "asked"
    permitted = "permitted"
    rejected = "rejected"
    changed = "changed"
    cancelled = "cancelled"
    revoked = "revoked"
    expired = "expired"
    offered = "offered"
    draw_won = "draw_won"
    draw_lost = "draw_lost"
    reminder = "reminder"
    key_due_soon = "key_due_soon"
    key_overdue = "key_overdue"


WITHDRAWABLE = (LetterKind.reminder, LetterKind.offered)
"""What says something about what is to come: once the reservation moves on, an unsent one would be wrong."""

_OUTCOMES: Mapping[tuple[str, str], LetterKind] = {
    ("apply", "applied"): LetterKind.received,
    ("ask", "applied"): LetterKind.asked,
    ("permit", "permitted"): LetterKind.permitted,
    ("reject", "rejected"): LetterKind.rejected,
    ("change", "applied"): LetterKind.changed,
    ("cancel", "cancelled"): LetterKind.cancelled,
    ("revoke", "cancelled"): LetterKind.revoked,
    ("expire", "expired"): LetterKind.expired,
}


@dataclass(frozen=True, slots=True)
class ReserveeLetter:
    """Written once per kind and subject; ``link`` is a path of the citizens' own pages.

    ``filling`` holds names, counts and instants (ISO 8601) by name; it is emptied once the letter has left.
    """

    reservee_id: str
    kind: LetterKind
    subject: str
    link: str
    due_at: datetime
    filling: Mapping[str, str] = field(default_factory=dict)


def choose_letter(acts: Sequence[tuple[str, str, str]], before: str | None) -> LetterKind | None:
    """Give the letter of what was done in one commit; None where there is nothing to write.

    Args:
        acts: the stored words of each act, the state that it led to and who did it, in order; the last one counts.
        before: the state before the first; None where the reservation begins.
    """
    act, state, actor = acts[-1]
    if act == "hold":
        return LetterKind.offered if actor == "clock" else None
    if before == "tentative" and act in {"cancel", "expire"}:
        return None  # it was never applied for
    return _OUTCOMES.get((act, state))


def derive_reminder_at(from_at: datetime, settled_at: datetime, now: datetime) -> datetime | None:
    """Give the instant at which a reminder of a use may leave; None while, or where, there is none.

    Args:
        from_at: when the use begins.
        settled_at: when the reservation came to stand as it does; whoever was written to within a day needs none.
        now: the instant.
    """
    if not from_at - REMINDED <= now < from_at or settled_at > from_at - REMINDED:
        return None
    leaves_at = due_at(now, QUIET)
    return leaves_at if leaves_at < from_at else now
