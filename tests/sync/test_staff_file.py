"""HR's staff file: both encodings, both languages, every error by line and column, no card number kept."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.tokens import credential_token
from sync.hr.csv_text import CsvError
from sync.hr.staff_csv import read_staff_file
from tests.sync.desks import KEY

HEADING = (
    "職員番号,氏名,フリガナ,所属コード,所属名,所属長,雇用区分,管理職,採用日,退職日,"
    "カード種別,カード番号,カード券面,権限"
)
TARO = "s0001,萩 太郎,ハギ タロウ,somu,総務課,1,常勤,1,2001/4/1,,FeliCa,F1:23:45:67:89:AB:CD:EF,No.1,staff manager"
HANAKO = "s0002,髙橋 花子,タカハシ ハナコ,somu,総務課,,会計年度,,2020-04-01,2026-03-31,,,,staff"
FILE = f"{HEADING}\r\n{TARO}\r\n{HANAKO}\r\n\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_file_in_each_encoding_says_the_same(encoding: str) -> None:
    file = read_staff_file(FILE.encode(encoding), KEY)
    taro, hanako = (line.person for line in file.lines)
    assert (taro.id, taro.name, taro.employment, taro.is_manager, str(taro.joined_on)) == (
        "s0001", "萩 太郎", "full_time", True, "2001-04-01",
    )  # fmt: skip
    assert (hanako.name, hanako.employment, str(hanako.left_on)) == ("髙橋 花子", "part_time", "2026-03-31")
    assert [(each.id, each.name, each.head_id) for each in file.departments] == [("somu", "総務課", "s0001")]
    assert file.lines[0].levels == {"staff", "manager"}
    assert file.lines[1].card_token is None


def test_a_card_becomes_the_readers_token() -> None:
    token = read_staff_file(FILE.encode(), KEY).lines[0].card_token
    assert token == credential_token(KEY, "felica_idm", bytes.fromhex("0123456789abcdef")), "system bits masked"


def test_english_headings_and_columns_in_any_order() -> None:
    text = "name,staff_no,kana,department_name,department_id\nHagi,S0001,ハギ,General,somu\n"
    file = read_staff_file(text.encode(), KEY)
    assert (file.lines[0].person.id, file.lines[0].levels) == ("s0001", None)
    assert "levels" not in file.columns


@pytest.mark.parametrize(
    ("old", "new", "line", "column"),
    [
        ("s0002", "s0001", 3, "職員番号"),
        ("s0002", "s 2", 3, "職員番号"),
        ("髙橋 花子", "", 3, "氏名"),
        ("2020-04-01", "2020-02-30", 3, "採用日"),
        ("2026-03-31", "2019-03-31", 3, "退職日"),
        ("会計年度", "嘱託", 3, "雇用区分"),
        ("総務課,,", "税務課,,", 3, "所属名"),
        ("総務課,,会", "総務課,1,会", 3, "所属長"),
        ("FeliCa", "Suica", 2, "カード種別"),
        ("F1:23", "F1:2", 2, "カード番号"),
        ("staff manager", "staff Manager!", 2, "権限"),
        ("権限", "給料", 1, "給料"),
        ("権限", "氏名", 1, "氏名"),
        ("所属名", "雇用", 1, "雇用"),
        (",,,,staff\r\n", ",,,staff\r\n", 3, "-"),
        (",常勤,1,", ',常勤,"1,', 2, "-"),
        ("髙橋 花子", "髙" * 1001, 3, "-"),
        ("髙橋", "髙\0橋", 3, "-"),
    ],
)
def test_an_error_names_line_and_column_and_refuses_the_file(old: str, new: str, line: int, column: str) -> None:
    assert old in FILE
    with pytest.raises(CsvError) as refused:
        read_staff_file(FILE.replace(old, new, 1).encode(), KEY)
    found = [(error.line, error.column) for error in refused.value.errors]
    assert (line, column) in found or (column == "-" and found[0][1] == "-")


def test_every_error_is_named_at_once_and_no_card_number_among_them() -> None:
    text = FILE.replace("F1:23:45:67:89:AB:CD:EF", "F12345ZZ").replace("会計年度", "嘱託").replace("2020-04-01", "昔")
    with pytest.raises(CsvError) as refused:
        read_staff_file(text.encode(), KEY)
    assert len(refused.value.errors) == 3
    assert "F12345ZZ" not in str(refused.value)


def test_the_same_card_twice_is_refused() -> None:
    twice = FILE.replace(",,,,staff\r\n", ",felica_idm,0123456789abcdef,No.2,staff\r\n", 1)
    with pytest.raises(CsvError) as refused:
        read_staff_file(twice.encode(), KEY)
    assert [(error.line, error.column) for error in refused.value.errors] == [(3, "カード番号")]


@pytest.mark.parametrize("data", [b"", b"\r\n \r\n", b"\x81", b"staff_no,name\n"])
def test_what_is_no_staff_file(data: bytes) -> None:
    with pytest.raises(CsvError):
        read_staff_file(data, KEY)


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(noise: bytes) -> None:
    for data in (noise, FILE.encode() + noise):
        with contextlib.suppress(CsvError):
            read_staff_file(data, KEY)
