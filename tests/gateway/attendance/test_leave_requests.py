"""Leave from the form to the balance and back, and 超勤代休時間 that nothing gives."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from domain.attendance.request_fault import Why
from domain.attendance.requests import HoursOffRequest, LeaveRequest
from domain.civil import parse_clock
from domain.workflow.route import StepRole
from domain.workflow.states import Act, State
from gateway.requests.refusals import RequestFaultsError
from store.deciders import load_organisation
from store.leave_tables import leave_grant
from store.leaves import list_takings
from store.tx import Store
from tests.gateway.attendance.town import CLERK, HEAD, HR, MAYOR, NOW, WEDNESDAY, act, ask, overtime, put_town

DAY_MINUTES = 465
MONDAY = date(2025, 11, 17)


@pytest.fixture
def town(store: Store) -> Store:
    with store.transaction(NOW) as tx:
        put_town(tx)
        year = {"from_on": date(2025, 1, 1), "until_on": date(2025, 12, 31), "minutes": 3 * DAY_MINUTES}
        by_hand = {"source": "correction", "reason": "移行", "given_by": "hr-1", "given_at": NOW}
        for each in (CLERK, HEAD):
            tx.connection.execute(insert(leave_grant).values(person_id=each, kind="annual", **year, **by_hand))
    return store


def annual(first: date = MONDAY, last: date = MONDAY, **part: int) -> LeaveRequest:
    return LeaveRequest("annual", first, last, **part)


def taken(store: Store, who: str = CLERK) -> list[tuple[date, int]]:
    with store.reading(NOW) as tx:
        return [(each.on, each.minutes) for each in list_takings(tx, [who], since=WEDNESDAY).get(who, ())]


def test_leave_over_a_weekend_takes_the_days_of_work_and_gives_them_back(town: Store) -> None:
    asked = ask(town, annual(date(2025, 11, 14), MONDAY))
    assert (asked.route, taken(town)) == ((StepRole.head,), [])
    approved = act(town, asked, Act.approve, HEAD)
    assert taken(town) == [(date(2025, 11, 14), DAY_MINUTES), (MONDAY, DAY_MINUTES)]
    act(town, act(town, approved, Act.cancel, CLERK), Act.approve, HEAD)
    assert taken(town) == []


def test_leave_by_the_hour_and_none_on_a_day_off(town: Store) -> None:
    hours = {"starts_minute": parse_clock("08:30"), "ends_minute": parse_clock("10:30")}
    act(town, ask(town, annual(**hours)), Act.approve, HEAD)
    assert taken(town) == [(MONDAY, 120)]
    with pytest.raises(RequestFaultsError) as error:
        ask(town, annual(date(2025, 11, 15), date(2025, 11, 15)), name="a2")
    assert Why.day_off in {fault.why for fault in error.value.faults}


def test_leave_beyond_the_balance_is_refused_at_the_approval_too(town: Store) -> None:
    first = ask(town, annual(MONDAY, date(2025, 11, 18)))
    second = ask(town, annual(date(2025, 11, 20), date(2025, 11, 21)), name="a2")
    assert act(town, first, Act.approve, HEAD).state is State.approved
    with pytest.raises(RequestFaultsError) as error:
        act(town, second, Act.approve, HEAD)
    assert {fault.why for fault in error.value.faults} == {Why.balance}
    assert len(taken(town)) == 2


def test_another_kind_goes_its_own_way(town: Store) -> None:
    sick = ask(town, LeaveRequest("sick", MONDAY, MONDAY, "診断書あり"))
    once = act(town, sick, Act.approve, HEAD)
    assert (once.state, act(town, once, Act.approve, HR).state) == (State.submitted, State.approved)


def test_nobody_works_late_on_a_day_of_leave(town: Store) -> None:
    act(town, ask(town, annual()), Act.approve, HEAD)
    with pytest.raises(RequestFaultsError) as error:
        ask(town, overtime(on=MONDAY), name="a2")
    assert {(fault.field, fault.why) for fault in error.value.faults} == {("on", Why.overlaps_leave)}


def test_a_head_on_leave_is_away_and_the_one_above_may_decide(town: Store) -> None:
    thursday = WEDNESDAY + timedelta(days=1)
    act(town, ask(town, annual(thursday, thursday), who=HEAD), Act.approve, MAYOR)
    with town.reading(NOW) as tx:
        assert load_organisation(tx, WEDNESDAY).away == frozenset()
        assert load_organisation(tx, thursday).away == {HEAD}
    tomorrow = NOW + timedelta(days=1)
    asked = ask(town, overtime(on=MONDAY), name="a2", now=tomorrow)
    assert act(town, asked, Act.approve, MAYOR, now=tomorrow).state is State.approved


def test_hours_off_come_from_raised_overtime_alone(town: Store) -> None:
    morning = parse_clock("08:30"), parse_clock("12:30")
    with pytest.raises(RequestFaultsError) as error:
        ask(town, HoursOffRequest("2025-10", MONDAY, *morning))
    assert {(fault.field, fault.why) for fault in error.value.faults} == {("period", Why.nothing_raised)}
    with pytest.raises(RequestFaultsError) as bad:
        ask(town, HoursOffRequest("2025-13", MONDAY, *morning))
    assert {(fault.field, fault.why) for fault in bad.value.faults} == {("period", Why.outside_window)}
