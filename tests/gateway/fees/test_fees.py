"""Fees as they are kept: versions of tables, prices with their lines, reductions by whoever may; on both databases."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from domain.facilities.fee_fault import FeeFaultsError
from domain.facilities.fee_table import Scope
from gateway.fees.pricing import Wanted
from gateway.operations.facilities.grant_reduction import Grant, grant_reduction
from gateway.operations.facilities.keep_fees import keep_fees
from gateway.operations.facilities.price_reservation import price_reservation
from store.fee_quotes import list_quotes, list_reductions, load_quote
from store.fee_tables import fee_quote
from store.fees import list_fee_tables, load_fee_table
from store.tx import Store
from tests.domain.facilities.fee_cases import example_table
from tests.gateway.fees.hall import GENERAL, NOW, build_hall, change, price


@pytest.fixture
def hall(store: Store) -> Store:
    build_hall(store)
    return store


def refused(error: pytest.ExceptionInfo[FeeFaultsError]) -> list[str]:
    return [f"{fault.field}:{fault.why}" for fault in error.value.faults]


def test_a_price_is_kept_with_every_line_and_once(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        told = price_reservation(tx, "r1", Wanted("general", (("air", 60),)), by="desk")
        again = price_reservation(tx, "r1", Wanted("general", (("air", 60),)), by="other")
    assert [(line.name, line.yen) for line in told.quote.lines] == [
        ("ホール 午前", 12_350),
        ("ピアノ", 5_500),
        ("冷暖房 1時間", 1_230),
    ]
    with hall.reading(NOW) as tx:
        assert load_quote(tx, "r1") == told == again
        assert tx.connection.scalar(select(func.count()).select_from(fee_quote)) == 1


def test_what_cannot_be_priced_keeps_nothing(hall: Store) -> None:
    with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
        price_reservation(tx, "r1", Wanted("war", (("moat", None),)), by="desk")
    assert refused(error) == ["purpose:unknown_purpose", "options:unknown_option"]
    with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
        price_reservation(tx, "nothing", GENERAL, by="desk")
    assert refused(error) == ["reservation_id:no_reservation"]
    with hall.reading(NOW) as tx:
        assert load_quote(tx, "r1") is None


def test_a_table_has_versions_and_a_price_keeps_its_own(hall: Store) -> None:
    table = example_table("hall")
    with hall.transaction(NOW) as tx:
        first = price(tx)
        assert keep_fees(tx, table, by="kanri") == 1
        dearer = dataclasses.replace(table.rates[0], yen=20_000)
        assert keep_fees(tx, dataclasses.replace(table, rates=(dearer, *table.rates[1:])), by="kanri") == 2
        standing = load_quote(tx, "r1")
        assert standing is not None
        assert (standing.quote.total_yen, standing.table_version) == (first, 1)
        assert price(tx) == first + 20_000 - 12_350
        assert [quote.table_version for quote in list_quotes(tx, "r1")] == [2, 1]
        assert [(each.id, each.version) for each in list_fee_tables(tx, "shimin")] == [("hall-2026", 2)]
        old = load_fee_table(tx, "hall-2026", 1)
        assert old is not None
        assert old.content_hash != list_fee_tables(tx, "shimin")[0].content_hash


def test_a_table_that_names_what_is_not_there_or_overlaps_is_refused_whole(hall: Store) -> None:
    table = example_table("hall")
    astray = Scope(rooms=frozenset({"attic"}), slots=frozenset({"dawn"}))
    rate = dataclasses.replace(table.rates[0], scope=astray)
    equipment = dataclasses.replace(next(each for each in table.rates if each.id == "mic"), subject="gong")
    broken = dataclasses.replace(table, id="other", rates=(rate, equipment), user_classes=("inside", "alien"))
    with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
        keep_fees(tx, broken, by="kanri")
    assert sorted(set(refused(error))) == [
        "from_on:tables_overlap",
        "rooms:unknown_room",
        "slots:unknown_slot",
        "subject:unknown_equipment",
        "user_classes:unknown_user_class",
    ]
    with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
        keep_fees(tx, dataclasses.replace(table, facility_id="moon"), by="kanri")
    assert refused(error) == ["facility_id:no_facility"]
    with hall.reading(NOW) as tx:
        assert len(list_fee_tables(tx, "shimin")) == 1


def test_a_reduction_is_granted_by_whoever_may_and_taken_back(hall: Store) -> None:
    grant = Grant("r1", "half", "社会教育関係団体の登録 第12号")
    with hall.transaction(NOW) as tx:
        full = price(tx)
        half = grant_reduction(tx, grant, by="kacho", duties=["decide"])
        assert [line.source for line in half.quote.lines if line.yen < 0] == [
            "規則第9条第1項第2号",
            "市民館条例別表第1",
        ]
        assert half.quote.total_yen == full - 12_350 // 2 - 5
    for changed, duty, told in (
        (grant, "decide", "reduction_id:granted_already"),
        (dataclasses.replace(grant, reduction_id="whole"), "desk", "reduction_id:not_yours"),
        (dataclasses.replace(grant, reduction_id="royal"), "decide", "reduction_id:unknown_reduction"),
        (dataclasses.replace(grant, reason=" "), "decide", "reason:reason_missing"),
        (dataclasses.replace(grant, reservation_id="r2"), "decide", "reservation_id:not_priced"),
    ):
        with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
            grant_reduction(tx, changed, by="someone", duties=[duty])
        assert refused(error) == [told]
    with hall.transaction(NOW + timedelta(hours=1)) as tx:
        back = dataclasses.replace(grant, is_granted=False, reason="登録の取消し")
        assert grant_reduction(tx, back, by="kacho", duties=["decide"]).quote.total_yen == full
        assert [deed.is_granted for deed in list_reductions(tx, "r1")] == [True, False]


def test_a_changed_reservation_is_priced_again_first(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        price(tx)
        change(tx, "r1")
    with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
        grant_reduction(tx, Grant("r1", "half", "登録団体"), by="kacho", duties=["decide"])
    assert refused(error) == ["reservation_id:priced_for_another_version"]


def test_what_no_longer_fits_is_taken_back_before_the_new_price(hall: Store) -> None:
    grant = Grant("r1", "half", "登録団体")
    with hall.transaction(NOW) as tx:
        price(tx)
        grant_reduction(tx, grant, by="kacho", duties=["decide"])
        change(tx, "r1")
    with pytest.raises(FeeFaultsError) as error, hall.transaction(NOW) as tx:
        price_reservation(tx, "r1", Wanted("profit"), by="desk")
    assert refused(error) == ["reductions:not_for_this_use"]
    with hall.transaction(NOW) as tx:
        back = dataclasses.replace(grant, is_granted=False, reason="営利に変更")
        assert grant_reduction(tx, back, by="kacho", duties=["decide"]).reservation_version == 1
        assert price_reservation(tx, "r1", Wanted("profit"), by="desk").reservation_version == 2
