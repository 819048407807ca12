"""Say of a tap whose clock was uncertain whether it counts; until then it is an open question of its day."""

from domain.attendance.adjustment import Cause
from domain.attendance.month_fault import MonthFault, MonthWhy, RefusedMonthError
from domain.civil import civil_minute
from domain.workflow.route import Organisation
from store.changed_days import mark_changed_days
from store.punch_judgements import RecordKey, insert_judgement, load_doubtful_punch
from store.tx import Tx


def judge_punch(
    tx: Tx, key: RecordKey, *, counts: bool, reason: str, by: str, login: str, organisation: Organisation
) -> None:
    """Judge a tap, once. One that does not count is answered by a punch by hand, where one is missing then.

    Args:
        tx: the transaction.
        key: the record: device, epoch, seq.
        counts: whether it counts for pay at the time that its clock told.
        reason: how that is known.
        by: the person who judges, one of HR.
        login: the account with which.
        organisation: who is HR.

    Raises:
        RefusedMonthError: there is no such tap, it was judged already, it is one's own, one is not HR, or a reason is
            missing; every fault is named.
    """
    found = load_doubtful_punch(tx, key)
    if found is None:
        raise RefusedMonthError((MonthFault("tap", MonthWhy.unknown),))
    faults = []
    if not reason.strip():
        faults.append(MonthFault("reason", MonthWhy.no_reason, found.person_id))
    if by not in organisation.hr:
        faults.append(MonthFault("by", MonthWhy.not_yours, found.person_id))
    elif by == found.person_id:
        faults.append(MonthFault("by", MonthWhy.own_month, found.person_id))
    if faults:
        raise RefusedMonthError(tuple(faults))
    if not insert_judgement(tx, key, counts=counts, by=login, reason=reason.strip()):
        raise RefusedMonthError((MonthFault("tap", MonthWhy.not_now, found.person_id),))
    mark_changed_days(tx, found.person_id, [civil_minute(found.tapped_at)[0]], Cause.judged)
