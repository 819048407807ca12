"""部下の月: months that wait for the head's confirmation, those with nothing unsettled all at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from domain.attendance.month_fault import MonthFault, MonthWhy, RefusedMonthError
from domain.civil import civil_minute
from gateway.months.checking import check_people
from gateway.months.led_people import list_led_staff
from gateway.operations.attendance.confirm_month import SeenMonth, confirm_months_as_head, send_month_back
from gateway.pages.approval.inbox import demand_person
from gateway.pages.approval.months_view import view_months
from gateway.pages.attendance.month_standing import tell_why
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.hr.month_period import find_month
from store.deciders import load_organisation

router = APIRouter()

REASON_LENGTH_MAX = 400
PEOPLE_MAX = 1000

SeenMonths = Annotated[
    list[Annotated[str, Form(pattern=r"^[^:]{1,64}:[0-9a-f]{64}$")]], Form(max_length=PEOPLE_MAX, default_factory=list)
]


class HeadAct(StrEnum):
    """What a head does with one person's month."""

    confirm = "confirm"
    send_back = "send_back"


@dataclass(frozen=True, slots=True)
class Refused:
    """Acts that were refused: why, by person; for one person also what was tried and the reason that was entered."""

    faults: Mapping[str, tuple[MonthFault, ...]]
    act: HeadAct | None = None
    reason: str = ""


@router.get("/attendance/department")
def get_months(visit: Visitor, period: Annotated[str, Query(max_length=10)] = "") -> Response:
    """Show the months of those whom the visitor leads; the last month by default."""
    return _show(visit, period)


@router.post("/attendance/department/{period}")
def post_months(visit: Visitor, period: str, seen: SeenMonths) -> Response:
    """Confirm months as they were shown, all that can be."""
    months = [SeenMonth(*each.split(":")) for each in seen]
    if not months:
        return _show(visit, period, Refused({"": (MonthFault("seen", MonthWhy.unknown),)}))
    return _confirm(visit, period, months)


@router.post("/attendance/department/{period}/people/{person_id}")
def post_month(
    visit: Visitor,
    *,
    period: str,
    person_id: str,
    act: Annotated[HeadAct, Form()],
    seen: Annotated[str, Form(pattern=r"^([0-9a-f]{64})?$")] = "",
    reason: Annotated[str, Form(max_length=REASON_LENGTH_MAX * 2)] = "",
) -> Response:
    """Confirm in somebody's place, or send a month back; either with a reason."""
    said = reason.strip()[:REASON_LENGTH_MAX]
    if act is HeadAct.confirm:
        return _confirm(visit, period, [SeenMonth(person_id, seen, said)], act, reason)
    context, by = visit.pages.context, demand_person(visit)
    find_month(period, context.now(), context.rules.profiles)
    try:
        with context.store.transaction(context.now()) as tx:
            organisation = load_organisation(tx, civil_minute(tx.now)[0])
            send_month_back(tx, person_id, period, by=by, reason=said, organisation=organisation)
    except RefusedMonthError as error:
        return _show(visit, period, Refused({person_id: error.faults}, act, reason))
    return see_other(f"/attendance/department?period={period}")


def _confirm(
    visit: Visit, period: str, months: list[SeenMonth], act: HeadAct | None = None, reason: str = ""
) -> Response:
    context, by = visit.pages.context, demand_person(visit)
    find_month(period, context.now(), context.rules.profiles)
    try:
        with context.store.transaction(context.now()) as tx:
            organisation = load_organisation(tx, civil_minute(tx.now)[0])
            refused = confirm_months_as_head(
                tx, months, period, context.rules.profiles, by=by, organisation=organisation
            )
    except RefusedMonthError as error:
        refused = {each.person_id: error.faults for each in months}
    if refused:
        return _show(visit, period, Refused(refused, act, reason))
    return see_other(f"/attendance/department?period={period}")


def _show(visit: Visit, period: str, refused: Refused | None = None) -> Response:
    context, person_id = visit.pages.context, demand_person(visit)
    month = find_month(period, context.now(), context.rules.profiles)
    with context.store.reading(context.now()) as tx:
        staff = list_led_staff(tx, person_id, month.name)
        checked = list(check_people(tx, [each.person_id for each in staff], month.name, context.rules.profiles))
    led = {each.person_id: each.name for each in staff}
    return visit.render(
        "approval/months.html",
        month=month,
        groups=view_months(staff, checked) if month.is_over else None,
        led=led,
        refused=_tell(visit, refused, led) if refused else [],
        tried=refused,
        devices={each.id: each for each in context.site.devices},
        reason_max=REASON_LENGTH_MAX,
        fault="refused" if refused else None,
        now=context.now(),
    )


def _tell(visit: Visit, refused: Refused, led: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """Give who and why; somebody whom the visitor does not lead is named by what was sent alone."""
    return [
        (led.get(person_id, person_id), [tell_why(each.why, visit.language) for each in faults])
        for person_id, faults in refused.faults.items()
    ]
