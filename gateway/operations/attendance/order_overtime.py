"""Order overtime without an application (時間外勤務命令): of one person or of many, and then of all or of none."""

import json
from collections.abc import Collection
from dataclasses import replace

from domain.attendance.adjustment import Cause
from domain.attendance.request_fault import RequestFault, Why
from domain.attendance.requests import OvertimeRequest
from domain.attendance.spans import axis_minute, civil_date, total
from domain.civil import civil_minute, format_h_mm, instant, minute_on
from domain.notices.order_notice import OrderNotice, derive_order_messages
from domain.workflow.application import Refusal, RefusedActError
from domain.workflow.route import Organisation, StepRole, list_deciders
from gateway.requests.assessment import assess_now
from gateway.requests.refusals import OrderFaultsError
from gateway.requests.rules import Rules
from store.changed_days import mark_changed_days
from store.deciders import load_organisation
from store.messages import insert_messages
from store.orders import OvertimeOrder, end_order, insert_order, load_order
from store.outbox import Notice, insert_notices
from store.people import Person, load_person
from store.tx import Tx

ORDERED = "overtime.ordered"
ENDED = "overtime.ended"
"""Payloads: the person, the first day, and who did it."""


def order_overtime(
    tx: Tx, order_id: str, person_ids: Collection[str], request: OvertimeRequest, *, by: str, rules: Rules
) -> tuple[OvertimeOrder, ...]:
    """Order these persons beforehand; the same order sent twice is one.

    Args:
        tx: the transaction.
        order_id: made by the form; each person's order is named by it.
        person_ids: who is to work.
        request: when, why, with which breaks.
        by: the person who orders: a head of each of them, or who stands in.
        rules: the city's.

    Raises:
        OrderFaultsError: of some it cannot be ordered; it names every fault of every one.
        RefusedActError: ``by`` is no head of one of them, or one of them himself.
        OrderConflictError: the id stands for another order.
    """
    organisation = load_organisation(tx, civil_minute(tx.now)[0])
    request = replace(request, afterwards=False)
    orders: list[OvertimeOrder] = []
    faults: dict[str, tuple[RequestFault, ...]] = {}
    for person_id in sorted(set(person_ids)):
        order = _order(tx, f"{order_id}/{person_id}", person_id, request, by)
        standing = load_order(tx, order.id)
        if standing is not None:
            insert_order(tx, order)
            orders.append(standing)
            continue
        person = load_person(tx, person_id)
        if person is None:
            faults[person_id] = (RequestFault("person_id", Why.not_employed, {}),)
            continue
        _demand_head(person, by, organisation)
        if found := assess_now(tx, request, person, rules, asked_at=tx.now).faults:
            faults[person_id] = found
        elif insert_order(tx, order):
            orders.append(order)
            _tell(tx, order, by)
    if faults or not orders:
        raise OrderFaultsError(faults)
    return tuple(orders)


def end_overtime(tx: Tx, order_id: str, *, by: str) -> bool:
    """End an order that was given without an application; False when there is none in force.

    What an application brought is ended there, by its cancellation.

    Raises:
        RefusedActError: ``by`` is no head of the person.
    """
    order = load_order(tx, order_id)
    if order is None or order.application_id is not None:
        return False
    person = load_person(tx, order.person_id)
    if person is None:
        return False
    _demand_head(person, by, load_organisation(tx, civil_minute(tx.now)[0]))
    if not end_order(tx, order_id):
        return False
    _tell(tx, order, by, is_over=True)
    return True


def _demand_head(person: Person, by: str, organisation: Organisation) -> None:
    if person.id == by:
        raise RefusedActError(Refusal.own_matter)
    heads = list_deciders(StepRole.head, person.department_id, organisation, frozenset({person.id}))
    if by not in {head.person_id for head in heads}:
        raise RefusedActError(Refusal.not_a_decider)


def _order(tx: Tx, order_id: str, person_id: str, request: OvertimeRequest, by: str) -> OvertimeOrder:
    starts = axis_minute(request.on, request.starts_minute)
    on = civil_date(starts)
    moved = axis_minute(request.on) - axis_minute(on)
    breaks = tuple((start + moved, end + moved) for start, end in sorted(request.breaks))
    starts_at, ends_at = (instant(request.on, each) for each in (request.starts_minute, request.ends_minute))
    return OvertimeOrder(order_id, person_id, starts_at, ends_at, request.reason.strip(), by, tx.now, breaks)


def _tell(tx: Tx, order: OvertimeOrder, by: str, *, is_over: bool = False) -> None:
    on = civil_minute(order.starts_at)[0]
    cause = Cause.cancelled if is_over else Cause.approved
    mark_changed_days(tx, order.person_id, [on], cause.value)
    payload = {"person_id": order.person_id, "on": on.isoformat(), "by": by}
    insert_notices(tx, [Notice(ENDED if is_over else ORDERED, order.id, json.dumps(payload))])
    minutes = minute_on(order.ends_at, on) - minute_on(order.starts_at, on) - total(order.breaks)
    notice = OrderNotice(order.id, order.person_id, on, format_h_mm(minutes), by, is_over=is_over)
    insert_messages(tx, derive_order_messages(notice))
