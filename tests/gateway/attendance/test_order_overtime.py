"""A head's order without an application: for one, for many, twice, and never for himself or another's people."""

from datetime import timedelta

import pytest

from contract.message_words import load_message_words
from domain.attendance.request_fault import Why
from domain.attendance.requests import OvertimeRequest
from domain.workflow.application import Refusal, RefusedActError
from gateway.operations.attendance.order_overtime import end_overtime, order_overtime
from gateway.requests.refusals import OrderFaultsError
from store.messages import list_messages
from store.orders import OrderConflictError, OvertimeOrder, list_orders
from store.tx import Store
from tests.gateway.attendance.town import CLERK, HEAD, HR, MAYOR, NOW, OTHER, RULES, ask, at, overtime, put_town


@pytest.fixture
def town(store: Store) -> Store:
    with store.transaction(NOW) as tx:
        put_town(tx)
    return store


def order(
    store: Store, who: tuple[str, ...] = (CLERK, OTHER), by: str = HEAD, request: OvertimeRequest | None = None
) -> tuple[OvertimeOrder, ...]:
    with store.transaction(NOW) as tx:
        return order_overtime(tx, "o1", who, request or overtime(), by=by, rules=RULES)


def standing(store: Store) -> list[OvertimeOrder]:
    with store.reading(NOW) as tx:
        return list_orders(tx, None, since=at("00:00"), until=at("30:00"))


def test_many_are_ordered_at_once_and_twice_is_once(town: Store) -> None:
    first = order(town)
    assert sorted(each.person_id for each in first) == [CLERK, OTHER]
    assert [each.id for each in order(town)] == [each.id for each in first]
    assert sorted(standing(town), key=lambda each: each.id) == list(first)
    with pytest.raises(OrderConflictError):
        order(town, request=overtime("18:00", "19:00"))


def test_all_are_ordered_or_nobody(town: Store) -> None:
    order(town, who=(CLERK,), request=overtime("19:00", "21:00"))
    with pytest.raises(OrderFaultsError) as error, town.transaction(NOW) as tx:
        order_overtime(tx, "o2", (CLERK, OTHER, "nobody"), overtime(), by=HEAD, rules=RULES)
    assert {who: [each.why for each in faults] for who, faults in error.value.by_person.items()} == {
        CLERK: [Why.overlaps_order], "nobody": [Why.not_employed],
    }  # fmt: skip
    assert [each.person_id for each in standing(town)] == [CLERK]


def test_what_waits_for_the_same_time_is_decided_first(town: Store) -> None:
    ask(town, overtime())
    with pytest.raises(OrderFaultsError) as error:
        order(town, who=(CLERK,))
    assert error.value.by_person[CLERK][0].why is Why.overlaps_request


@pytest.mark.parametrize(
    ("by", "who", "refusal"),
    [(HR, CLERK, Refusal.not_a_decider), (HEAD, HEAD, Refusal.own_matter), (CLERK, OTHER, Refusal.not_a_decider)],
)
def test_only_a_head_orders_his_own_people(town: Store, by: str, who: str, refusal: Refusal) -> None:
    with pytest.raises(RefusedActError) as error:
        order(town, who=(who,), by=by)
    assert error.value.refusal is refusal


def test_an_order_is_for_what_is_to_come(town: Store) -> None:
    with pytest.raises(OrderFaultsError) as error:
        order(town, request=overtime("06:00", "08:00", afterwards=True))
    assert error.value.by_person[CLERK][0].why is Why.begun


def test_an_order_past_midnight_keeps_its_breaks(town: Store) -> None:
    (kept,) = order(town, who=(HEAD,), by=MAYOR, request=overtime("22:00", "26:00", breaks=((1440, 1455),)))
    assert (kept.ends_at - kept.starts_at, kept.breaks) == (timedelta(hours=4), ((1440, 1455),))
    assert standing(town) == [kept]


def test_an_order_is_ended_by_a_head_once(town: Store) -> None:
    (kept,) = order(town, who=(CLERK,))
    with pytest.raises(RefusedActError), town.transaction(NOW) as tx:
        end_overtime(tx, kept.id, by=CLERK)
    with town.transaction(NOW) as tx:
        assert end_overtime(tx, kept.id, by=HEAD)
        assert not end_overtime(tx, kept.id, by=HEAD)
        assert not end_overtime(tx, "none", by=HEAD)
    assert standing(town) == []


def test_whoever_is_ordered_is_told_of_it_and_of_its_end(town: Store) -> None:
    (kept,) = order(town, who=(CLERK,), request=overtime("17:15", "20:30", breaks=((1110, 1125),)))
    order(town, who=(CLERK,), request=overtime("17:15", "20:30", breaks=((1110, 1125),)))  # the same, sent twice
    with town.transaction(NOW) as tx:
        end_overtime(tx, kept.id, by=HEAD)
    with town.reading(NOW) as tx:
        told = [each.message for each in list_messages(tx, CLERK)]
        assert list_messages(tx, HEAD) == []
    assert [each.kind for each in told] == ["overtime_ended", "overtime_ordered"]
    assert {each.link for each in told} == {"/attendance/days/2025-11-12"}
    words = load_message_words("ja").say(told[1])
    assert (words.title, words.body) == (
        "時間外勤務が命じられました",
        "2025-11-12 に 3.00（時間.分）の時間外勤務が命じられました。時刻と理由はその日のページにあります。",
    )
