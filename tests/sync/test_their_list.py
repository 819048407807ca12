"""The other side's list: read back in the form it was written in, and held against what was handed over."""

import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.pay_line import LineState
from domain.attendance.reconciliation import Difference, reconcile
from sync.payroll.batch import FileBatch, make_batches
from sync.payroll.layout import Layout
from sync.payroll.layout_files import adapt_layout, load_layout
from sync.payroll.their_list import TheirListError, read_their_list
from tests.sync.pay_months import EMPTY, FULL, PAYEES, PLAIN, rows_of

TKC = load_layout("tkc")


def batch_of(layout: Layout) -> FileBatch:
    (batch,) = make_batches(layout, "2025-11", rows_of(PLAIN, EMPTY, FULL), PAYEES)
    return batch


def changed(batch: FileBatch, layout: Layout, line: int, heading: str, cell: str) -> bytes:
    rows = list(csv.reader(io.StringIO(batch.content.decode(layout.encoding), newline="")))
    rows[line - 1][rows[0].index(heading)] = cell
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(layout.encoding)


@pytest.mark.parametrize("name", ["generic", "bugyo", "yayoi", "moneyforward", "tkc", "king_of_time"])
def test_our_own_file_agrees_with_our_lines(name: str) -> None:
    layout = load_layout(name)
    batch = batch_of(layout)
    theirs = read_their_list(batch.content, layout, "2025-11")
    found = reconcile([(line, LineState.confirmed) for line in batch.lines], theirs, replace=False)
    assert (found.found, found.listed_twice, found.unknown) == ((), (), 0)
    assert found.agreed > 0
    assert found.counts == {LineState.confirmed: len(batch.lines)}


def test_a_figure_that_differs_is_named_with_both_values() -> None:
    batch = batch_of(TKC)
    data = changed(batch, TKC, 2, "時間外手当時間B", "5.45")
    (one,) = reconcile(
        [(line, LineState.sent) for line in batch.lines], read_their_list(data, TKC, "2025-11"), replace=False
    ).found
    assert (one.person_id, one.line, one.ours, one.theirs, one.difference) == (
        "000101",
        "overtime_b",
        360,
        345,
        Difference.differs,
    )


def test_a_month_that_was_imported_twice_is_found() -> None:
    batch = batch_of(TKC)
    head, *people = batch.content.splitlines(keepends=True)
    theirs = read_their_list(b"".join([head, *people, people[0]]), TKC, "2025-11")
    found = reconcile([(line, LineState.sent) for line in batch.lines], theirs, replace=False)
    assert theirs.listed_twice == ("000101",)
    assert {one.difference for one in found.found} == {Difference.twice}
    assert {one.person_id for one in found.found} == {"000101"}


def test_columns_may_stand_elsewhere_and_others_beside_them() -> None:
    layout = adapt_layout(load_layout("moneyforward"), encoding="utf-8-sig", time="minutes")
    headings = [column.heading for column in layout.columns if column.is_minutes]
    lines = [["メモ", *headings, "従業員コード"], ["=x", *["0"] * len(headings), "000101"]]
    data = "\n".join(",".join(cells) for cells in lines).encode()
    assert set(read_their_list(data, layout, "2025-11").figures.values()) == {0}


@pytest.mark.parametrize(
    ("line", "heading", "cell", "told"),
    [
        (2, "時間外手当時間B", "6.5", "2行目 時間外手当時間B"),
        (3, "社員コード", "", "3行目 社員コード"),
        (3, "社員コード", "9" * 65, "3行目 社員コード"),
        (2, "時間外手当時間B", "999999.00", "too large"),
        (1, "社員コード", "番号", "社員コード"),
    ],
)
def test_a_wrong_cell_is_named(line: int, heading: str, cell: str, told: str) -> None:
    with pytest.raises(TheirListError, match=told):
        read_their_list(changed(batch_of(TKC), TKC, line, heading, cell), TKC, "2025-11")


def test_another_month_another_encoding_and_too_few_columns() -> None:
    layout = load_layout("king_of_time")
    content = batch_of(layout).content
    with pytest.raises(TheirListError, match="202512") as refused:
        read_their_list(content, layout, "2025-12")
    assert len(refused.value.faults) == 3
    with pytest.raises(TheirListError, match="cp932"):
        read_their_list(b"\x81", TKC, "2025-11")
    with pytest.raises(TheirListError, match="列が足りません"):
        read_their_list(batch_of(TKC).content + b"000104,1\r\n", TKC, "2025-11")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for head in (b"", batch_of(TKC).content):
        with contextlib.suppress(TheirListError):
            read_their_list(head + data, TKC, "2025-11")
