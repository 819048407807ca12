"""A settlement period over two months on both databases (L20): loaded whole, settled where it ends, closed with it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from contract.month_version import hash_month, read_month, write_month
from domain.attendance.flex_settlement import SettlementState
from domain.attendance.month import PersonMonth, derive_month
from domain.attendance.shift_text import format_shift, parse_shift
from domain.civil import instant
from store.months import load_month_facts
from store.rosters import PlannedShift, load_shifts, save_planned_shifts
from store.shifts import ShiftKind, list_shift_kinds, save_shift_kind
from store.tx import Store, Tx
from tests.profiles import HAGI
from tests.store.test_months import put_people, put_tap

CITY = replace(HAGI, flex_adopted=True, flex_period_weeks=4, flex_period_from_on=date(2025, 10, 12))
NOW = datetime(2025, 12, 20, tzinfo=UTC)
SHIFT = parse_shift("flex 09:00-17:45 break 12:00-13:00")
PERIOD = [date(2025, 10, 12) + timedelta(days=each) for each in range(28)]
DUTY = [on for on in PERIOD if on.weekday() < 5]


def put_period(tx: Tx, last_left: int) -> None:
    put_people(tx, "p1")
    save_shift_kind(tx, ShiftKind("F", "フレックス", SHIFT))
    save_planned_shifts(tx, [PlannedShift("p1", on, SHIFT, "desk", "aoki", "F") for on in DUTY])
    for number, on in enumerate(DUTY):
        left = last_left if on == DUTY[-1] else 17 * 60 + 45
        put_tap(tx, 2 * number + 1, "p1", instant(on, 9 * 60), "in")
        put_tap(tx, 2 * number + 2, "p1", instant(on, left), "out")


def count(tx: Tx, period: str) -> PersonMonth:
    return derive_month(load_month_facts(tx, "p1", period, CITY))


def test_a_flexible_shift_is_kept_as_it_was_written(store: Store) -> None:
    with store.transaction(NOW) as tx:
        put_period(tx, 17 * 60 + 45)
    with store.reading(NOW) as tx:
        assert list_shift_kinds(tx)["F"].shift == SHIFT
        planned = load_shifts(tx, ["p1"], (DUTY[0], DUTY[-1]))["p1"]
    assert {format_shift(shift) for shift in planned.values()} == {format_shift(SHIFT)}


def test_a_period_is_loaded_whole_and_settled_where_it_ends(store: Store) -> None:
    with store.transaction(NOW) as tx:
        put_period(tx, 17 * 60)
    with store.reading(NOW) as tx:
        october, november = count(tx, "2025-10"), count(tx, "2025-11")
        assert load_month_facts(tx, "p1", "2025-11", CITY).whole_from_on == date(2025, 10, 12)
    (one,) = november.settlements
    assert (one.first_on, one.last_on, one.state) == (PERIOD[0], PERIOD[-1], SettlementState.settled)
    assert (one.due_minutes, one.balance_minutes) == (20 * 465, -45)
    assert [item.kind.value for item in november.days[7].divergences] == ["flex_shortage"]
    assert october.divergence_count == 0


def test_a_closed_month_keeps_its_settlement_and_others_keep_their_bytes(store: Store) -> None:
    with store.transaction(NOW) as tx:
        put_period(tx, 17 * 60)
    with store.reading(NOW) as tx:
        november, october = count(tx, "2025-11"), count(tx, "2025-10")
    content = write_month(november, "2025-11", CITY)
    assert read_month(content, 1).amounts["minutes.flex_shortage"] == 45
    assert b'"settlements":[["2025-10-12","2025-11-08","settled",9300,9255,0]]' in content
    plain = write_month(replace(october, settlements=()), "2025-10", CITY)
    assert hash_month(write_month(october, "2025-10", CITY)) == hash_month(plain)
    assert b"flex_shortage_minutes" not in plain
