"""追給: where work was found without an order, what it would have been worth, and the way to pay it."""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain.attendance.duty_clock import duty_today
from domain.attendance.month import month_bounds
from domain.attendance.request_words import describe_fault
from domain.attendance.requests import OvertimeRequest
from domain.workflow.application import RefusedActError
from gateway.operations.attendance.apply_request import Asked, apply_request
from gateway.pages.access.rights import Right
from gateway.pages.drawing.months import MONTH_PATTERN, if_begun, month_of, shift_month
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.hr.back_pay_view import load_proposals
from gateway.pages.words import Language
from gateway.requests.refusals import ApplicationConflictError, RequestFaultsError

router = APIRouter()

PAGE_LENGTH = 20
REASON_LENGTH_MAX = 400
MINUTE_MAX = 3 * 1440


class PageForm(BaseModel):
    """Which month and which page of it."""

    period: str = Field("", pattern=MONTH_PATTERN)
    offset: int = Field(0, ge=0, le=1_000_000)


class ApplyForm(PageForm):
    """An application for somebody: overtime of a day that was worked already; ``id`` is made by the form."""

    id: str = Field(pattern=r"^[0-9a-f]{16}$")
    person: str = Field(min_length=1, max_length=64)
    on: date
    starts: int = Field(ge=0, le=MINUTE_MAX)
    ends: int = Field(ge=0, le=MINUTE_MAX)
    reason: str = Field("", max_length=REASON_LENGTH_MAX)

    @property
    def ref(self) -> str:
        """Name the time that it is about."""
        return f"{self.person}/{self.on.isoformat()}/{self.starts}"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an application was not taken, and of which time: an act was refused, or ``details`` say what is wrong."""

    ref: str = ""
    refusal: str = ""
    details: tuple[str, ...] = ()
    reason: str = ""


@router.get("/attendance/back-pay")
def get_back_pay(visit: Visitor, asked: Annotated[PageForm, Query()]) -> Response:
    """Show a month's proposals, of the last month unless another is asked for."""
    return _show(visit, asked)


@router.post("/attendance/back-pay")
def post_application(visit: Visitor, form: Annotated[ApplyForm, Form()]) -> Response:
    """Apply afterwards for somebody whose time was found to be work."""
    context = visit.pages.context
    request = OvertimeRequest(form.on, form.starts, form.ends, form.reason.strip(), afterwards=True)
    asked = Asked(form.id, form.person, visit.signed_in.person_id or "", request)
    try:
        with context.store.transaction(context.now()) as tx:
            apply_request(tx, asked, context.rules)
    except RequestFaultsError as error:
        details = tuple(describe_fault(fault)[visit.language is Language.en] for fault in error.faults)
        return _show(visit, form, Refused(form.ref, details=details, reason=form.reason))
    except RefusedActError as error:
        return _show(visit, form, Refused(form.ref, refusal=error.refusal, reason=form.reason))
    except ApplicationConflictError:
        return _show(visit, form, Refused(form.ref, refusal="moved_on", reason=form.reason))
    return see_other(f"/attendance/back-pay?period={form.period or f'{form.on:%Y-%m}'}&offset={form.offset}")


def _show(visit: Visit, asked: PageForm, refused: Refused | None = None) -> Response:
    context = visit.pages.context
    today = duty_today(context.now(), context.rules.profiles)
    period = asked.period or shift_month(month_of(today), -1)
    departments = None if visit.may(Right.all_months) else visit.signed_in.heads
    with context.store.reading(context.now()) as tx:
        found = load_proposals(
            tx, period, context.rules, departments=departments, offset=asked.offset, limit=PAGE_LENGTH
        )
    return visit.render(
        "hr/back_pay.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if refused else None,
        found=found,
        period=period,
        first_on=month_bounds(period)[0],
        before=shift_month(period, -1),
        after=if_begun(shift_month(period, 1), today),
        offset=asked.offset,
        page_length=PAGE_LENGTH,
        refused=refused or Refused(),
        applies=visit.may(Right.keep_attendance) or visit.may(Right.lead_department),
        language_at=int(visit.language is Language.en),
        reason_length_max=REASON_LENGTH_MAX,
    )
