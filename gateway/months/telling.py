"""Telling people what a look at their month found: days to explain, missing punches, caps near and crossed.

A look comes when a duty day is over and when something changed, so everybody hears the day after; a message stands once
for each thing (``store.messages``).
"""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from domain.attendance.caps import Counted, month_caps
from domain.attendance.check_sheet import BlockerKind, list_unsettled
from domain.attendance.closing import IN_FORCE
from domain.attendance.long_caps import NEAR_PERCENT
from domain.attendance.month import PersonMonth, month_bounds
from domain.attendance.profile import InForce
from domain.civil import civil_minute, format_h_mm
from domain.notices.month_notice import CapNotice, UnsettledDay, derive_cap_messages, derive_day_messages
from domain.workflow.route import Organisation, StepRole, list_deciders
from gateway.months.counting import CountedPerson
from store.closings import load_standings
from store.deciders import load_organisation
from store.messages import insert_messages
from store.month_checks import list_accepted, list_open_requests
from store.people import load_persons
from store.tx import Tx

TOLD_WITHIN = timedelta(days=62)
"""Of days that lie longer back nobody is told by himself: HR asks."""

_TOLD = {
    BlockerKind.divergence: False,
    BlockerKind.flex_shortage: False,
    BlockerKind.flex_excess: False,
    BlockerKind.missing_punch: True,
}
"""What a person is told of a day, and whether a punch is missing."""


def tell_of_months(tx: Tx, months: Collection[CountedPerson], period: str, profile: InForce) -> int:
    """Tell these persons and their heads what is new of the counted months; gives how many messages that are.

    Nobody is told of a day for which he has applied, nor of a closed month.

    Raises:
        ValueError: ``period`` is no month.
    """
    today = civil_minute(tx.now)[0]
    if month_bounds(period)[1] < today - TOLD_WITHIN:
        return 0
    ids = [each.person_id for each in months]
    closed = {who for who, standing in load_standings(tx, period, ids).items() if standing.state in IN_FORCE}
    open_ones = [each for each in months if each.person_id not in closed]
    days = derive_day_messages(_list_days(tx, open_ones, period))
    notices = [notice for each in open_ones for notice in _list_caps(each, period, profile)]
    caps = [message for notice in _with_heads(tx, notices, today) for message in derive_cap_messages(notice)]
    return insert_messages(tx, [*days, *caps])


def _list_days(tx: Tx, months: Collection[CountedPerson], period: str) -> Iterator[UnsettledDay]:
    ids = [each.person_id for each in months]
    first_on, last_on = month_bounds(period)
    accepted = list_accepted(tx, first_on, last_on, ids)
    asked = list_open_requests(tx, first_on, last_on, ids)
    for each in months:
        if each.month is None:
            continue
        answered = {request.from_on for request in asked.get(each.person_id, ())}
        for blocker in list_unsettled(each.month, accepted.get(each.person_id, ()), ()):
            if blocker.kind in _TOLD and blocker.on is not None and blocker.on not in answered:
                yield UnsettledDay(each.person_id, blocker.subject, blocker.on, _TOLD[blocker.kind])


def _list_caps(counted: CountedPerson, period: str, profile: InForce) -> Iterator[CapNotice]:
    month = counted.month
    if month is None:
        return
    own = profile.on(month.first_on)
    caps = month_caps(counted.staff, own, (month.first_on.year, month.first_on.month))
    crossed = {limit.rule for limit in month.limits}
    shown = format_h_mm(month.overtime_minutes)
    for cap in caps:
        if cap.rule in crossed:
            yield CapNotice(month.person_id, period, cap.rule, shown, is_crossed=True)
        elif cap.counts is Counted.overtime and _is_near(month, cap.minutes):
            yield CapNotice(month.person_id, period, cap.rule, shown, is_crossed=False)


def _is_near(month: PersonMonth, cap_minutes: int) -> bool:
    return month.overtime_minutes * 100 >= cap_minutes * NEAR_PERCENT


def _with_heads(tx: Tx, notices: Collection[CapNotice], on: date) -> Iterator[CapNotice]:
    if not notices:
        return
    organisation = load_organisation(tx, on)
    people = load_persons(tx, {each.person_id for each in notices})
    for each in notices:
        heads = _list_heads(people[each.person_id].department_id, each.person_id, organisation)
        yield CapNotice(each.person_id, each.period, each.rule, each.overtime, each.is_crossed, heads)


def _list_heads(department_id: str, person_id: str, organisation: Organisation) -> tuple[str, ...]:
    deciders = list_deciders(StepRole.head, department_id, organisation, frozenset({person_id}))
    return tuple(each.person_id for each in deciders[:1])
