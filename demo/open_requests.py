"""What the heads of the demo find in their inbox: some of this month's stays, applied for as overtime afterwards."""

from collections.abc import Collection, Iterator
from datetime import datetime

from domain.attendance.divergence import DivergenceKind
from domain.attendance.duty_clock import duty_today
from domain.attendance.month import PersonMonth
from domain.attendance.requests import OvertimeRequest
from gateway.months.checking import check_people
from gateway.operations.attendance.apply_request import Asked, apply_request
from gateway.requests.refusals import RequestFaultsError
from gateway.requests.rules import Rules
from store.tx import Store

_REASON = "窓口の締めと問合せ対応のため"
EVERY = 3
"""Every third stay is asked for: the others wait for an explanation, so that HR's queue is not empty."""


def ask_for_stays(store: Store, people: Collection[str], rules: Rules, now: datetime) -> int:
    """Apply, as the people themselves would; gives how many applications stand."""
    period = f"{duty_today(now, rules.profiles):%Y-%m}"
    asked = 0
    with store.transaction(now) as tx:
        for checked in list(check_people(tx, people, period, rules.profiles)):
            person_id, month = checked.check.person_id, checked.counted.month
            for request in _list_requests(month) if month else ():
                name = f"demo-stay-{person_id}-{request.on}"
                try:
                    apply_request(tx, Asked(name, person_id, person_id, request), rules)
                except RequestFaultsError:
                    continue
                asked += 1
    return asked


def _list_requests(month: PersonMonth) -> Iterator[OvertimeRequest]:
    for day in month.days:
        for item in day.divergences:
            stays = item.kind is DivergenceKind.unordered_stay and None not in (item.from_minute, item.to_minute)
            if stays and day.on.day % EVERY == 0:
                yield OvertimeRequest(day.on, item.from_minute or 0, item.to_minute or 0, _REASON, afterwards=True)
