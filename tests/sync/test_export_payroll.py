"""A month for payroll: opened by an independent parser, the same batch again, nothing lost to an encoding."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.payroll import list_batches
from store.people import Person, upsert_persons
from store.tx import Store
from sync.jobs.export_payroll import (
    ExportedMonth,
    MonthNotOverError,
    export_payroll,
    previous_month,
    write_payroll_file,
)
from sync.jobs.table import export_month
from sync.payroll.cells import TableRow, UnencodableError, neutral, write_table
from sync.payroll.layout_files import LayoutError
from tests.profiles import HAGI
from tests.store.test_months import at, put_tap
from tests.sync.desks import DECEMBER, put_city, settings


def export(store: Store, encoding: str = "cp932", now: datetime = DECEMBER) -> ExportedMonth:
    with store.transaction(now) as tx:
        return export_payroll(tx, "2025-11", HAGI, encoding)


def rows(month: ExportedMonth, encoding: str = "cp932") -> list[dict[str, str]]:
    return list(csv.DictReader(month.batch.content.decode(encoding).splitlines()))


@pytest.mark.parametrize("encoding", ["cp932", "utf-8-sig"])
def test_the_seed_month(store: Store, encoding: str) -> None:
    put_city(store, "髙﨑 太郎", "萩 花子")
    month = export(store, encoding)
    first, second = rows(month, encoding)
    assert (first["職員番号"], first["氏名"], first["年月"]) == ("p1", "髙﨑 太郎", "2025-11")
    assert (first["時間外計"], first["時間外計(分)"], first["平日時間外"], first["支給時間125"]) == (
        "6.00",
        "360",
        "6.00",
        "6",
    )
    assert (first["未処理の乖離"], first["打刻漏れ"]) == ("1", "0")
    assert (second["時間外計"], second["支給時間125"]) == ("0.00", "0")
    assert month.batch.lines == 2
    assert month.batch.content.count(b"\r\n") == 3
    assert month.batch.content.startswith(b"\xef\xbb\xbf") is (encoding == "utf-8-sig")


def test_the_settings_choose_the_form(store: Store, tmp_path: Path) -> None:
    put_city(store, "萩 太郎")
    chosen = settings(tmp_path, store.url, payroll_layout="bugyo", payroll_time="decimal", payroll_encoding="utf-8-sig")
    told = export_month(store, chosen, "2025-11", DECEMBER)
    (file,) = (tmp_path / "payroll").iterdir()
    (row,) = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
    assert (row["社員番号"], row["時間外125"], "_bugyo_" in told) == ("p1", "6.00", True)
    with pytest.raises(LayoutError, match="対応表"):
        export_month(store, settings(tmp_path, store.url, payroll_layout="ipknowledge"), "2025-11", DECEMBER)


def test_again_is_the_same_batch_and_a_change_is_another(store: Store, tmp_path: Path) -> None:
    put_city(store, "萩 太郎")
    one = export(store)
    again = export(store, now=datetime(2026, 1, 9, tzinfo=UTC))
    assert (one.is_new, again.is_new, again.batch) == (True, False, one.batch)
    assert (write_payroll_file(tmp_path, one), write_payroll_file(tmp_path, again)) == (True, False)
    with store.transaction(DECEMBER) as tx:
        put_tap(tx, 90, "p1", at(14, "08:30"), "in")
        put_tap(tx, 91, "p1", at(14, "17:15"), "out")
    other = export(store)
    assert other.is_new
    assert other.batch.id != one.batch.id
    with store.reading(DECEMBER) as tx:
        assert {batch.id for _, batch in list_batches(tx, "2025-11")} == {one.batch.id, other.batch.id}
    assert write_payroll_file(tmp_path, other)
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == sorted([one.batch.content, other.batch.content])


def test_what_cp932_cannot_hold_is_named_with_its_line_and_never_replaced(store: Store) -> None:
    put_city(store, "𠮷田 太郎", "萩 花子", "辻󠄀 —〜")
    with pytest.raises(UnencodableError) as refused:
        export(store)
    found = [(each.line, each.subject, each.characters) for each in refused.value.found]
    assert found == [(2, "p1", "𠮷"), (4, "p3", "\U000e0100—")]
    assert "U+20BB7" in str(refused.value)
    assert rows(export(store, "utf-8-sig"), "utf-8-sig")[0]["氏名"] == "𠮷田 太郎"


def test_a_name_that_would_be_a_formula_is_inert(store: Store) -> None:
    put_city(store, "=HYPERLINK(1)", "＋1")
    assert [row["氏名"] for row in rows(export(store))] == ["'=HYPERLINK(1)", "'＋1"]


@given(st.text(max_size=40))
def test_no_cell_begins_a_formula(text: str) -> None:
    assert neutral(text)[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"}
    assert neutral(text).removeprefix("'") == text.removeprefix("'")


PRINTED = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=10)


@given(st.lists(st.lists(PRINTED, min_size=1, max_size=4), max_size=4))
def test_what_was_written_is_read_back_or_refused(table: list[list[str]]) -> None:
    for encoding in ("cp932", "utf-8-sig"):
        try:
            data = write_table([TableRow("", tuple(row)) for row in table], encoding)
        except UnencodableError:
            assert encoding == "cp932"
            continue
        assert "?" not in data.decode(encoding) or any("?" in cell for row in table for cell in row)


@pytest.mark.parametrize("control", ["\n", "\r", "\0", "\x1f", "\x7f", "\x80"])
def test_a_control_character_is_refused_in_every_encoding(control: str) -> None:
    for encoding in ("cp932", "utf-8"):
        with pytest.raises(UnencodableError, match=f"U\\+{ord(control):04X}"):
            write_table([TableRow("p1", (f"萩{control}太郎",))], encoding)


def test_a_month_that_goes_on_is_refused(store: Store) -> None:
    with pytest.raises(MonthNotOverError):
        export(store, now=datetime(2025, 11, 30, 19, 59, tzinfo=UTC))
    assert export(store, now=datetime(2025, 11, 30, 20, tzinfo=UTC)).is_new


def test_people_who_had_left_or_not_come_are_not_on_it(store: Store) -> None:
    put_city(store, "萩 太郎")
    with store.transaction(DECEMBER) as tx:
        upsert_persons(
            tx,
            [
                Person("gone", "去", "サル", "general", left_on=date(2025, 10, 31)),
                Person("last", "末", "スエ", "general", left_on=date(2025, 11, 1)),
                Person("new", "新", "シン", "general", joined_on=date(2025, 12, 1)),
            ],
        )
    assert [row["職員番号"] for row in rows(export(store))] == ["last", "p1"]


def test_the_previous_month() -> None:
    assert [previous_month(date(2026, 1, 3)), previous_month(date(2025, 12, 31))] == ["2025-12", "2025-11"]
