"""Each product's file against its golden bytes, opened by an independent parser; lost pay is refused."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from domain.attendance.pay_due import due_rows
from domain.attendance.pay_line import AgreedAdjustment, PayRow, RowKind
from sync.payroll.batch import FileBatch, NoFileLayoutError, make_batches
from sync.payroll.cells import UnencodableError
from sync.payroll.layout import Layout
from sync.payroll.layout_files import LayoutError, adapt_layout, layout_schema, list_layouts, load_layout
from sync.payroll.rows import Payee, TooLongError, UntoldPayError, row_lines
from tests.sync.pay_months import EMPTY, FULL, FULL_ID, PAYEES, PLAIN, rows_of

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "payroll"
PRODUCTS = [name for name in list_layouts() if name not in {"ipknowledge", "freee_api"}]
LOSES_W1 = {"pca", "freee"}
"""Products without a column for 25 % or 175 %."""


def make(layout: Layout, rows: list[PayRow], *, without_unfit: bool = False) -> FileBatch:
    (batch,) = make_batches(layout, "2025-11", rows, PAYEES, without_unfit=without_unfit)
    return batch


def batch_of(name: str, *, without_unfit: bool = False) -> FileBatch:
    return make(load_layout(name), rows_of(PLAIN, EMPTY, FULL), without_unfit=without_unfit)


def opened(batch: FileBatch, encoding: str) -> list[dict[str, str]]:
    text = batch.content.decode(encoding)
    assert text.count("\n") == text.count("\r\n"), "every line ends with CRLF"
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("name", PRODUCTS)
def test_the_golden_file(name: str) -> None:
    batch = batch_of(name, without_unfit=name in LOSES_W1)
    assert batch.content == (GOLDEN / f"{name}.csv").read_bytes()
    assert [each.person_id for each in batch.left_out] == ([FULL_ID] if name in LOSES_W1 else [])


def test_every_product_of_the_list_is_there() -> None:
    assert set(list_layouts()) == {
        "generic", "pca", "bugyo", "yayoi", "moneyforward", "freee", "freee_api", "tkc", "king_of_time", "ipknowledge",
    }  # fmt: skip


def test_generic_both_notations() -> None:
    plain, empty, full = opened(batch_of("generic"), "cp932")
    assert (plain["氏名"], plain["時間外計"], plain["時間外計(分)"], plain["支給時間125"]) == (
        "髙﨑 太郎", "6.00", "360", "6",
    )  # fmt: skip
    assert (empty["時間外計"], empty["版"], empty["区分"]) == ("0.00", "1", "month")
    assert (full["氏名"], full["時間外計"], full["平日時間外60時間超(分)"]) == ("毛利, 次郎", "72.30", "405")
    rates = {rate: full[f"支給時間{rate}"] for rate in ("125", "135", "150", "160", "175", "週休日振替", "休日勤務")}
    assert rates == {"125": "46", "135": "8", "150": "15", "160": "0", "175": "4", "週休日振替": "8", "休日勤務": "4"}


def test_pca_keeps_its_blanks() -> None:
    batch = batch_of("pca", without_unfit=True)
    heading, plain, _ = list(csv.reader(io.StringIO(batch.content.decode("cp932"), newline=""), strict=True))
    assert heading[:5] == ["社員コード", "要勤務日数", "要勤務時間", "出勤日数", "出勤時間"]
    assert heading[5:8] == ["事故欠勤日数", "病気欠勤日数", "代休特休日数"]
    assert plain[:7] == ["000101", "", "", "18", "138.30", "0", ""]
    assert plain[9:13] == ["", "", "6.00", "0.00"]


def test_bugyo_is_quoted_and_begins_with_the_number() -> None:
    content = batch_of("bugyo").content.decode("cp932")
    assert content.startswith('"社員番号","出勤日数"')
    assert opened(batch_of("bugyo"), "cp932")[2]["時間外150"] == "14:30"


def test_yayoi_decimal_hours_and_twenty_characters() -> None:
    rows = opened(batch_of("yayoi"), "cp932")
    assert (rows[0]["時間外125"], rows[2]["時間外150"], rows[2]["時間外125"]) == ("6.00", "14.50", "46.00")
    long = replace(PLAIN, person_id="x" * 21)
    payees = {"x" * 21: Payee("x" * 21, "萩")}
    with pytest.raises(TooLongError, match="従業員特定"):
        make_batches(load_layout("yayoi"), "2025-11", rows_of(long), payees)
    (batch,) = make_batches(load_layout("yayoi"), "2025-11", rows_of(long), payees, without_unfit=True)
    assert (batch.rows, [each.person_id for each in batch.left_out]) == ((), ["x" * 21])


def test_moneyforward_has_its_version_and_utf8_on_demand() -> None:
    layout = adapt_layout(load_layout("moneyforward"), encoding="utf-8-sig", time="decimal")
    rows = opened(make(layout, rows_of(PLAIN)), "utf-8-sig")
    assert (rows[0]["Version"], rows[0]["従業員コード"], rows[0]["時間外125"]) == ("2", "000101", "6.00")


def test_freee_splits_at_the_statutory_hours() -> None:
    (plain, _) = opened(batch_of("freee", without_unfit=True), "utf-8")
    assert (plain["法定内残業時間"], plain["残業時間"], plain["所定時間"]) == ("0.50", "5.50", "138.50")


def test_tkc_has_a_place_for_each_rate() -> None:
    full = opened(batch_of("tkc"), "cp932")[2]
    assert [full[f"時間外手当時間{letter}"] for letter in "ABCDEFGH"] == [
        "0.00", "46.00", "14.30", "12.15", "0.00", "4.00", "0.00", "7.45",
    ]  # fmt: skip


def test_king_of_time_tells_minutes_and_a_compact_month() -> None:
    full = opened(batch_of("king_of_time"), "utf-8-sig")[2]
    assert (full["年月"], full["残業時間"], full["割増労働残業時間1"]) == ("202511", str(3165 - 405), "405")


def test_ipknowledge_refuses_without_the_citys_columns(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="対応表"):
        load_layout("ipknowledge")
    own = tmp_path / "ipknowledge.toml"
    own.write_text(
        'name = "ipknowledge"\ntitle = "IPK"\nsource = "市"\nhead = ["symbols", "headings"]\nquote = "none"\n'
        'columns = [{ heading = "職員", symbol = "A1", field = "person_id" },\n'
        '  { heading = "125", symbol = "B1", key = "rate_125", sum = ["rate.125"], unit = "minutes",'
        " blank_zero = true }]\n"
    )
    batch = make(load_layout("ipknowledge", city_file=own), rows_of(PLAIN, EMPTY))
    assert batch.content.decode("cp932") == "A1,B1\r\n職員,125\r\n000101,360\r\n000102,\r\n"


def test_pay_without_a_column_is_refused_by_name() -> None:
    with pytest.raises(UntoldPayError) as refused:
        batch_of("pca")
    assert [(each.person_id, each.items) for each in refused.value.found] == [(FULL_ID, ("rate.175", "rate.swap_week"))]


def test_what_cp932_lacks_is_listed_by_person_line_and_character() -> None:
    payees = {**PAYEES, "000102": Payee("000102", "𠮷田 —")}
    rows = rows_of(PLAIN, EMPTY)
    with pytest.raises(UnencodableError) as refused:
        make_batches(load_layout("generic"), "2025-11", rows, payees)
    (unfit,) = refused.value.found
    assert (unfit.line, unfit.column, unfit.subject, unfit.characters) == (3, 2, "000102", "𠮷—")
    assert "U+20BB7" in str(unfit)
    (batch,) = make_batches(load_layout("generic"), "2025-11", rows, payees, without_unfit=True)
    assert [row.person_id for row in batch.rows] == ["000101"]
    assert "U+2014" in batch.left_out[0].why
    assert {line.person_id for line in batch.lines} == {"000101"}


def test_differences_are_a_file_of_their_own() -> None:
    item = AgreedAdjustment("a1", "000101", "2025-11", 1, {"class.weekday_day": -75, "rate.125": -75, "hours.125": -1})
    rows = [*rows_of(EMPTY), *due_rows([PLAIN], [item], [(1, "month")], replace=False)]
    months, differences = make_batches(load_layout("generic"), "2025-11", rows, PAYEES)
    assert (months.kind, differences.kind) == (RowKind.month, RowKind.difference)
    (row,) = opened(differences, "cp932")
    assert (row["平日時間外"], row["平日時間外(分)"], row["支給時間125"], row["区分"]) == (
        "-1.15",
        "-75",
        "-1",
        "difference",
    )
    assert differences.file_name.startswith("payroll_2025-11_generic_difference_")


def test_the_same_is_the_same_batch() -> None:
    assert batch_of("generic").id == batch_of("generic").id
    assert batch_of("generic").id != batch_of("tkc").id


def test_lines_say_what_the_row_says_and_every_row_has_one() -> None:
    layout = load_layout("tkc")
    lines = {line.line: line.minutes for row in rows_of(FULL) for line in row_lines(layout, row)}
    assert (lines["overtime_b"], lines["overtime_c"], lines["overtime_h"]) == (2760, 870, 465)
    assert [(line.line, line.minutes) for row in rows_of(EMPTY) for line in row_lines(layout, row)] == [("worked", 0)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("columns = 3", "columns"),
        ('columns = [{ heading = "a", sum = ["class.nonsense"], key = "k" }]', "class.nonsense"),
        ('columns = [{ heading = "a", sum = ["hours.125"], key = "k" }]', "unit"),
        ('columns = [{ heading = "a", field = "person_id", text = "b" }]', "expected one of them"),
        ('columns = [{ heading = "a", text = "b" }]', "person_id"),
        ("columns = []", "columns"),
        ('colour = "red"\ncolumns = [{ field = "person_id" }]', "colour"),
        ('head = ["symbols"]\ncolumns = [{ field = "person_id" }]', "symbols"),
        ("= broken", "TOML"),
    ],
)
def test_a_malformed_layout_names_the_field(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(f'name = "own"\ntitle = "t"\nsource = "s"\n{text}\n')
    with pytest.raises(LayoutError, match=told):
        load_layout("own", city_file=file)


def test_a_layout_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="generic"):
        load_layout("edo")
    with pytest.raises(LayoutError, match="cannot read"):
        load_layout("own", city_file=tmp_path / "own.toml")


def test_a_services_layout_writes_no_file() -> None:
    with pytest.raises(NoFileLayoutError, match="freee_api"):
        make(load_layout("freee_api"), rows_of(PLAIN))


def test_the_schema_is_the_models() -> None:
    assert (ROOT / "sync" / "payroll" / "layouts" / "layout.schema.json").read_text() == layout_schema()
