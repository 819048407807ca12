"""What columns mean: guessed from headings as people write them, saved words first, everything unsure named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.hr.column_guess import guess_columns
from sync.hr.staff_csv import COLUMNS, REQUIRED

NEEDED = ["職員番号", "氏名", "フリガナ", "所属コード", "所属名"]


@pytest.mark.parametrize("heading", ["Staff No", "STAFF_NO", "職員 番号", "職員番号（半角）", "ｓｔａｆｆ＿ｎｏ"])
def test_a_heading_is_known_however_it_is_written(heading: str) -> None:
    guess = guess_columns([heading, *NEEDED[1:]], COLUMNS, REQUIRED)
    assert guess.is_whole
    assert guess.columns[heading.strip()] == "staff_no"


def test_unknown_missing_and_doubled_are_named_in_both_languages() -> None:
    guess = guess_columns(["職員番号", "staff_no", "氏名", "氏名", "血液型"], COLUMNS, REQUIRED)
    assert (guess.unknown, guess.missing) == (("血液型",), ("department_id", "department_name", "kana"))
    assert set(guess.doubled) == {"staff_no", "氏名"}
    told = "\n".join(guess.faults(COLUMNS))
    assert "血液型: この列の意味が分かりません / unknown column" in told
    assert "所属コード: 必須の列です / required column (department_id)" in told


def test_what_somebody_said_goes_first_and_a_column_may_be_left_out() -> None:
    saved = {"コード": "staff_no", "血液型": ""}
    guess = guess_columns(["コード", *NEEDED[1:], "血液型"], COLUMNS, REQUIRED, saved)
    assert guess.is_whole
    assert (guess.columns["コード"], guess.columns["血液型"]) == ("staff_no", "")


def test_a_saved_word_that_is_no_field_counts_for_nothing() -> None:
    guess = guess_columns([*NEEDED, "血液型"], COLUMNS, REQUIRED, {"血液型": "blood", "氏名": "nonsense"})
    assert guess.unknown == ("血液型",)
    assert guess.columns["氏名"] == "name"


@given(st.lists(st.sampled_from([*COLUMNS, "血液型", " 氏名 ", ""]), max_size=12))
def test_a_whole_guess_names_each_heading_and_each_needed_field_once(headings: list[str]) -> None:
    guess = guess_columns(headings, COLUMNS, REQUIRED)
    if guess.is_whole:
        fields = list(guess.columns.values())
        assert len(fields) == len(set(fields)) == len(headings)
        assert set(fields) >= REQUIRED
    else:
        assert guess.faults(COLUMNS)
