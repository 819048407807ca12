"""Evacuations and floor plans in the database, on both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from store.floor_plans import (
    Marker,
    Picture,
    delete_marker,
    delete_plan,
    list_markers,
    list_plans,
    load_picture,
    load_plan,
    save_marker,
    save_plan,
)
from store.musters import (
    Correction,
    Listed,
    Mark,
    insert_correction,
    insert_listed,
    insert_marks,
    insert_muster,
    list_listed,
    list_marks,
    list_musters,
    list_places,
    list_tap_marks,
    load_muster_going_on,
    lock_musters,
    save_muster_ended,
)
from store.tx import Store

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
LISTED = Listed("s0001", "青木 太郎", "アオキ", "総務課", "staff", "office", "staff_in", NOW, "none")


def test_an_evacuation_is_kept_as_it_was(store: Store) -> None:
    with store.transaction(NOW) as tx:
        insert_muster(tx, "m1", by="desk")
        insert_listed(tx, "m1", [LISTED, LISTED._replace(person_id="visit-1", since_at=None)])
        insert_marks(tx, "m1", [Mark("s0001", NOW, "desk", safe=True, how="touch")])
        insert_correction(tx, Correction("s0001", "desk", None, "outside", "電話"))
    with store.transaction(NOW) as tx:
        assert {each.person_id: each.since_at for each in list_listed(tx, "m1")} == {"s0001": NOW, "visit-1": None}
        assert list_marks(tx, "m1") == [Mark("s0001", NOW, "desk", safe=True, how="touch")]
        assert list_tap_marks(tx, {"gate"}, since=NOW) == list_tap_marks(tx, (), since=NOW) == []
        assert list_places(tx) == []
        assert save_muster_ended(tx, "m1", by="desk", drill=True, note="訓練")
        assert not save_muster_ended(tx, "m1", by="desk", drill=False, note="")
        assert load_muster_going_on(tx) is None
        assert [(each.id, each.drill) for each in list_musters(tx, limit=5)] == [("m1", True)]


def test_only_one_goes_on_at_a_time(store: Store) -> None:
    with store.transaction(NOW) as tx:
        lock_musters(tx)
        insert_muster(tx, "m1", by="desk")
    with pytest.raises(IntegrityError), store.transaction(NOW) as tx:
        insert_muster(tx, "m2", by="desk")


def test_a_plan_keeps_its_markers_when_its_picture_changes(store: Store) -> None:
    with store.transaction(NOW) as tx:
        plan_id = save_plan(tx, "1階", Picture("image/png", b"\x89a"), (2, 1), by="ueda")
        save_marker(tx, plan_id, Marker("main", 1, 2), by="ueda")
        save_marker(tx, plan_id, Marker("main", 3, 4), by="ueda")
        assert save_plan(tx, "1階", Picture("image/svg+xml", b"<svg/>"), (3, 1), by="aoki") == plan_id
        assert list_markers(tx, plan_id) == [Marker("main", 3, 4)]
        assert load_picture(tx, plan_id) == Picture("image/svg+xml", b"<svg/>")
        [plan] = list_plans(tx)
        assert (plan.width, plan.markers, plan.uploaded_by) == (3, 1, "aoki")
        delete_marker(tx, plan_id, "main")
        assert list_markers(tx, plan_id) == []
        delete_plan(tx, plan_id)
        assert load_plan(tx, plan_id) is load_picture(tx, plan_id) is None
