"""Rosters by file: both forms, what they would change, and every impossible cell by line, column and reason."""

from datetime import date

import pytest

from domain.attendance.closing import MonthStanding, MonthState
from domain.attendance.shift import OFF_DUTY, REST
from domain.attendance.shift_text import parse_shift
from store.changed_days import claim_changed_days
from store.closings import claim_standings, save_standings
from store.rosters import load_shifts
from store.shifts import ShiftKind, save_shift_kind
from store.tx import Store, Tx
from sync.hr.csv_text import CsvError, read_lines
from sync.hr.plan import Plan, Reading
from sync.hr.roster_csv import COLUMNS
from sync.jobs.import_roster import plan_roster
from tests.profiles import HAGI
from tests.store.test_months import DECEMBER, put_people

DUTY = parse_shift("08:30-32:30 break 12:00-13:00, 18:00-19:00, 24:00-30:00")
NOVEMBER = (date(2025, 11, 1), date(2025, 11, 30))


def put_kinds(tx: Tx) -> None:
    put_people(tx, "p1", "p2")
    save_shift_kind(tx, ShiftKind("d", "日勤", parse_shift("08:30-17:15 break 12:00-13:00")))
    save_shift_kind(tx, ShiftKind("t", "当番", DUTY))
    save_shift_kind(tx, ShiftKind("a", "非番", OFF_DUTY))
    save_shift_kind(tx, ShiftKind("y", "週休", REST))
    save_shift_kind(tx, ShiftKind("o", "旧勤", REST, until_on=date(2025, 3, 31)))


def plan(tx: Tx, text: str) -> Plan:
    return plan_roster(tx, Reading(read_lines(text.encode("cp932")), COLUMNS, b"", date(2025, 12, 1), HAGI))


def refused(tx: Tx, text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(CsvError) as error:
        plan(tx, text)
    return [(each.line, each.column, each.expected) for each in error.value.errors]


MONTH = "職員番号,氏名,年月,1,2,3,4,5\np1,萩 太郎,2025-11,当番,非番,週休,t,\n"
MONTH += "p2,萩 花子,2025/11,,日勤,,13:00-21:45 break 17:00-18:00,y\n"
DAYS = "職員番号,日付,勤務\np1,2025-11-01,当番\np1,2025-11-02,非番\n"


def test_a_months_table_is_planned_and_again_changes_nothing(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_kinds(tx)
        found = plan(tx, MONTH)
        assert len(found.differences.added) == 7
        found.write(tx)
        shifts = load_shifts(tx, ["p1", "p2"], NOVEMBER)
        assert [shifts["p1"][date(2025, 11, day)].hours for day in (1, 2, 3, 4)] == [DUTY.hours, None, None, DUTY.hours]
        assert shifts["p2"][date(2025, 11, 4)].on_holidays
        assert date(2025, 11, 1) not in shifts["p2"]
        assert plan(tx, MONTH).differences.is_empty
        assert plan(tx, DAYS).differences.is_empty
        changed = plan(tx, "職員番号,日付,勤務\np1,2025-11-03,rest\np1,2025-11-04,日勤\n").differences
        assert [(each.key, each.after) for each in changed.changed] == [
            ("p1/2025-11-04", "08:30-17:15 break 12:00-13:00")
        ]
        assert {each.cause.value for each in claim_changed_days(tx, 10)} == {"roster"}


def test_days_that_do_not_exist_are_refused_by_column(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_kinds(tx)
        [(line, column, why)] = refused(tx, "職員番号,年月,28,31\np1,2026-02,日勤,日勤\n")
        assert (line, column) == (2, "31日")
        assert "2026-02 に 31日 はありません" in why
        [(line, column, why)] = refused(tx, "職員番号,日付,勤務\np1,2026-02-31,日勤\n")
        assert (line, column) == (2, "日付")
        assert "2026-02-31" in why


@pytest.mark.parametrize(
    ("cell", "words"),
    [("17:15-08:30", "ends before it starts"), ("夜勤", "no such shift kind"), ("旧勤", "is over"),
     ("08:30-17:30", "needs a break of 60 minutes, has 0"), ("24:00-30:00", "begin on their day")],
)  # fmt: skip
def test_an_impossible_cell_is_named(store: Store, cell: str, words: str) -> None:
    with store.transaction(DECEMBER) as tx:
        put_kinds(tx)
        [(line, column, why)] = refused(tx, f"職員番号,日付,勤務\np1,2025-11-04,{cell}\n")
        assert (line, column) == (2, "勤務")
        assert words in why


def test_an_overlap_is_refused_within_the_file_and_against_what_is_planned(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_kinds(tx)
        found = refused(tx, "職員番号,年月,6,7\np1,2025-11,当番,08:00-12:00\n")
        assert [(line, column) for line, column, _ in found] == [(2, "6日")]
        assert "overlaps the next day's shift by 30 minutes" in found[0][2]
        plan(tx, "職員番号,年月,6,7\np1,2025-11,当番,非番\n").write(tx)
        [(line, column, why)] = refused(tx, "職員番号,日付,勤務\np1,2025-11-07,08:00-12:00\n")
        assert (line, column, "翌日の勤務と 30 分重なります" in why) == (2, "勤務", True)


def test_every_fault_of_a_file_is_named_and_nothing_of_it_is_planned(store: Store) -> None:
    text = "職員番号,年月,日付,勤務,1\np9,2025-11,,,日勤\np1,2025-13,,,日勤\n"
    text += "p2,,2025-11-05,,\np1,2025-11,,,日勤\np1,2025-11,,,週休\n"
    with store.transaction(DECEMBER) as tx:
        put_kinds(tx)
        found = [(line, column) for line, column, _ in refused(tx, text)]
        assert found == [(2, "職員番号"), (3, "年月"), (4, "勤務"), (6, "1日")]
        assert load_shifts(tx, None, NOVEMBER) == {}


def test_a_closed_month_and_days_outside_the_employment_are_refused(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_kinds(tx)
        claim_standings(tx, "2025-11", ["p1"])
        save_standings(tx, [MonthStanding("p1", "2025-11", MonthState.closed)])
        [(line, _, why)] = refused(tx, "職員番号,日付,勤務\np1,2025-11-04,日勤\np2,2025-11-04,日勤\n")
        assert (line, "the month is closed" in why) == (2, True)
