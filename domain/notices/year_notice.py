"""Caps over a year or several months: who hears that one is near or was crossed, and what is ahead. Pure."""

from dataclasses import dataclass

from domain.notices.message import Message

YEAR_CAP_NEAR = "year_cap_near"
YEAR_CAP_CROSSED = "year_cap_crossed"
AVERAGE_NEAR = "average_near"
AVERAGE_CROSSED = "average_crossed"
MONTHS_OVER_NEAR = "months_over_near"
MONTHS_OVER_CROSSED = "months_over_crossed"
STAFF_OVER_YEAR_CAP = "staff_over_year_cap"

NOT_FORESEEN = "not_foreseen"
"""In place of when a cap will be crossed: it will not, as far as is known."""

_KINDS = {
    "average_80h": (AVERAGE_NEAR, AVERAGE_CROSSED),
    "months_over_45h": (MONTHS_OVER_NEAR, MONTHS_OVER_CROSSED),
}
"""The kinds of message of a rule that is said in words of its own."""


@dataclass(frozen=True, slots=True)
class YearCapNotice:
    """A cap of a person's year that is near or was crossed.

    ``scope`` is the year or the month that the cap is about, ``period`` the month that was counted last; ``used`` and
    ``limit`` are as they are shown. ``crossed_at`` is the civil minute (``2025-11-18 21:30``), empty while it is only
    near; ``foreseen`` when it will be, or :data:`NOT_FORESEEN`.
    """

    person_id: str
    rule: str
    scope: str
    period: str
    used: str
    limit: str
    crossed_at: str = ""
    foreseen: str = NOT_FORESEEN
    head_ids: tuple[str, ...] = ()


def derive_year_messages(notice: YearCapNotice) -> tuple[Message, ...]:
    """Tell the person once when the cap is near and once when it was crossed; of a crossed one the heads, unnamed."""
    near, crossed = _KINDS.get(notice.rule, (YEAR_CAP_NEAR, YEAR_CAP_CROSSED))
    subject, link = f"{notice.scope}/{notice.rule}", f"/months/{notice.period}/caps"
    filling = {"period": notice.period, "rule": notice.rule, "overtime": notice.used, "limit": notice.limit}
    if not notice.crossed_at:
        return (Message(notice.person_id, near, subject, link, {**filling, "forecast": notice.foreseen}),)
    told = {"period": notice.period, "rule": notice.rule, "on": notice.crossed_at}
    heads = sorted(set(notice.head_ids) - {notice.person_id})
    of_staff = f"{subject}/{notice.person_id}"
    return (
        Message(notice.person_id, crossed, subject, link, {**filling, "on": notice.crossed_at}),
        *(Message(each, STAFF_OVER_YEAR_CAP, of_staff, "/attendance/overtime", told) for each in heads),
    )
