"""The second person of a two-person rule: another account than the one that asked, soon, and with a name."""

from datetime import datetime, timedelta
from enum import StrEnum

CONFIRM_WITHIN = timedelta(minutes=2)
"""What nobody confirms in this time is over; whoever still wants it asks anew."""

NAME_LENGTH_MAX = 80


class SecondPersonFault(StrEnum):
    """Why somebody's word does not confirm what a colleague asked for."""

    no_name = "no_name"
    too_long = "too_long"
    own_word = "own_word"  # the account that asked
    too_late = "too_late"


def find_second_person_fault(
    *, asked_by: str, confirm_by_at: datetime, by: str, name: str, now: datetime
) -> SecondPersonFault | None:
    """Tell why an account does not confirm; None when it does.

    Args:
        asked_by: the account that asked.
        confirm_by_at: no longer inside.
        by: the account that confirms.
        name: the person behind it.
        now: when it does.
    """
    if not name:
        return SecondPersonFault.no_name
    if len(name) > NAME_LENGTH_MAX:
        return SecondPersonFault.too_long
    if by == asked_by:
        return SecondPersonFault.own_word
    return None if now < confirm_by_at else SecondPersonFault.too_late
