"""Whose month a person confirms as head: the staff of a month, also who has left since."""

from domain.attendance.month import month_bounds
from domain.civil import civil_minute
from domain.workflow.inbox import derive_reach
from domain.workflow.route import StepRole, list_deciders
from store.deciders import load_organisation
from store.month_staff import MonthStaff, list_month_staff
from store.people import is_employed, load_persons
from store.tx import Tx


def list_led_staff(tx: Tx, person_id: str, period: str) -> list[MonthStaff]:
    """Give the staff of a month whose head a person is today, or in whose head's place; oneself is never among them.

    Raises:
        ValueError: ``period`` is no month.
    """
    organisation = load_organisation(tx, civil_minute(tx.now)[0])
    reach = derive_reach(person_id, organisation)
    if person_id not in reach.named:
        return []
    others = (who for who in load_persons(tx, reach.named).values() if is_employed(who, *month_bounds(period)))
    units = reach.departments[StepRole.head] | {who.department_id for who in others}

    def is_led(one: MonthStaff) -> bool:
        if one.person_id == person_id:
            return False
        if one.person_id not in reach.named:
            return one.department_id in reach.departments[StepRole.head]
        heads = list_deciders(StepRole.head, one.department_id, organisation, frozenset({one.person_id}))
        return any(head.person_id == person_id for head in heads)

    return [one for unit in sorted(units) for one in list_month_staff(tx, period, unit) if is_led(one)]
