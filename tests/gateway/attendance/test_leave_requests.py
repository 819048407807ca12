"""Leave from request to balance on both databases: taken once, given back exactly, never overdrawn by two at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import insert

from contract.leave_kind_file import shipped_leave_rules
from domain.attendance.leave_balance import settle
from domain.attendance.month import derive_month
from domain.attendance.request_fault import Why
from domain.attendance.requests import LeaveRequest
from domain.workflow.application import Application, RefusedActError, Wish
from domain.workflow.states import Act, State
from gateway.operations.attendance.apply_request import Asked, apply_request
from gateway.operations.attendance.decide_application import decide_application
from gateway.requests.refusals import RequestFaultsError
from gateway.requests.rules import Rules
from store.leave_tables import leave_grant
from store.leaves import list_lots, list_takings
from store.months import load_month_facts
from store.tx import Store
from tests.gateway.attendance.town import CLERK, HEAD, NOW, WEDNESDAY, put_town
from tests.profiles import HAGI

DAY = 465
RULES = Rules(HAGI, shipped_leave_rules().kinds)
DECEMBER = date(2025, 12, 3)


@pytest.fixture
def town(store: Store) -> Store:
    with store.transaction(NOW) as tx:
        put_town(tx)
        year = {"from_on": date(2025, 1, 1), "until_on": date(2025, 12, 31)}
        given = {"source": "hr", "reason": "", "given_by": "", "given_at": NOW}
        mine = {"person_id": CLERK, "kind": "annual", "minutes": DAY + 180}
        tx.connection.execute(insert(leave_grant).values(mine | year | given))
    return store


def leave(on: date = WEDNESDAY, *, kind: str = "annual", hours: tuple[int, int] | None = None) -> LeaveRequest:
    starts, ends = hours or (None, None)
    return LeaveRequest(kind, on, on, "", starts, ends)


def ask(store: Store, request: LeaveRequest, name: str) -> Application:
    with store.transaction(NOW) as tx:
        return apply_request(tx, Asked(name, CLERK, CLERK, request, 0), RULES)


def act(store: Store, one: Application, what: Act, by: str) -> Application:
    with store.transaction(NOW) as tx:
        return decide_application(tx, one.id, Wish(what, by, one.content_hash, len(one.deeds), "理由"), RULES)


def left(store: Store) -> int:
    with store.reading(NOW) as tx:
        lots = list_lots(tx, [CLERK], "annual", since=date(2025, 1, 1))[CLERK]
        takings = list_takings(tx, [CLERK], since=date(2025, 1, 1)).get(CLERK, ())
    settled = settle((each.lot for each in lots), takings, date(2025, 12, 31))
    assert settled.short == {}
    return settled.balance


def test_approved_leave_is_taken_and_a_cancelled_one_given_back_to_the_minute(town: Store) -> None:
    asked = ask(town, leave(hours=(510, 615)), "a1")
    assert left(town) == DAY + 180
    approved = act(town, asked, Act.approve, HEAD)
    assert (approved.state, left(town)) == (State.approved, DAY + 60)
    with town.reading(NOW) as tx:
        month = derive_month(load_month_facts(tx, CLERK, "2025-11", HAGI))
    day = next(each for each in month.days if each.on == WEDNESDAY)
    assert [(each.kind, each.starts_minute, each.ends_minute) for each in day.leave] == [("annual", 510, 615)]
    wished = act(town, approved, Act.cancel, CLERK)
    assert act(town, wished, Act.approve, HEAD).state is State.cancelled
    assert left(town) == DAY + 180


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (leave(date(2025, 11, 15)), Why.day_off),
        (leave(kind="nothing"), Why.unknown_kind),
        (leave(kind="special.volunteer"), Why.no_reason),
        (leave(kind="special.summer"), Why.outside_window),
    ],
)
def test_every_fault_reaches_who_asks(town: Store, request_: LeaveRequest, why: Why) -> None:
    with pytest.raises(RequestFaultsError) as refused:
        ask(town, request_, "a1")
    assert why in {fault.why for fault in refused.value.faults}


def test_what_is_not_left_is_refused_when_asked_and_again_when_decided(town: Store) -> None:
    one, other = ask(town, leave(), "a1"), ask(town, leave(DECEMBER), "a2")
    act(town, one, Act.approve, HEAD)
    with pytest.raises(RequestFaultsError) as refused:
        act(town, other, Act.approve, HEAD)
    assert [fault.why for fault in refused.value.faults] == [Why.balance]
    with pytest.raises(RequestFaultsError):
        ask(town, leave(date(2025, 12, 4)), "a3")
    assert left(town) == 180


@pytest.mark.parametrize("number", range(3))
def test_two_decisions_at_once_never_take_one_minute_twice(town: Store, number: int) -> None:
    asked = [ask(town, leave(), f"a{number}"), ask(town, leave(DECEMBER), f"b{number}")]
    barrier = Barrier(2)

    def approve(one: Application) -> str:
        barrier.wait()
        try:
            return act(town, one, Act.approve, HEAD).state.value
        except RequestFaultsError as error:
            return error.faults[0].why.value
        except RefusedActError as error:
            return error.refusal.value

    with ThreadPoolExecutor(2) as pool:
        works: Callable[[Application], str] = approve
        ended = sorted(pool.map(works, asked))
    assert ended == ["approved", "balance"]
    assert left(town) == 180
