"""時間外勤務命令 without an application: given to one or several of the own people, listed, and ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query
from starlette.responses import Response

from domain.attendance.requests import OvertimeRequest
from domain.attendance.spans import total
from domain.civil import civil_minute, format_clock, minute_on
from domain.workflow.application import RefusedActError
from gateway.operations.attendance.order_overtime import end_overtime, order_overtime
from gateway.pages.approval.inbox import demand_person, load_naming, tell_faults
from gateway.pages.drawing.dates import FORM_DATE, read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.requests.request_form import read_breaks, read_clock
from gateway.requests.led import list_led
from gateway.requests.refusals import OrderFaultsError
from store.directory import DirectoryLine
from store.orders import OrderConflictError, OvertimeOrder, list_orders

router = APIRouter()

SHOWN_SINCE, SHOWN_UNTIL = timedelta(days=31), timedelta(days=366)
"""So far back and ahead orders are listed."""

USUAL_MINUTES = 120
"""How long an order is that the form proposes."""

PEOPLE_MAX = 500
FormId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]
PersonIds = Annotated[list[Annotated[str, Form(max_length=64)]], Form(max_length=PEOPLE_MAX, default_factory=list)]
Text = Annotated[str, Form(max_length=1000)]


@dataclass(frozen=True, slots=True)
class Entered:
    """What was entered into the form; shown again when something is wrong with it."""

    people: tuple[str, ...] = ()
    on: str = ""
    starts: str = ""
    ends: str = ""
    breaks: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order in force: the day it starts on, its ends as minutes from 00:00 of that day, its minutes of work."""

    order: OvertimeOrder
    name: str
    by: str
    on: date
    starts: int
    ends: int
    minutes: int


@router.get("/attendance/orders")
def get_orders(visit: Visitor) -> Response:
    """List what is in force for the people whom the visitor leads."""
    context, person_id = visit.pages.context, demand_person(visit)
    with context.store.reading(context.now()) as tx:
        led = list_led(tx, person_id)
        _demand_led(led)
        since, until = tx.now - SHOWN_SINCE, tx.now + SHOWN_UNTIL
        orders = list_orders(tx, [line.person_id for line in led], since=since, until=until)
        naming = load_naming(tx, visit, {who for each in orders for who in (each.person_id, each.ordered_by)})
    lines = [_line(each, naming.name(each.person_id), naming.name(each.ordered_by)) for each in orders]
    return visit.render(
        "approval/orders.html",
        coming=[line for line in lines if line.order.ends_at > context.now()],
        past=[line for line in reversed(lines) if line.order.ends_at <= context.now()],
        now=context.now(),
    )


@router.get("/attendance/orders/new")
def get_new_order(
    visit: Visitor,
    person: Annotated[str, Query(max_length=64)] = "",
    on: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Give the form: today's evening, filled in; ``person`` and ``on`` choose somebody and another day."""
    context = visit.pages.context
    today, minute = civil_minute(context.now())
    chosen = read_date(on) or today
    usual = context.rules.profile_on(chosen).week[chosen.weekday()].hours
    starts = usual.parts[-1][1] if usual is not None else 8 * 60 + 30
    if chosen == today and starts <= minute:  # an order is for what is to come
        starts = (minute // 15 + 1) * 15
    return _show(
        visit,
        Entered(
            people=(person,) if person else (),
            on=chosen.isoformat(),
            starts=format_clock(starts),
            ends=format_clock(starts + USUAL_MINUTES),
        ),
    )


@router.post("/attendance/orders")
def post_order(
    visit: Visitor,
    *,
    request: FormId,
    people: PersonIds,
    on: FORM_DATE = "",
    starts: Text = "",
    ends: Text = "",
    breaks: Text = "",
    reason: Text = "",
) -> Response:
    """Order all of those chosen, or nobody."""
    context, by = visit.pages.context, demand_person(visit)
    entered = Entered(tuple(people), on, starts, ends, breaks, reason)
    read = read_date(on), read_clock(starts), read_clock(ends), read_breaks(breaks)
    fields = zip(("on", "starts", "ends", "breaks"), read, strict=True)
    wrong = {name: "unreadable" for name, each in fields if each is None}
    if not people:
        wrong["people"] = "nobody"
    day, starts_minute, ends_minute, pauses = read
    if wrong or day is None or starts_minute is None or ends_minute is None or pauses is None:
        return _show(visit, entered, wrong=wrong)
    asked = OvertimeRequest(day, starts_minute, ends_minute, reason, pauses)
    try:
        with context.store.transaction(context.now()) as tx:
            order_overtime(tx, request, people, asked, by=by, rules=context.rules)
    except OrderFaultsError as error:
        return _show(visit, entered, by_person={who: tell_faults(visit, some) for who, some in error.by_person.items()})
    except RefusedActError:
        return _show(visit, entered, wrong={"people": "not_led"})
    except OrderConflictError:
        return _show(visit, entered, wrong={"people": "sent_already"})
    context.committed.set()
    return see_other("/attendance/orders")


@router.post("/attendance/orders/end")
def post_end(visit: Visitor, order: Annotated[str, Form(max_length=200)]) -> Response:
    """End an order; one that an application brought, or that is over, is left as it is."""
    context, by = visit.pages.context, demand_person(visit)
    try:
        with context.store.transaction(context.now()) as tx:
            end_overtime(tx, order, by=by)
    except RefusedActError:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    context.committed.set()
    return see_other("/attendance/orders")


def _show(
    visit: Visit,
    entered: Entered,
    *,
    wrong: Mapping[str, str] | None = None,
    by_person: Mapping[str, tuple[str, ...]] | None = None,
) -> Response:
    context, person_id = visit.pages.context, demand_person(visit)
    with context.store.reading(context.now()) as tx:
        led = list_led(tx, person_id)
    _demand_led(led)
    names = {line.person_id: line.name for line in led}
    return visit.render(
        "approval/order_new.html",
        entered=entered,
        groups=[(name, list(lines)) for name, lines in groupby(led, key=lambda line: line.department)],
        wrong=wrong or {},
        by_person=[(names.get(who, who), texts) for who, texts in (by_person or {}).items()],
        fault="order" if wrong or by_person else None,
    )


def _demand_led(led: list[DirectoryLine]) -> None:
    if not led:
        raise HTTPException(HTTPStatus.NOT_FOUND)


def _line(order: OvertimeOrder, name: str, by: str) -> OrderLine:
    on = civil_minute(order.starts_at)[0]
    starts, ends = minute_on(order.starts_at, on), minute_on(order.ends_at, on)
    return OrderLine(order, name, by, on, starts, ends, ends - starts - total(order.breaks))
