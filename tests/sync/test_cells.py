"""Cells of payroll's files: what a spreadsheet would run is inert, and nothing is lost to an encoding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.payroll.cells import TableRow, UnencodableError, neutral, write_table


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
