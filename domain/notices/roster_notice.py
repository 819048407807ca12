"""A roster that was changed (勤務割の変更), and somebody named to decide for a head (代決者): who hears of it. Pure."""

from dataclasses import dataclass
from datetime import date

from domain.notices.message import Message

ROSTER_CHANGED = "roster_changed"
STAND_IN_NAMED = "stand_in_named"
STAND_IN_ENDED = "stand_in_ended"

BY_FILE, BY_OFFICE = "file", "office"
"""In place of a name: a file of HR's planned it, or an account that is nobody's."""


@dataclass(frozen=True, slots=True)
class RosterNotice:
    """One planning act on a person's days that are not over: ``days`` are those that changed, in order, at least one.

    ``planner`` is who did it, by name or one of the words above; ``by`` that person's id, empty for nobody. ``told_at``
    is the instant of the act (ISO).
    """

    person_id: str
    days: tuple[date, ...]
    told_at: str
    planner: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class StandInNotice:
    """A head's word that somebody decides in the head's place from a day to another; ``is_over``: it was ended."""

    stand_in_id: int
    delegate_id: str
    head: str
    from_on: date
    until_on: date
    is_over: bool = False


def derive_roster_messages(notice: RosterNotice) -> tuple[Message, ...]:
    """Tell the person once of an act; nobody is told of what he planned himself."""
    if notice.person_id == notice.by:
        return ()
    first_on = notice.days[0].isoformat()
    filling = {"on": first_on, "count": str(len(notice.days)), "planner": notice.planner}
    subject = f"{first_on}/{notice.told_at}"
    return (Message(notice.person_id, ROSTER_CHANGED, subject, f"/attendance/days/{first_on}", filling),)


def stand_in_message(notice: StandInNotice) -> Message:
    """Tell somebody that a head named him, or that this ended before its time."""
    kind = STAND_IN_ENDED if notice.is_over else STAND_IN_NAMED
    days = f"{notice.from_on.isoformat()} – {notice.until_on.isoformat()}"
    filling = {"on": days, "note": notice.head}
    return Message(notice.delegate_id, kind, str(notice.stand_in_id), "/attendance/inbox", filling)
