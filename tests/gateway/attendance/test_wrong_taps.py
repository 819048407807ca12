"""A tap that was no work, on both databases: who asks and who decides, what it changes."""

from datetime import date

import pytest
from sqlalchemy import insert

from contract.adjustment_content import read_adjustment
from domain.attendance.adjustment import Cause
from domain.attendance.request_fault import Why
from domain.attendance.requests import WrongTapRequest
from domain.workflow.application import Application, Refusal, RefusedActError, Wish
from domain.workflow.states import Act, State
from gateway.operations.attendance.apply_request import Asked, apply_request
from gateway.operations.attendance.decide_application import decide_application
from gateway.requests.refusals import RequestFaultsError
from gateway.requests.rules import Rules
from store.month_adjustments import MonthAdjustment, list_adjustments
from store.months import load_month_facts
from store.tables import account
from store.tx import Store
from tests.gateway.months.city import PERIOD, CityHall
from tests.profiles import HAGI

RULES = Rules(HAGI)
CAME = WrongTapRequest(date(2025, 11, 15), 780, "west-1/1/3", "傘を取りに来た")
LEFT = WrongTapRequest(date(2025, 11, 15), 784, "west-1/1/4", "傘を取りに来た")


@pytest.fixture
def hall(store: Store) -> CityHall:
    """A clerk who worked on the 10th and came by on a Saturday for four minutes."""
    hall = CityHall(store).found("p1", "head", "taxhead", "hr1", "hr2")
    hall.day("p1", 10)
    hall.day("p1", 15, "13:00", "13:04")
    with store.transaction(hall.later()) as tx:
        rows = [{"login": who, "person_id": who, "password_hash": "", "roles": "employee hr"} for who in ("hr1", "hr2")]
        tx.connection.execute(insert(account), rows)
    return hall


def ask(hall: CityHall, request: WrongTapRequest = CAME, by: str = "p1", name: str = "w1") -> Application:
    with hall.store.transaction(hall.later()) as tx:
        return apply_request(tx, Asked(name, "p1", by, request), RULES)


def act(hall: CityHall, one: Application, what: Act, by: str) -> Application:
    with hall.store.transaction(hall.later()) as tx:
        return decide_application(tx, one.id, Wish(what, by, one.content_hash, len(one.deeds), "理由"), RULES)


def refs(hall: CityHall) -> set[str]:
    with hall.store.reading(hall.now) as tx:
        return {each.ref for each in load_month_facts(tx, "p1", PERIOD, HAGI).punches}


def adjustments(hall: CityHall) -> list[MonthAdjustment]:
    with hall.store.reading(hall.now) as tx:
        return list_adjustments(tx, PERIOD, ["p1"])


def test_the_head_decides_and_what_is_cancelled_counts_again(hall: CityHall) -> None:
    asked = ask(hall)
    assert "west-1/1/3" in refs(hall)  # asking alone changes nothing
    agreed = act(hall, asked, Act.approve, "head")
    assert refs(hall) == {"west-1/1/1", "west-1/1/2", "west-1/1/4"}
    with pytest.raises(RequestFaultsError) as again:
        ask(hall, name="w2")
    assert [fault.why for fault in again.value.faults] == [Why.no_such_tap]
    wished = act(hall, agreed, Act.cancel, "p1")
    assert "west-1/1/3" not in refs(hall)
    assert act(hall, wished, Act.approve, "head").state is State.cancelled
    assert "west-1/1/3" in refs(hall)


@pytest.mark.parametrize("proposer", ["hr1", "head"])
def test_whoever_proposes_it_for_somebody_decides_nothing_of_it(hall: CityHall, proposer: str) -> None:
    asked = ask(hall, by=proposer)
    with pytest.raises(RefusedActError) as refused:
        act(hall, asked, Act.approve, proposer)
    assert refused.value.refusal is Refusal.own_matter
    assert "west-1/1/3" in refs(hall)
    if proposer != "head":
        assert act(hall, asked, Act.approve, "head").state is State.approved


def test_nobody_else_asks_for_it(hall: CityHall) -> None:
    with pytest.raises(RefusedActError):
        ask(hall, by="taxhead")


def test_in_a_closed_month_it_becomes_an_adjustment_and_so_does_its_end(hall: CityHall) -> None:
    hall.close_all("p1")
    hall.recount()
    first = act(hall, ask(hall, by="hr1"), Act.approve, "head")
    act(hall, ask(hall, LEFT, by="hr1", name="w2"), Act.approve, "head")
    hall.recount()
    (found,) = adjustments(hall)
    assert found.causes == {Cause.approved}
    assert [day.on for day in read_adjustment(found.content).days] == [date(2025, 11, 15)]
    act(hall, act(hall, first, Act.cancel, "hr1"), Act.approve, "head")
    hall.recount()
    assert {cause for each in adjustments(hall) for cause in each.causes} >= {Cause.approved, Cause.cancelled}
