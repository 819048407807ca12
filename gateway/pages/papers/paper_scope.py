"""Of whom a visitor may have papers: oneself, the departments one heads, and for HR and the auditor everybody."""

from typing import NamedTuple

from domain.attendance.month import month_bounds
from domain.attendance.paper import AT_THE_DESK, PAYROLL, PaperOrder
from gateway.pages.access.rights import Right
from gateway.pages.access.roles import may_see_month
from gateway.pages.entrance.visit import Visit
from store.people import Person, list_departments, load_person
from store.tx import Tx

OWN, EVERYBODY = "own", "all"
_DEPARTMENT, _PERSON = "department:", "person:"


class Scope(NamedTuple):
    """A choice of the form: what it sends and the name it bears; ``name`` is empty for oneself and for everybody."""

    value: str
    name: str = ""


def list_scopes(visit: Visit, tx: Tx, chosen: str = "") -> list[Scope]:
    """Give what a visitor may choose, the likeliest first; a person that was chosen stands among them."""
    scopes = [Scope(OWN)] if visit.signed_in.person_id else []
    person = load_person(tx, chosen.removeprefix(_PERSON)) if chosen.startswith(_PERSON) else None
    if person is not None and _may_see(visit, person):
        scopes.append(Scope(chosen, person.name))
    reads_all = visit.may(Right.all_months)
    heads = visit.signed_in.heads if visit.may(Right.department_months) else ()
    departments = [each for each in list_departments(tx) if reads_all or each.id in heads]
    scopes += [Scope(f"{_DEPARTMENT}{each.id}", each.name) for each in departments]
    return [*scopes, Scope(EVERYBODY)] if reads_all else scopes


def read_scope(visit: Visit, value: str) -> tuple[str | None, str | None] | None:
    """Give the person and the department that a choice means; None when it means nothing."""
    if value == OWN and visit.signed_in.person_id:
        return visit.signed_in.person_id, None
    if value.startswith(_DEPARTMENT):
        return None, value.removeprefix(_DEPARTMENT)
    if value.startswith(_PERSON):
        return value.removeprefix(_PERSON), None
    return (None, None) if value == EVERYBODY else None


def tell_scope(order: PaperOrder, own_id: str | None) -> str:
    """Give the choice that means what was ordered."""
    if order.person_id:
        return OWN if order.person_id == own_id else f"{_PERSON}{order.person_id}"
    return f"{_DEPARTMENT}{order.department_id}" if order.department_id else EVERYBODY


def may_have(visit: Visit, tx: Tx, order: PaperOrder) -> bool:
    """Tell whether a visitor may have a paper of whom it is."""
    if order.kind in AT_THE_DESK:
        return order.asked_by == visit.signed_in.login
    if order.kind in PAYROLL:
        return visit.may(Right.keep_attendance)
    if order.person_id is None and order.department_id is None:
        return visit.may(Right.all_months)
    if order.department_id is not None:
        known = any(each.id == order.department_id for each in list_departments(tx))
        heads = visit.may(Right.department_months) and order.department_id in visit.signed_in.heads
        return known and (heads or visit.may(Right.all_months))
    person = load_person(tx, order.person_id or "")
    return person is not None and _may_see(visit, person)


def is_month(period: str) -> bool:
    """Tell whether something names a month."""
    try:
        month_bounds(period)
    except ValueError:
        return False
    return True


def _may_see(visit: Visit, person: Person) -> bool:
    return may_see_month(visit.signed_in, visit.roles, person_id=person.id, department_id=person.department_id)
