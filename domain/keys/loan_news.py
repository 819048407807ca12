"""Who is told what of a key that is out, and when: soon due, late, late still, taken home, kept over night. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.civil import JST, civil_minute
from domain.keys.due import is_long

REMIND_BEFORE = timedelta(minutes=30)
"""So long before a key is due its holder is reminded, unless it was taken later than that."""

ESCALATE_AFTER = timedelta(minutes=30)
"""A key that is late so long is told to whoever answers for it."""


class LoanNewsKind(StrEnum):
    """What is told; each has its words as a message ``key_…``."""

    due_soon = "due_soon"
    overdue = "overdue"  # to the holder
    still_overdue = "still_overdue"  # to the custodians
    taken_home = "taken_home"  # the holder clocked out with it
    kept_overnight = "kept_overnight"
    holder_gone = "holder_gone"  # the holder's service is over


@dataclass(frozen=True, slots=True)
class LoanOut:
    """A loan of which something is out.

    ``holder_id`` is the member of staff who has it (None: a citizen, or nobody knows), ``since_at`` since when.
    ``left_at`` is when that one clocked out last and has not come back, ``has_ended`` that the last day of service is
    over; ``custodians`` answer for the key.
    """

    id: str
    lent_at: datetime
    since_at: datetime
    due_at: datetime
    holder_id: str | None = None
    left_at: datetime | None = None
    has_ended: bool = False
    custodians: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoanNews:
    """One thing to tell one person; the same kind, person and subject is told once."""

    kind: LoanNewsKind
    person_id: str
    subject: str


def derive_news(loan: LoanOut, now: datetime) -> tuple[LoanNews, ...]:
    """Give everything that is to be told of a loan by now; what was told before is told here again.

    A late key is told as late alone, and as one whose holder is gone for good. One that was approved for a month and
    longer may be taken home.
    """
    return tuple(_list_news(loan, now))


def list_subjects(loan_id: str, due_at: datetime) -> tuple[str, str]:
    """Give what news of a loan may be about: a due time of it, or the loan as such."""
    return f"{loan_id}/{due_at.astimezone(JST).isoformat(timespec='minutes')}", loan_id


def tell_holder(due_at: datetime, since_at: datetime, now: datetime) -> LoanNewsKind | None:
    """Give what whoever has a key is told of its due time by now, staff or citizen; None while there is nothing."""
    if now >= due_at:
        return LoanNewsKind.overdue
    reminded_at = due_at - REMIND_BEFORE
    return LoanNewsKind.due_soon if since_at < reminded_at <= now else None


def _list_news(loan: LoanOut, now: datetime) -> Iterator[LoanNews]:
    about_due, about_loan = list_subjects(loan.id, loan.due_at)
    holder = () if loan.holder_id is None else (loan.holder_id,)
    if (told := tell_holder(loan.due_at, loan.since_at, now)) is not None:
        yield from _tell(told, holder, about_due)
    if loan.has_ended:
        yield from _tell(LoanNewsKind.holder_gone, loan.custodians, about_loan)
    if now >= loan.due_at:
        if now >= loan.due_at + ESCALATE_AFTER:
            yield from _tell(LoanNewsKind.still_overdue, loan.custodians, about_due)
        return
    if is_long(loan.lent_at, loan.due_at):
        return
    concerned = tuple(dict.fromkeys((*holder, *loan.custodians)))
    if loan.left_at is not None and loan.left_at >= loan.since_at:
        yield from _tell(LoanNewsKind.taken_home, concerned, about_loan)
    if civil_minute(now)[0] > civil_minute(loan.since_at)[0]:
        yield from _tell(LoanNewsKind.kept_overnight, concerned, about_loan)


def _tell(kind: LoanNewsKind, persons: tuple[str, ...], subject: str) -> Iterator[LoanNews]:
    for person_id in persons:
        yield LoanNews(kind, person_id, subject)
