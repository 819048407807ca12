"""HR's file of leave: so many days, hours and minutes of a kind, from one day through another, as whole minutes."""

import re
from collections.abc import Mapping, Sequence

from store.hr_leave import LeaveLot
from store.people import Person
from sync.hr.cell_reader import CellReader
from sync.hr.csv_text import Line, Row, to_rows

COLUMNS = {
    "職員番号": "staff_no", "staff_no": "staff_no",
    "休暇種別": "kind", "休暇の種類": "kind", "kind": "kind",
    "基準日": "from_on", "付与日": "from_on", "from_on": "from_on",
    "有効期限": "until_on", "until_on": "until_on",
    "日数": "days", "残日数": "days", "days": "days",
    "時間": "time", "残時間": "time", "time": "time",
    "分": "minutes", "残分": "minutes", "minutes": "minutes",
    "1日の分数": "day_minutes", "day_minutes": "day_minutes",
}  # fmt: skip
REQUIRED = frozenset({"staff_no", "kind", "from_on"})
ALIASES = {"年次有給休暇": "annual", "年次": "annual", "年休": "annual"}
"""Further words for kinds, where the city has the kind."""

MINUTES_MAX = 200 * 24 * 60
_DAYS = re.compile(r"([0-9]{1,3})(\.[05])?0?")
_TIME = re.compile(r"([0-9]{1,4})(?::([0-5][0-9]))?")
_NUMBER = re.compile(r"[0-9]{1,6}")


def read_leave(
    lines: Sequence[Line],
    columns: Mapping[str, str],
    staff: Mapping[str, Person],
    kinds: Mapping[str, str],
    day_minutes: int,
) -> dict[LeaveLot, int]:
    """Read and check a file of leave into minutes.

    Args:
        lines: the file, the heading first.
        columns: the field by heading.
        staff: the people that stand, by id.
        kinds: the id of each kind that is granted, by every word for it.
        day_minutes: what a full-timer's day of leave is; a part-timer's stands in the line (1日の分数).

    Raises:
        CsvError: anything is wrong; every error is named and nothing of the file counts.
    """
    _, rows = to_rows(lines, columns, REQUIRED)
    reader = CellReader()
    words = {**{word: kind for word, kind in ALIASES.items() if kind in kinds.values()}, **kinds}
    lots: dict[LeaveLot, int] = {}
    first_lines: dict[LeaveLot, int] = {}
    for row in rows:
        found = _lot(reader, row, staff, words)
        minutes = _minutes(reader, row, staff, day_minutes)
        if found is None:
            continue
        if first := first_lines.get(found):
            reader.wrong(row, "職員番号", f"{first}行目と同じ人・種別・期間です / the same lot as line {first}")
        first_lines.setdefault(found, row.line)
        lots[found] = minutes
    reader.demand_none()
    return lots


def _lot(reader: CellReader, row: Row, staff: Mapping[str, Person], words: Mapping[str, str]) -> LeaveLot | None:
    person_id = reader.identifier(row, "staff_no", "職員番号")
    if person_id not in staff:
        reader.wrong(row, "職員番号", "登録のない職員です / nobody of the staff; expected a registered number")
    kind = words.get(row.cells["kind"], "")
    if not kind:
        expected = f"付与のある休暇ではありません / no leave that is granted; expected one of {', '.join(words)}"
        reader.wrong(row, "休暇種別", expected)
    from_on, until_on = reader.day(row, "from_on", "基準日"), reader.day(row, "until_on", "有効期限")
    reader.demand_span(row, from_on, until_on, ("基準日", "有効期限"))
    if from_on is None:
        if not row.cells["from_on"]:
            reader.wrong(row, "基準日", "空にはできません / must not be empty; expected YYYY-MM-DD")
        return None
    return LeaveLot(person_id, kind, from_on, until_on)


def _minutes(reader: CellReader, row: Row, staff: Mapping[str, Person], day_minutes: int) -> int:
    half_days = reader.value(row, "days", "日数", _half_days, "days such as 12 or 12.5")
    time = reader.value(row, "time", "時間", _time_minutes, "H or H:MM")
    minutes = reader.value(row, "minutes", "分", _number, "whole minutes")
    own_day = reader.value(row, "day_minutes", "1日の分数", _number, "whole minutes")
    if not any(row.cells.get(field) for field in ("days", "time", "minutes")):
        reader.wrong(row, "日数", "日数・時間・分のどれかが必要です / expected days, time or minutes")
    who = staff.get(row.cells.get("staff_no", "").lower())
    if half_days and own_day is None and who is not None and who.employment != "full_time":
        expected = "短時間勤務の人の日数には要ります / needed to tell a part-timer's days in minutes"
        reader.wrong(row, "1日の分数", expected)
    whole_day = day_minutes if own_day is None else own_day
    if half_days and half_days % 2 and whole_day % 2:
        # Half a day of 7:45 is 3:52 or 3:53 and nobody but the city can say which.
        expected = f"1日 {whole_day} 分の半日は割り切れません。時間か分で書いてください / expected time or minutes"
        reader.wrong(row, "日数", expected)
    told = (half_days or 0) * whole_day // 2 + (time or 0) + (minutes or 0)
    if told > MINUTES_MAX:
        reader.wrong(row, "日数", f"多すぎます / expected at most {MINUTES_MAX} minutes in all")
    return told


def _half_days(text: str) -> int | None:
    match = _DAYS.fullmatch(text)
    return int(match[1]) * 2 + (match[2] == ".5") if match else None


def _time_minutes(text: str) -> int | None:
    match = _TIME.fullmatch(text)
    return int(match[1]) * 60 + int(match[2] or 0) if match else None


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None
