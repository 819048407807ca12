"""What is due to payroll: whatever the order of closings, adjustments and exports, the sum is the month, once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.pay_due import add_amounts, due_rows, is_due, merge_rows, subtract_amounts
from domain.attendance.pay_line import AgreedAdjustment, ClosedMonth, PayRow, RowKind

ITEMS = ("class.weekday_day", "hours.125", "minutes.worked")
amounts = st.dictionaries(st.sampled_from(ITEMS), st.integers(-500, 5000))


def month(version: int = 1, minutes: int = 360) -> ClosedMonth:
    return ClosedMonth("p1", "2025-11", version, {"weekday_day": minutes}, {}, {"125": round(minutes / 60)})


def adjustment(name: str, minutes: int, version: int = 1) -> AgreedAdjustment:
    return AgreedAdjustment(name, "p1", "2025-11", version, {"class.weekday_day": minutes})


def minutes_of(row: PayRow) -> int:
    return row.amounts.get("class.weekday_day", 0)


def test_the_items_of_a_month() -> None:
    closed = ClosedMonth(
        "p1", "2025-11", 1, {"weekday_day": 90}, {"weekday_day": 30}, {"125": 1, "150": 1}, {"125": 60, "150": 30},
        worked_minutes=500, days={"worked": 20}, leave_days={"annual": 1}, leave_minutes={"annual": 60},
    )  # fmt: skip
    assert closed.amounts == {
        "after_60h.weekday_day": 30,
        "class.weekday_day": 90,
        "days.worked": 20,
        "hours.125": 1,
        "hours.150": 1,
        "leave_days.annual": 1,
        "leave_minutes.annual": 60,
        "minutes.worked": 500,
        "rate.125": 60,
        "rate.150": 30,
    }


def test_a_first_version_is_due_whole_and_then_nothing() -> None:
    (row,) = due_rows([month()], (), (), replace=False)
    assert (row.kind, row.name, row.key, minutes_of(row)) == (RowKind.month, "month", "p1/2025-11/1/month", 360)
    assert due_rows([month()], (), [(1, row.name)], replace=False) == ()


def test_an_adjustment_is_a_difference_that_names_its_version() -> None:
    (row,) = due_rows([month()], [adjustment("a1", -45)], [(1, "month")], replace=False)
    assert (row.kind, row.version, row.name, minutes_of(row)) == (RowKind.difference, 1, "difference:a1", -45)


def test_a_second_version_owes_what_the_first_and_its_adjustments_did_not_give() -> None:
    given_rows = [(1, "month"), (1, "difference:a1")]
    (row,) = due_rows([month(), month(2, 500)], [adjustment("a1", 40), adjustment("a2", 7)], given_rows, replace=False)
    assert (row.kind, row.version, minutes_of(row)) == (RowKind.difference, 2, 500 - 360 - 40)


def test_where_the_other_side_replaces_the_whole_month_is_due_again() -> None:
    (row,) = due_rows([month()], [adjustment("a1", 40), adjustment("a2", 7)], [(1, "month:a1")], replace=True)
    assert (row.kind, row.name, minutes_of(row)) == (RowKind.month, "month:a1,a2", 407)
    assert due_rows([month()], [adjustment("a1", 40)], [(1, "month:a1")], replace=True) == ()


def test_a_month_that_was_never_closed_owes_nothing() -> None:
    assert due_rows((), (), (), replace=False) == ()


def test_rows_of_one_person_are_added_up() -> None:
    rows = due_rows([month()], [adjustment("a1", 40)], (), replace=False)
    merged = merge_rows(rows)
    assert (merged.kind, minutes_of(merged), merged.adjustment_ids) == (RowKind.month, 400, ("a1",))
    with pytest.raises(ValueError, match="at least one"):
        merge_rows(())


@given(amounts, amounts)
def test_amounts_add_and_subtract(one: dict[str, int], other: dict[str, int]) -> None:
    assert add_amounts(subtract_amounts(one, other), other) == add_amounts(one)
    assert 0 not in add_amounts(one, other).values()


steps = st.lists(
    st.one_of(
        st.tuples(st.just("close"), st.integers(0, 5000)),
        st.tuples(st.just("adjust"), st.integers(-200, 200)),
        st.tuples(st.just("hand"), st.integers(0, 255)),
    ),
    max_size=14,
)


@given(steps, st.booleans())
def test_what_was_handed_over_is_the_month_as_it_stands(plan: list[tuple[str, int]], replace: bool) -> None:
    """Versions and adjustments come at any time; each run may hand over only some of the rows that are due."""
    versions: list[ClosedMonth] = []
    adjustments: list[AgreedAdjustment] = []
    given_rows: list[PayRow] = []

    def hand(chosen: int) -> None:
        handed = [(row.version, row.name) for row in given_rows]
        rows = due_rows(versions, adjustments, handed, replace=replace)
        assert not {(row.version, row.name) for row in rows} & set(handed), "no row twice"
        given_rows.extend(row for at, row in enumerate(rows) if chosen >> at & 1)

    for number, (act, value) in enumerate(plan):
        if act == "close":
            versions.append(month(len(versions) + 1, value))
        elif act == "adjust" and versions:
            adjustments.append(adjustment(f"a{number}", value, len(versions)))
        elif act == "hand":
            hand(value)
    hand(-1)
    assert due_rows(versions, adjustments, [(row.version, row.name) for row in given_rows], replace=replace) == ()
    if not versions:
        assert given_rows == []
        return
    last = versions[-1]
    target = add_amounts(last.amounts, *(item.amounts for item in adjustments if item.version == last.version))
    taken = [given_rows[-1]] if replace else given_rows
    assert add_amounts(*(row.amounts for row in taken)) == target


@pytest.mark.parametrize("replace_whole", [False, True])
@given(
    last=st.integers(1, 3),
    agreed=st.frozensets(st.sampled_from("abc")),
    handed=st.frozensets(
        st.tuples(
            st.integers(1, 3), st.sampled_from(["month", "difference", "difference:a", "month:a,b", "difference:c"])
        )
    ),
)
def test_whether_something_is_due_is_known_without_the_amounts(
    last: int, agreed: frozenset[str], handed: frozenset[tuple[int, str]], *, replace_whole: bool
) -> None:
    versions = [ClosedMonth("p", "2025-11", number, {}, {}, {}) for number in range(1, last + 1)]
    adjustments = [AgreedAdjustment(each, "p", "2025-11", last, {}) for each in sorted(agreed)]
    rows = due_rows(versions, adjustments, handed, replace=replace_whole)
    assert bool(rows) == is_due(last, agreed, handed)
