"""What holds of every fee table and every use: sums, no negative yen, no second row for one use."""

import dataclasses
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.fee_tables import load_fee_table, write_fee_table
from domain.facilities.check_fee_table import check_fee_table, check_tables_apart
from domain.facilities.fee_fault import FeeFault, FeeFaultsError, FeeWhy
from domain.facilities.fee_quote import FeeWish, LineKind
from domain.facilities.fee_table import (
    Charge,
    FeeTable,
    Heads,
    Purpose,
    Rate,
    Reduction,
    RefundReason,
    RefundRule,
    RoundAt,
    Rounding,
    RoundMode,
    Scope,
    Surcharge,
    Tax,
    TaxRate,
    round_yen,
)
from domain.facilities.fee_words import WORDS, describe_fee_fault, tell_fee_fault
from domain.facilities.fees import price_wish
from domain.facilities.refunds import Paid, assess_excess, assess_refund
from tests.domain.facilities.fee_cases import example_table

ON = date(2026, 6, 10)
yens = st.integers(0, 30_000)
charges = st.frozensets(st.sampled_from(list(Charge)), min_size=1)


@st.composite
def tables(draw: st.DrawFn) -> FeeTable:
    """A table of a room by time, one piece of equipment and one option, with whatever else."""
    room = Rate(
        "room", Charge.room, "室", "Room", "表", yen=draw(yens), unit_minutes=draw(st.sampled_from([30, 60, 50]))
    )
    heads = draw(st.sampled_from(list(Heads)))
    share = draw(st.booleans())
    options = Rate(
        "air",
        Charge.option,
        "冷暖房",
        "Air",
        "表",
        yen=None if share else draw(yens),
        percent=draw(st.integers(0, 300)) if share else None,
        subject="air",
        always=draw(st.booleans()),
    )
    mic = Rate("mic", Charge.equipment, "マイク", "Microphone", "表", yen=draw(yens), unit_minutes=60, subject="mic")
    surcharges = [
        Surcharge(f"s{number}", "加算", "Surcharge", draw(st.integers(1, 200)), "条", draw(charges))
        for number in range(draw(st.integers(0, 3)))
    ]
    reductions = [
        Reduction(f"r{number}", "減免", "Reduction", "則", yen=draw(st.integers(1, 9999)), charges=draw(charges))
        if draw(st.booleans())
        else Reduction(
            f"r{number}", "減免", "Reduction", "則", percent=draw(st.integers(1, 100)), charges=draw(charges)
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    mode, at = draw(st.sampled_from(list(RoundMode))), draw(st.sampled_from(list(RoundAt)))
    return FeeTable(
        "t",
        "f",
        "表",
        "Table",
        "条例",
        date(2026, 4, 1),
        None,
        ("all",),
        (Purpose("any", "一般", "General"),),
        (dataclasses.replace(room, heads=heads), options, mic),
        tuple(surcharges),
        draw(st.booleans()),
        tuple(reductions),
        minimum_yen=draw(st.sampled_from([0, 500, 10_000])),
        rounding=Rounding(draw(st.sampled_from([1, 10, 50, 100])), mode, at),
        tax=Tax(draw(st.booleans()), (TaxRate(10, date(2019, 10, 1)),)),
    )


@st.composite
def wishes(draw: st.DrawFn, table: FeeTable) -> FeeWish:
    start = draw(st.integers(0, 1300))
    return FeeWish(
        "room",
        ON,
        False,
        start,
        start + draw(st.integers(1, 600)),
        "all",
        "any",
        places=draw(st.integers(1, 5)),
        people=draw(st.integers(1, 40)),
        units=draw(st.sampled_from([(), (("mic", 2),)])),
        options=draw(st.sampled_from([(), (("air", None),), (("air", 90),)])),
        reductions=tuple(draw(st.permutations([row.id for row in table.reductions]))),
    )


@given(st.data())
def test_lines_sum_to_the_total_and_nothing_is_negative(data: st.DataObject) -> None:
    table = data.draw(tables())
    assert check_fee_table(table) == ()
    quote = price_wish(data.draw(wishes(table)), table)
    assert sum(line.quantity * line.unit_yen for line in quote.lines) == quote.total_yen >= 0
    assert 0 <= quote.tax_yen <= quote.total_yen
    allowed = {LineKind.reduction, LineKind.rounding}
    assert all(line.yen >= 0 for line in quote.lines if line.kind not in allowed)
    left = Counter[Charge | None]()
    for line in quote.lines:
        left[line.charge] += line.yen
        assert line.charge is None or left[line.charge] >= 0
    if table.rounding.at is RoundAt.total:
        assert quote.total_yen % table.rounding.step_yen == 0


@given(st.data())
def test_a_table_is_the_same_when_it_was_stored(data: st.DataObject) -> None:
    table = data.draw(tables())
    assert load_fee_table(write_fee_table(table)) == table


@given(st.data())
def test_a_reduction_never_costs_and_longer_is_never_cheaper(data: st.DataObject) -> None:
    table = data.draw(tables())
    wish = data.draw(wishes(table))
    plain = price_wish(dataclasses.replace(wish, reductions=()), table)
    assert price_wish(wish, table).total_yen <= plain.total_yen
    longer = dataclasses.replace(wish, to_minute=wish.to_minute + 60, reductions=())
    assert price_wish(longer, table).total_yen >= plain.total_yen


@given(
    paid=st.integers(0, 100_000),
    deposit=st.integers(0, 50_000),
    percents=st.lists(st.integers(0, 100), max_size=4),
    reason=st.sampled_from(list(RefundReason)),
    minutes=st.integers(-10_000, 50_000),
    rounding=st.builds(Rounding, st.sampled_from([1, 10, 100]), st.sampled_from(list(RoundMode))),
)
def test_never_more_goes_back_than_was_paid(
    paid: int, deposit: int, percents: list[int], reason: RefundReason, minutes: int, rounding: Rounding
) -> None:
    rules = [RefundRule(f"r{day}", "還付", "Refund", each, "則", days_before=day) for day, each in enumerate(percents)]
    table = dataclasses.replace(example_table("hall"), refunds=tuple(rules), rounding=rounding)
    use_at = datetime(2026, 6, 10, tzinfo=UTC)
    ended_at = use_at - timedelta(minutes=minutes)
    back = assess_refund(table, Paid(paid, deposit), reason, ended_at=ended_at, from_at=use_at)
    assert 0 <= back.fee_yen <= paid
    assert back.deposit_yen == deposit
    if reason in {RefundReason.facility, RefundReason.disaster}:
        assert back.fee_yen == paid
    with pytest.raises(FeeFaultsError):
        assess_refund(table, Paid(paid, deposit), reason, ended_at=ended_at, from_at=use_at, withheld_yen=deposit + 1)
    assert assess_excess(Paid(paid, deposit), paid, 0) == Paid(0, deposit)


@given(st.integers(0, 10**9), st.integers(1, 1000), st.sampled_from([1, 10, 100]))
def test_rounding_goes_the_way_it_says(numerator: int, denominator: int, step: int) -> None:
    down, half, up = (round_yen(numerator, denominator, step, mode) for mode in RoundMode)
    assert down <= half <= up <= down + step
    assert down * denominator <= numerator <= up * denominator
    assert abs(half * denominator - numerator) * 2 <= step * denominator


def scope_sets() -> st.SearchStrategy[Scope]:
    some = st.frozensets(st.sampled_from(["a", "b", "c"]), max_size=2)
    return st.builds(Scope, rooms=some, user_classes=some, days=st.frozensets(st.integers(0, 7), max_size=3))


@given(scope_sets(), scope_sets())
def test_two_rows_that_could_hold_for_one_use_are_refused_by_name(a: Scope, b: Scope) -> None:
    rates = tuple(
        Rate(id_, Charge.room, "室", "Room", "表", yen=100, scope=scope) for id_, scope in (("x", a), ("y", b))
    )
    table = dataclasses.replace(example_table("hall"), rates=rates, user_classes=("a", "b", "c"))
    faults = [fault for fault in check_fee_table(table) if fault.why is FeeWhy.rows_overlap]
    both = any(
        (not a.rooms or room in a.rooms)
        and (not b.rooms or room in b.rooms)
        and (not a.user_classes or who in a.user_classes)
        and (not b.user_classes or who in b.user_classes)
        and (not a.days or day in a.days)
        and (not b.days or day in b.days)
        for room in "abc"
        for who in "abc"
        for day in range(8)
    )
    assert faults == ([FeeFault("rates", FeeWhy.rows_overlap, {"row": "x", "other": "y"})] if both else [])


BROKEN: dict[str, tuple[dict[str, object], str]] = {
    "negative": ({"yen": -1}, "yen:negative"),
    "nothing": ({"yen": None}, "yen:one_of_two"),
    "percent of itself": ({"yen": None, "percent": 10}, "yen:one_of_two"),
    "no unit": ({"unit_minutes": 0}, "unit_minutes:out_of_range"),
    "subject": ({"subject": "piano"}, "subject:subject_missing"),
    "always": ({"always": True}, "always:subject_missing"),
    "band": ({"from_minute": 600, "to_minute": 600}, "from_minute:band_empty"),
    "band of a whole use": ({"unit_minutes": None, "from_minute": 600}, "from_minute:band_empty"),
    "class": ({"scope": Scope(user_classes=frozenset({"alien"}))}, "user_classes:unknown_user_class"),
    "purpose": ({"scope": Scope(purposes=frozenset({"war"}))}, "purposes:unknown_purpose"),
    "day": ({"scope": Scope(days=frozenset({8}))}, "days:out_of_range"),
    "source": ({"source": " "}, "source:no_source"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_row_that_makes_no_sense_is_named(name: str) -> None:
    changes, told = BROKEN[name]
    row = Rate("bad", Charge.room, "室", "Room", "表", yen=1, unit_minutes=60, scope=Scope(rooms=frozenset({"shed"})))
    table = example_table("hall")
    broken = dataclasses.replace(table, rates=(*table.rates, dataclasses.replace(row, **changes)))  # type: ignore[arg-type]
    [fault] = [fault for fault in check_fee_table(broken) if fault.values.get("row") == "bad"]
    assert f"{fault.field}:{fault.why}" == told


def test_ids_stand_once_and_tables_lie_apart() -> None:
    table = example_table("hall")
    twice = dataclasses.replace(table, surcharges=(table.surcharges[0], table.surcharges[0]))
    assert [f"{fault.field}:{fault.why}" for fault in check_fee_table(twice)] == ["id:twice"]
    next_year = dataclasses.replace(table, id="hall-2027", from_on=date(2027, 4, 1), until_on=None)
    assert check_tables_apart(next_year, [table]) == ()
    early = dataclasses.replace(next_year, from_on=date(2027, 3, 31))
    assert [fault.why for fault in check_tables_apart(early, [table, early])] == [FeeWhy.tables_overlap]
    assert check_tables_apart(early, [dataclasses.replace(table, facility_id="other")]) == ()


@pytest.mark.parametrize("why", list(FeeWhy))
def test_every_fault_has_words_in_both_languages(why: FeeWhy) -> None:
    japanese, english = describe_fee_fault(FeeFault("yen", why, {"owed_yen": 1200, "on": ON, "minute": 600}))
    assert "1,200円" in japanese
    assert "1,200 yen" in english
    assert "2026-06-10" in english
    assert "10:00" in english
    assert tell_fee_fault(FeeFault("yen", why)) == f"yen: {WORDS[why][0]} / {WORDS[why][1]}"


def test_a_price_beyond_all_measure_is_refused() -> None:
    table = example_table("gym")
    rate = dataclasses.replace(table.rates[0], yen=100_000_000)
    wish = FeeWish("court", ON, False, 600, 720, "inside", "general", people=11)
    with pytest.raises(FeeFaultsError, match="total_yen:out_of_range"):
        price_wish(wish, dataclasses.replace(table, rates=(rate, *table.rates[1:])))
