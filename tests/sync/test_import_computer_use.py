"""Logs of computers by file: kept once, refused by line and column, and told in the month."""

from datetime import date

import pytest

from store.changed_days import claim_changed_days
from store.tx import Store, Tx
from sync.hr.computer_use_csv import COLUMNS
from sync.hr.csv_text import CsvError, read_lines
from sync.hr.plan import Plan, Reading
from sync.jobs.hr_kinds import KINDS
from sync.jobs.import_computer_use import plan_computer_use
from tests.profiles import HAGI
from tests.store.test_months import DECEMBER, at, month, put_people, put_tap

FILE = "職員番号,日時,種別,端末\np1,2025-11-13 08:20:05,ログオン,pc-1\np1,2025/11/13 21:05,ログオフ,pc-1\n"


def plan(tx: Tx, text: str) -> Plan:
    return plan_computer_use(tx, Reading(read_lines(text.encode()), COLUMNS, b"", date(2025, 12, 1), HAGI))


def test_a_file_is_kept_once_and_shows_in_the_month(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1")
        put_tap(tx, 1, "p1", at(13, "08:15"), "in")
        put_tap(tx, 2, "p1", at(13, "17:20"), "out")
        found = plan(tx, FILE)
        assert len(found.differences.added) == 2
        found.write(tx)
        again = plan(tx, FILE)
        assert again.differences.is_empty
        again.write(tx)
        assert [(each.day_on, each.cause.value) for each in claim_changed_days(tx, 9)] == [(date(2025, 11, 13), "hr")]
        moved = plan(tx, FILE.replace("pc-1", "pc-2")).differences
        assert [(each.field, each.after) for each in moved.changed] == [("host", "pc-2"), ("host", "pc-2")]
    told = [(item.kind.value, item.minutes) for item in month(store).days[12].divergences]
    assert told == [("computer_after_out", 225)]


@pytest.mark.parametrize(
    ("line", "column"),
    [("p9,2025-11-13 08:20,on,pc", "職員番号"), ("p1,2025-11-31 08:20,on,pc", "日時"),
     ("p1,2025-11-13 25:00,on,pc", "日時"),
     ("p1,2025-12-02 08:20,on,pc", "日時"), ("p1,2025-11-13 08:20,sleep,pc", "種別"), ("p1,,on,pc", "日時"),
     ("p1,2025-11-13 08:20,,pc", "種別"), (f"p1,2025-11-13 08:20,on,{'x' * 65}", "端末")],
)  # fmt: skip
def test_a_wrong_line_refuses_the_file(store: Store, line: str, column: str) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1")
        with pytest.raises(CsvError) as refused:
            plan(tx, f"{FILE}{line}\n")
        assert [(each.line, each.column) for each in refused.value.errors] == [(4, column)]


def test_rosters_and_computers_are_kinds_of_hrs_files() -> None:
    assert {"rosters", "computers"} <= KINDS.keys()
