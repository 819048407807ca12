"""休暇簿: a person's balances and every grant behind them; HR puts them right and says what grants to come follow."""

from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from domain.attendance.leave_grants import WEEK_DAYS, LeaveTerms, full_day_minutes
from domain.attendance.shift_text import parse_clock_minute
from domain.civil import civil_minute, format_clock
from gateway.operations.attendance.correct_leave import (
    FIELDS,
    REASON_MAX,
    LeaveBookFaultsError,
    LeaveCorrection,
    correct_leave,
    keep_leave_terms,
)
from gateway.pages.access.rights import Right
from gateway.pages.access.roles import may_see_month
from gateway.pages.attendance.leave import LeaveYear, words_of_leave
from gateway.pages.attendance.leave_record import list_book, load_leave_record
from gateway.pages.attendance.leave_view import PICTURE_WIDTH, derive_leave
from gateway.pages.drawing.dates import DATE_PATTERN, read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from store.directory import load_directory_line
from store.people import load_person

router = APIRouter()

FORM_ID = r"^[0-9a-f]{16}$"
DAYS_MAX = 400
_Date = Annotated[str, Field(pattern=DATE_PATTERN)]
_Short = Annotated[str, Field(max_length=20)]


class EnteredCorrection(BaseModel):
    """A correction as it was sent; ``sign`` is ``more`` or ``less``, ``hours`` are ``3:45``."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(pattern=FORM_ID)] = "0" * 16
    kind: Annotated[str, Field(max_length=40)] = ""
    sign: Annotated[str, Field(pattern="^(more|less)$")] = "more"
    days: _Short = ""
    hours: _Short = ""
    from_on: _Date = ""
    until_on: _Date = ""
    reason: Annotated[str, Field(max_length=1000)] = ""


class EnteredTerms(BaseModel):
    """Terms as they were sent; ``day`` is the length of the person's day, ``7:45``."""

    model_config = ConfigDict(frozen=True)

    scheme: Annotated[str, Field(max_length=40)] = ""
    serves_from_on: _Date = ""
    week_days: _Short = ""
    day: _Short = ""
    terms_from_on: _Date = ""


@router.get("/attendance/leave/people/{person_id}")
def get_book(visit: Visitor, person_id: str, year: LeaveYear = None) -> Response:
    """Show somebody's leave book to whoever may see the month."""
    return show_book(visit, person_id, year=year)


@router.post("/attendance/leave/people/{person_id}/corrections")
def post_correction(visit: Visitor, person_id: str, entered: Annotated[EnteredCorrection, Form()]) -> Response:
    """Give minutes more, or fewer."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            person = load_person(tx, person_id)
            if person is None:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            today = civil_minute(tx.now)[0]
            day = load_leave_record(tx, person, context.rules, today=today, year=today.year).day_minutes
            asked = LeaveCorrection(
                entered.id,
                person_id,
                entered.kind,
                read_minutes(entered.sign, entered.days, entered.hours, day),
                read_date(entered.from_on),
                read_date(entered.until_on),
                entered.reason,
            )
            correct_leave(tx, asked, context.rules.leave_kinds, by=visit.signed_in.login)
    except LeaveBookFaultsError as error:
        return show_book(visit, person_id, correction=entered, refused=error)
    return see_other(f"/attendance/leave/people/{person_id}")


@router.post("/attendance/leave/people/{person_id}/terms")
def post_terms(visit: Visitor, person_id: str, entered: Annotated[EnteredTerms, Form()]) -> Response:
    """Say what the grants to come follow."""
    context = visit.pages.context
    try:
        terms = LeaveTerms(
            entered.scheme,
            read_date(entered.serves_from_on),
            int(entered.week_days) if entered.week_days.isdecimal() else 0,
            _read_clock(entered.day) or 0,
        )
        with context.store.transaction(context.now()) as tx:
            keep_leave_terms(tx, person_id, read_date(entered.terms_from_on), terms, context.rules.leave_schemes)
    except LeaveBookFaultsError as error:
        return show_book(visit, person_id, terms=entered, refused=error)
    return see_other(f"/attendance/leave/people/{person_id}")


def show_book(
    visit: Visit,
    person_id: str,
    *,
    year: int | None = None,
    correction: EnteredCorrection | None = None,
    terms: EnteredTerms | None = None,
    refused: LeaveBookFaultsError | None = None,
) -> Response:
    """Show a leave book, with what was entered and what is wrong with it."""
    context, rules = visit.pages.context, visit.pages.context.rules
    today = civil_minute(context.now())[0]
    chosen = year or today.year
    with context.store.reading(context.now()) as tx:
        line, person = load_directory_line(tx, person_id), load_person(tx, person_id)
        if line is None or person is None or not _may_see(visit, person_id, line.department_id):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        record = load_leave_record(tx, person, rules, today=today, year=chosen)
        book = list_book(tx, person_id, chosen)
    kept = record.terms or LeaveTerms("", person.joined_on, WEEK_DAYS, full_day_minutes(rules.profile_on(today)))
    at = "terms" if terms else "correction"
    words = words_of_leave(visit, record.day_minutes)
    return visit.render(
        "hr/leave_book.html",
        fault="refused" if refused else "",
        faults={} if refused is None else {f"{at}-{FIELDS[fault]}": fault for fault in refused.faults},
        at=at,
        person=line,
        view=derive_leave(record, rules.leave_kinds, rules.profile_on(today), today=today, year=chosen),
        book=book,
        asked=record.asked,
        has_terms=record.terms is not None,
        correction=correction or EnteredCorrection(from_on=today.isoformat(), until_on=f"{today.year}-12-31"),
        terms=terms or _enter(kept, today),
        kinds=[each for each in rules.leave_kinds.values() if each.has_balance],
        schemes=list(rules.leave_schemes.values()),
        keeps=visit.may(Right.keep_attendance),
        reason_max=REASON_MAX,
        year=chosen,
        today=today,
        amount=words.amount,
        title=words.title,
        picture_width=PICTURE_WIDTH,
    )


def read_minutes(sign: str, days: str, hours: str, day_minutes: int) -> int | None:
    """Give the minutes that days and hours are, below nothing for fewer; None for what cannot be read."""
    days, hours = days.strip() or "0", hours.strip() or "0:00"
    clock = _read_clock(hours if ":" in hours else f"{hours}:00")
    if not days.isdecimal() or int(days) > DAYS_MAX or clock is None:
        return None
    return (int(days) * day_minutes + clock) * (1 if sign == "more" else -1)


def _read_clock(text: str) -> int | None:
    try:
        return parse_clock_minute(text.strip().zfill(5))
    except ValueError:
        return None


def _enter(terms: LeaveTerms, today: date) -> EnteredTerms:
    return EnteredTerms(
        scheme=terms.scheme,
        serves_from_on=terms.serves_from_on.isoformat() if terms.serves_from_on else "",
        week_days=str(terms.week_days),
        day=format_clock(terms.day_minutes),
        terms_from_on=today.isoformat(),
    )


def _may_see(visit: Visit, person_id: str, department_id: str) -> bool:
    return may_see_month(visit.signed_in, visit.roles, person_id=person_id, department_id=department_id)
