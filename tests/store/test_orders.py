"""Overtime orders: sent twice is kept once, the same id for another order is refused."""

from dataclasses import replace

import pytest

from store.orders import OrderConflictError, OvertimeOrder, insert_order, list_orders, load_order
from store.tx import Store
from tests.store.test_months import DECEMBER, at, put_people

ORDER = OvertimeOrder("o1", "p1", at(13, "17:15"), at(13, "20:30"), "決算", "head", at(13, "16:00"))


def test_an_order_is_kept_once(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1", "p2")
        assert insert_order(tx, ORDER)
        assert not insert_order(tx, replace(ORDER, ordered_at=at(13, "16:01")))
        assert load_order(tx, "o1") == ORDER
        assert load_order(tx, "o2") is None


@pytest.mark.parametrize("change", [{"reason": "他"}, {"person_id": "p2"}, {"ends_at": at(13, "21:00")}])
def test_an_id_that_stands_for_another_order_is_refused(store: Store, change: dict[str, object]) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1", "p2")
        insert_order(tx, ORDER)
        with pytest.raises(OrderConflictError, match="o1"):
            insert_order(tx, replace(ORDER, **change))
        assert load_order(tx, "o1") == ORDER


def test_an_order_that_ends_before_it_starts_is_refused(store: Store) -> None:
    with store.transaction(DECEMBER) as tx, pytest.raises(ValueError, match="is not after starts_at"):
        insert_order(tx, replace(ORDER, ends_at=ORDER.starts_at))


def test_orders_that_meet_a_time_are_listed_by_start(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1", "p2")
        insert_order(tx, replace(ORDER, id="o3", person_id="p2", starts_at=at(13, "16:00"), ends_at=at(13, "18:00")))
        insert_order(tx, ORDER)
        found = {
            "all": list_orders(tx, None, since=at(13, "17:59"), until=at(13, "24:00")),
            "mine": list_orders(tx, ["p1"], since=at(13, "00:00"), until=at(13, "24:00")),
            "after": list_orders(tx, None, since=at(13, "20:30"), until=at(14, "00:00")),
            "before": list_orders(tx, ["p1"], since=at(13, "00:00"), until=at(13, "17:15")),
        }
    assert {name: [order.id for order in orders] for name, orders in found.items()} == {
        "all": ["o3", "o1"], "mine": ["o1"], "after": [], "before": [],
    }  # fmt: skip
