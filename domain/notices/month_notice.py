"""What becomes known of somebody's month gives people to hear: days to explain, caps, confirmations. Pure.

Everything is told by the stable words under which it is stored; a subject names it, so that a second look tells
nothing again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.notices.message import Message

DIVERGENCE_FOUND = "divergence_found"
PUNCH_MISSING = "punch_missing"
CAP_NEAR = "cap_near"
CAP_CROSSED = "cap_crossed"
HOURS_OVER_80 = "hours_over_80"
STAFF_OVER_CAP = "staff_over_cap"
TO_CONFIRM = "month_to_confirm"
LAPSED = "month_confirmation_lapsed"
SENT_BACK = "month_sent_back"
DEPARTMENT_TO_CONFIRM = "department_to_confirm"
ADJUSTMENT_WAITING = "adjustment_waiting"

_NOTICE = "notice_80h"


@dataclass(frozen=True, slots=True)
class UnsettledDay:
    """A divergence of a person's day that nobody explained yet; ``is_punch``: what is missing is a punch."""

    person_id: str
    subject: str
    on: date
    is_punch: bool


@dataclass(frozen=True, slots=True)
class CapNotice:
    """A cap on a person's month that is near or was crossed: its rule, and the overtime so far as H.MM."""

    person_id: str
    period: str
    rule: str
    overtime: str
    is_crossed: bool
    head_ids: tuple[str, ...] = ()


def derive_day_messages(days: Iterable[UnsettledDay]) -> tuple[Message, ...]:
    """Ask for each day's explanation or punch; other minutes of the same day are another thing and ask anew."""
    return tuple(
        Message(
            each.person_id,
            PUNCH_MISSING if each.is_punch else DIVERGENCE_FOUND,
            each.subject,
            f"/attendance/days/{each.on.isoformat()}",
            {"on": each.on.isoformat()},
        )
        for each in days
    )


def derive_cap_messages(notice: CapNotice) -> tuple[Message, ...]:
    """Tell the person of a cap once when it is near and once when it was crossed; of a crossed one the heads, too.

    Beyond 80 hours the person is told by law (安衛則52の7の3), and what to ask for.
    """
    link, subject = f"/months/{notice.period}", f"{notice.period}/{notice.rule}"
    filling = {"period": notice.period, "overtime": notice.overtime}
    if not notice.is_crossed:
        return (Message(notice.person_id, CAP_NEAR, subject, link, filling),)
    kind = HOURS_OVER_80 if notice.rule == _NOTICE else CAP_CROSSED
    own = Message(notice.person_id, kind, subject, link, filling)
    of_staff = f"{subject}/{notice.person_id}"
    heads = sorted(set(notice.head_ids) - {notice.person_id})
    told = {"period": notice.period}
    return (own, *(Message(each, STAFF_OVER_CAP, of_staff, "/attendance/overtime", told) for each in heads))


def lapsed_message(person_id: str, period: str, counted_hash: str) -> Message:
    """Tell somebody that the month changed after he confirmed it; ``counted_hash`` names what it is now."""
    return Message(person_id, LAPSED, f"{period}/{counted_hash}", f"/months/{period}", {"period": period})


def sent_back_message(person_id: str, period: str, told_at: str, reason: str) -> Message:
    """Tell somebody that his confirmation was sent back, and why; ``told_at`` is the instant (ISO)."""
    filling = {"period": period, "note": reason}
    return Message(person_id, SENT_BACK, f"{period}/{told_at}", f"/months/{period}", filling)


def to_confirm_message(person_id: str, period: str) -> Message:
    """Ask somebody, once, to confirm a month that is over."""
    return Message(person_id, TO_CONFIRM, period, f"/months/{period}", {"period": period})


def department_message(head_id: str, period: str, on: date, count: int) -> Message:
    """Tell a head on a day how many months wait for the head's confirmation."""
    filling = {"period": period, "count": str(count)}
    link = f"/attendance/department?period={period}"
    return Message(head_id, DEPARTMENT_TO_CONFIRM, f"{period}/{on.isoformat()}", link, filling)


def adjustments_message(person_id: str, period: str, on: date, count: int) -> Message:
    """Tell one of HR on a day how many corrections of a closed month wait for a second person's agreement."""
    filling = {"period": period, "count": str(count)}
    link = f"/attendance/adjustments?period={period}"
    return Message(person_id, ADJUSTMENT_WAITING, f"{period}/{on.isoformat()}", link, filling)
