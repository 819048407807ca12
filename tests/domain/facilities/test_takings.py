"""A day's report is the sum of its entries; a provider's file and our takings part into findings without a rest."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facilities.payouts import (
    Finding,
    MatchKind,
    OurEntry,
    Patience,
    PayoutLine,
    reconcile_payouts,
)
from domain.facilities.takings import (
    CashCount,
    Method,
    Series,
    Taking,
    TakingKind,
    derive_report,
    fiscal_year,
)

ON = date(2026, 6, 10)
AT = datetime(2026, 6, 10, 3, tzinfo=UTC)
PATIENCE = Patience(until=date(2026, 6, 20))


def taking(yen: int, method: Method, kind: TakingKind = TakingKind.fee, *, on: date = ON) -> Taking:
    return Taking("t", "f", "r", kind, kind, method, yen, AT, "desk", on, 1)


entries = st.builds(
    taking,
    st.integers(-50_000, 50_000).filter(bool),
    st.sampled_from(list(Method)),
    st.sampled_from([TakingKind.fee, TakingKind.deposit, TakingKind.fee_refund, TakingKind.deposit_refund]),
)


@given(st.lists(entries, max_size=30), st.integers(0, 90_000), st.integers(0, 90_000), st.integers(0, 90_000))
def test_the_report_is_the_sum_of_the_day(day: list[Taking], opening: int, counted: int, banked: int) -> None:
    report = derive_report("f", ON, day, CashCount(opening, counted, banked))
    assert report.total_yen == sum(each.yen for each in day) == report.fee_yen + report.deposit_yen
    assert sum(each.entries for each in report.sums) == len(day)
    cash = sum(each.yen for each in day if each.method is Method.cash)
    assert report.difference_yen == counted - (opening + cash - banked)
    assert len({each.method for each in report.sums}) == len(report.sums)
    assert all(each.in_yen >= 0 and each.out_yen >= 0 for each in report.sums)


def test_an_entry_of_another_day_is_no_part_of_the_report() -> None:
    with pytest.raises(ValueError, match="beside"):
        derive_report("f", ON, [taking(1, Method.cash, on=ON + timedelta(days=1))], CashCount(0, 0))


def test_slips_tell_series_and_fiscal_year() -> None:
    assert (fiscal_year(date(2026, 3, 31)), fiscal_year(date(2026, 4, 1))) == (2025, 2026)
    assert taking(1, Method.cash).slip == "2026-000001"
    assert taking(-1, Method.cash, TakingKind.fee_refund).slip == "2026-R000001"
    assert taking(-1, Method.cash, TakingKind.correction).series is Series.correction


def our(id_: str, yen: int = 500, *, reference: str = "", day: int = 10) -> OurEntry:
    return OurEntry(id_, reference, yen, date(2026, 6, day))


def their(id_: str, gross: int = 500, *, reference: str = "", day: int = 10) -> PayoutLine:
    on = date(2026, 6, day)
    return PayoutLine(id_, reference, gross, 15, gross - 15, on, on + timedelta(days=15))


def kinds(found: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    return [
        (each.kind.value, each.ours.id if each.ours else "", each.theirs.id if each.theirs else "") for each in found
    ]


def test_each_kind_of_finding() -> None:
    ours = [
        our("same", reference="A"),
        our("amount", reference="B"),
        our("day", reference="C"),
        our("gone", reference="D"),
        our("young", reference="E", day=25),
        our("twice1", reference="F"),
        our("twice2", reference="F"),
        our("noref", 700),
        our("back", -500, reference="A"),
    ]
    theirs = [
        their("1", reference="A"),
        their("2", 450, reference="B"),
        their("3", reference="C", day=13),
        their("4", reference="F"),
        their("5", reference="A"),
        their("6", 700, reference="Z", day=11),
        their("7", reference="Y"),
    ]
    assert kinds(reconcile_payouts(ours, theirs, pinned={}, patience=PATIENCE)) == [
        ("agreed", "same", "1"),
        ("different_amount", "amount", "2"),
        ("different_day", "day", "3"),
        ("missing_there", "gone", ""),
        ("awaited", "young", ""),
        ("agreed", "twice1", "4"),
        ("doubled_here", "twice2", ""),
        ("agreed", "noref", "6"),
        ("missing_there", "back", ""),
        ("doubled_there", "", "5"),
        ("missing_here", "", "7"),
    ]


def test_what_was_matched_before_stays_matched() -> None:
    ours = [our("a", reference="A"), our("b", reference="A")]
    found = reconcile_payouts(ours, [their("1", reference="A")], pinned={"1": "b"}, patience=PATIENCE)
    assert kinds(found) == [("doubled_here", "a", ""), ("agreed", "b", "1")]


def test_without_references_the_nearest_day_counts() -> None:
    ours = [our("a", day=11)]
    found = reconcile_payouts(ours, [their("1", day=12), their("2", day=11)], pinned={}, patience=PATIENCE)
    assert kinds(found) == [("agreed", "a", "2"), ("missing_here", "", "1")]


references = st.sampled_from(["", "", "A", "B", "C"])
yens = st.sampled_from([500, 700, -500])
days = st.integers(1, 28)


@given(
    st.lists(st.tuples(references, yens, days), max_size=12),
    st.lists(st.tuples(references, yens, days), max_size=12),
    st.dictionaries(st.integers(0, 11), st.integers(0, 11), max_size=5),
)
def test_matching_is_a_partition(
    left: list[tuple[str, int, int]], right: list[tuple[str, int, int]], pins: dict[int, int]
) -> None:
    ours = [our(f"o{at}", yen, reference=ref, day=day) for at, (ref, yen, day) in enumerate(left)]
    theirs = [their(f"t{at}", yen, reference=ref, day=day) for at, (ref, yen, day) in enumerate(right)]
    pinned = {f"t{a}": f"o{b}" for a, b in pins.items()}
    found = reconcile_payouts(ours, theirs, pinned=pinned, patience=PATIENCE)
    assert Counter(each.ours.id for each in found if each.ours) == Counter(each.id for each in ours)
    assert Counter(each.theirs.id for each in found if each.theirs) == Counter(each.id for each in theirs)
    for each in found:
        both = each.ours is not None and each.theirs is not None
        assert both == (each.kind in {MatchKind.agreed, MatchKind.different_amount, MatchKind.different_day})
        if each.kind is MatchKind.agreed and each.ours and each.theirs:
            assert each.ours.yen == each.theirs.gross_yen
