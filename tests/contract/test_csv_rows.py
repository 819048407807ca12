"""Files that somebody hands in: read in either encoding, refused by line and column."""

import pytest

from contract.csv_rows import BYTES_MAX, ROWS_MAX
from contract.training_file import read_attendance_file, read_drill_file
from domain.zones.zone_fault import ZoneFaultsError, ZoneWhy

HEAD = "職員番号,研修,受講日,結果\n"
GOOD = f"{HEAD}s1,security,2025-04-01,合格\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_either_encoding_says_the_same(encoding: str) -> None:
    [(line, row)], faulty = read_attendance_file(GOOD.encode(encoding))
    assert (line, row.person_id, row.training_id, str(row.attended_on), row.passed, faulty) == (
        2, "s1", "security", "2025-04-01", True, [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", ZoneWhy.no_column),
        (HEAD.encode(), ZoneWhy.no_rows),
        ("職員番号,研修\ns1,a\n".encode(), ZoneWhy.no_column),
        (b"\xff\xfe\x81", ZoneWhy.malformed),
        (b"x" * (BYTES_MAX + 1), ZoneWhy.malformed),
        (HEAD.encode() + b's1,"a\n', ZoneWhy.malformed),
        (HEAD.encode() + b"s1,a,2025-04-01\n" * (ROWS_MAX + 1), ZoneWhy.malformed),
    ],
    ids=["empty", "head alone", "no column", "no encoding", "large", "broken", "many"],
)
def test_what_is_no_such_file(data: bytes, why: ZoneWhy) -> None:
    with pytest.raises(ZoneFaultsError) as refused:
        read_attendance_file(data)
    assert {(each.field, each.why) for each in refused.value.faults} == {("file", why)}


def test_each_wrong_cell_is_named_by_line_and_column() -> None:
    text = f"{GOOD}\nS 1,security,2025-02-30,合格\ns2,,20250401,?\n,security,2025/4/1,\n"
    rows, faulty = read_attendance_file(text.encode())
    assert [line for line, _ in rows] == [2]
    assert [(each.line, sorted(fault.field for fault in each.faults)) for each in faulty] == [
        (4, ["attended_on", "person_id"]),
        (5, ["attended_on", "passed", "training_id"]),
        (6, ["person_id"]),
    ]


def test_a_my_number_is_refused_wherever_it_stands() -> None:
    rows, faulty = read_attendance_file(f"{HEAD}123456789018,security,2025-04-01,合格\n".encode())
    assert rows == []
    assert [(each.line, [fault.field for fault in each.faults]) for each in faulty] == [(2, ["person_id"])]


def test_whoever_a_drills_file_names_without_a_result_fell_for_it() -> None:
    rows, faulty = read_drill_file("職員番号,訓練日\ns1,2025-10-01\n".encode())
    assert faulty == []
    assert [(row.fell, row.made_good_on, row.last_on == row.failed_on) for _, row in rows] == [(True, None, True)]
