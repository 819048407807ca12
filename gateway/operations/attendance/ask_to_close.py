"""Ask for the closing of a month: a worker of the centre does it, department by department, and says how far it is."""

from domain.attendance.month_fault import MonthFault, MonthWhy, RefusedMonthError
from domain.attendance.profile import InForce
from domain.workflow.route import Organisation
from gateway.months.acting import require_closer
from store.closing_runs import AskedRun, insert_run, load_run
from store.people import list_departments
from store.tx import Tx


def ask_to_close(tx: Tx, asked: AskedRun, profile: InForce, *, organisation: Organisation) -> None:
    """Keep what somebody of HR asks for; the same form sent twice is one.

    Raises:
        RefusedMonthError: the month goes on, one is not HR, readers are left out without a reason, there is no such
            department, or another closing of the month is at work.
        ValueError: the period is no month.
    """
    if load_run(tx, asked.id) is not None:
        return
    require_closer(
        tx,
        asked.period,
        profile,
        by=asked.asked_by,
        organisation=organisation,
        without_readers=asked.without_readers,
        reason=asked.reason,
    )
    known = {each.id for each in list_departments(tx)}
    if asked.department_id is not None and asked.department_id not in known:
        raise RefusedMonthError((MonthFault("department_id", MonthWhy.unknown),))
    if not insert_run(tx, asked):
        raise RefusedMonthError((MonthFault("period", MonthWhy.not_now),))
