"""締めたあとの調整: what changed in closed months, proposed by one of HR and agreed to by another."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query
from starlette.responses import Response

from domain.attendance.adjustment import AdjustmentAct, AdjustmentState, Cause
from domain.attendance.month_fault import RefusedMonthError
from domain.civil import civil_minute
from gateway.operations.attendance.adjust_month import adjust_month
from gateway.operations.attendance.close_month import REASON_LENGTH_MAX
from gateway.pages.access.rights import Right
from gateway.pages.attendance.month_standing import tell_why
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.hr.adjustment_view import AdjustmentCard, ItemNaming, read_days, view_adjustment
from gateway.pages.hr.month_period import find_month
from store.closings import list_versions
from store.deciders import load_organisation
from store.late_taps import LateTap, list_late_taps
from store.month_adjustments import MonthAdjustment, count_undecided, list_adjustments, load_adjustment
from store.people import list_departments, load_persons
from store.tx import Tx

router = APIRouter()

_ORDER = (AdjustmentState.proposed, AdjustmentState.found, AdjustmentState.agreed, AdjustmentState.dismissed)


@router.get("/attendance/adjustments")
def get_adjustments(visit: Visitor, period: Annotated[str, Query(max_length=10)] = "") -> Response:
    """Show the adjustments of a month: of the latest in which any waits, else of the last month."""
    return _show(visit, period)


@router.post("/attendance/adjustments/{adjustment_id}")
def post_adjustment(
    visit: Visitor,
    adjustment_id: str,
    act: Annotated[AdjustmentAct, Form()],
    seen: Annotated[str, Form(pattern=r"^[0-9a-f]{64}$")],
    reason: Annotated[str, Form(max_length=REASON_LENGTH_MAX * 2)] = "",
) -> Response:
    """Propose, agree to or dismiss an adjustment as it was shown."""
    context = visit.pages.context
    said = reason.strip()[:REASON_LENGTH_MAX]
    by = visit.signed_in.person_id or ""
    with context.store.reading(context.now()) as tx:
        known = load_adjustment(tx, adjustment_id)
    if known is None:
        raise HTTPException(404)
    try:
        with context.store.transaction(context.now()) as tx:
            organisation = load_organisation(tx, civil_minute(tx.now)[0])
            adjust_month(tx, adjustment_id, act, by=by, seen_hash=seen, organisation=organisation, reason=said)
    except RefusedMonthError as error:
        words = [tell_why(each.why, visit.language) for each in error.faults]
        return _show(visit, known.period, words=words, at=adjustment_id, act=act, reason=reason)
    return see_other(f"/attendance/adjustments?period={known.period}#{adjustment_id}")


def _show(
    visit: Visit,
    period: str,
    *,
    words: list[str] | None = None,
    at: str = "",
    act: AdjustmentAct | None = None,
    reason: str = "",
) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        undecided = count_undecided(tx)
        month = find_month(period or next(iter(undecided), ""), context.now(), context.rules.profiles)
        found = list_adjustments(tx, month.name)
        cards = _view(tx, found, ItemNaming(visit.phrases, context.rules.leave_kinds))
    return visit.render(
        "hr/adjustments.html",
        month=month,
        cards=sorted(cards, key=lambda card: _ORDER.index(card.state)),
        elsewhere=[
            (name, find_month(name, context.now(), context.rules.profiles).first_on, number)
            for name, number in undecided.items()
            if name != month.name
        ],
        points={each.id: each for each in context.site.access_points},
        keeps=visit.may(Right.keep_attendance),
        by=visit.signed_in.person_id,
        words=words or [],
        at=at,
        act=act,
        reason=reason,
        reason_max=REASON_LENGTH_MAX,
        fault="refused" if words else None,
        now=context.now(),
    )


def _view(tx: Tx, found: list[MonthAdjustment], naming: ItemNaming) -> list[AdjustmentCard]:
    decisions = [each.decision for each in found]
    named = {who for each in decisions for who in (each.person_id, each.proposed_by, each.agreed_by) if who}
    people = load_persons(tx, named)
    departments = {each.id: each.name for each in list_departments(tx)}
    names = {each.id: each.name for each in people.values()}
    return [
        view_adjustment(
            each,
            names,
            departments.get(people[each.person_id].department_id, "") if each.person_id in people else "",
            _late_taps(tx, each),
            naming,
        )
        for each in found
    ]


def _late_taps(tx: Tx, adjustment: MonthAdjustment) -> list[LateTap]:
    if Cause.late_tap not in adjustment.causes:
        return []
    versions = list_versions(tx, adjustment.period, [adjustment.person_id])
    closed = next((each.closed_at for each in versions if each.version == adjustment.version), None)
    days = [day.on for day in read_days(adjustment)]
    return [] if closed is None else list_late_taps(tx, adjustment.person_id, days, closed)
