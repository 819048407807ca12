"""休暇: what is left of one's own leave and until when, what was taken, what waits, and the way to ask for a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from domain.attendance.leave_kinds import LeaveKind
from domain.attendance.leave_minutes import to_amount
from domain.attendance.shift import DayKind
from domain.civil import civil_minute
from gateway.pages.access.rights import Right
from gateway.pages.attendance.leave_record import load_leave_record
from gateway.pages.attendance.leave_view import PICTURE_WIDTH, derive_leave
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.requests.choice_words import tell_amount
from gateway.pages.words import Language
from store.people import load_person

router = APIRouter()

LeaveYear = Annotated[int | None, Query(ge=2000, le=2200)]


@router.get("/attendance/leave")
def get_leave(visit: Visitor, year: LeaveYear = None) -> Response:
    """Show the own leave; lead an account of no person to the department's list."""
    person_id = visit.signed_in.person_id
    if not person_id:
        if visit.may(Right.all_months):
            return see_other("/attendance/leave/department")
        raise HTTPException(HTTPStatus.NOT_FOUND)
    context = visit.pages.context
    today = civil_minute(context.now())[0]
    chosen = year or today.year
    with context.store.reading(context.now()) as tx:
        person = load_person(tx, person_id)
        if person is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        record = load_leave_record(tx, person, context.rules, today=today, year=chosen)
    words = words_of_leave(visit, record.day_minutes)
    return visit.render(
        "attendance/leave.html",
        view=derive_leave(record, context.rules.leave_kinds, context.rules.profile_on(today), today=today, year=chosen),
        asked=record.asked,
        has_terms=record.terms is not None,
        year=chosen,
        today=today,
        proposed=_next_working_day(visit, today),
        leads=visit.may(Right.department_months) or visit.may(Right.all_months),
        amount=words.amount,
        title=words.title,
        picture_width=PICTURE_WIDTH,
    )


@dataclass(frozen=True, slots=True)
class LeaveWords:
    """What pages about a person's leave say amounts and kinds with."""

    phrases: Phrases
    kinds: Mapping[str, LeaveKind]
    day_minutes: int

    def amount(self, minutes: int) -> str:
        """Say minutes as days, hours and minutes of the person's day."""
        return tell_amount(to_amount(max(0, minutes), self.day_minutes), self.phrases)

    def title(self, kind_id: str) -> str:
        """Say a kind; one that the city no longer has by its id."""
        kind = self.kinds.get(kind_id)
        return kind_id if kind is None else tell_kind(kind, self.phrases)


def tell_kind(kind: LeaveKind, phrases: Phrases) -> str:
    """Say a kind of leave."""
    return kind.title if phrases.language is Language.ja else f"{kind.title_en[:1].upper()}{kind.title_en[1:]}"


def words_of_leave(visit: Visit, day_minutes: int) -> LeaveWords:
    """Give the words for a visitor's language and a person's day."""
    return LeaveWords(visit.phrases, visit.pages.context.rules.leave_kinds, day_minutes)


def _next_working_day(visit: Visit, today: date) -> date:
    """Propose the next day on which the usual week has work."""
    week = visit.pages.context.rules.profile_on(today).week
    days = (today + timedelta(days=each) for each in range(1, 8))
    return next((on for on in days if week[on.weekday()].kind is DayKind.work), today)
