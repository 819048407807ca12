"""Logs of computers as other systems tell them: a line a log-on or log-off, in Japanese civil time."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from domain.civil import JST
from store.computers import ComputerLog
from store.people import Person
from sync.hr.cell_reader import CellReader
from sync.hr.csv_text import Line, to_rows

COLUMNS: Mapping[str, str] = {
    "職員番号": "staff_no", "staff_no": "staff_no",
    "日時": "at", "at": "at",
    "種別": "kind", "kind": "kind",
    "端末": "host", "コンピュータ": "host", "host": "host",
}  # fmt: skip
REQUIRED = frozenset({"staff_no", "at", "kind"})
KINDS: Mapping[str, str] = {
    "on": "on", "logon": "on", "ログオン": "on", "起動": "on",
    "off": "off", "logoff": "off", "ログオフ": "off", "シャットダウン": "off",
}  # fmt: skip
HOST_MAX = 64
_AT = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")


def read_computer_use(
    lines: Sequence[Line], columns: Mapping[str, str], staff: Mapping[str, Person], known_until_on: date
) -> list[ComputerLog]:
    """Read and check logs; a line that stands twice counts once.

    Args:
        lines: the file, the heading first.
        columns: the field by heading.
        staff: the people that stand, by id.
        known_until_on: the day of the file; nothing can have been logged after it.

    Raises:
        CsvError: anything is wrong; every error is named and nothing of the file counts.
    """
    _, rows = to_rows(lines, columns, REQUIRED)
    reader = CellReader()
    logs: dict[ComputerLog, None] = {}
    for row in rows:
        person_id = reader.identifier(row, "staff_no", "職員番号")
        if person_id not in staff:
            reader.wrong(row, "職員番号", "登録のない職員です / nobody of the staff; expected a registered number")
        at = reader.value(row, "at", "日時", _instant, "YYYY-MM-DD HH:MM:SS")
        kind = reader.word(row, "kind", "種別", KINDS, " / ".join(KINDS))
        for field, heading in (("at", "日時"), ("kind", "種別")):
            if not row.cells[field]:
                reader.wrong(row, heading, "空にはできません / must not be empty")
        if at is not None and at.date() > known_until_on:
            reader.wrong(row, "日時", f"{known_until_on} より後です / expected no later day than {known_until_on}")
        host = row.cells.get("host", "")
        if len(host) > HOST_MAX:
            reader.wrong(row, "端末", f"{HOST_MAX}字まで / expected {HOST_MAX} characters at most")
        if at is not None and kind is not None:
            logs[ComputerLog(person_id, at, kind, host)] = None
    reader.demand_none()
    return list(logs)


def _instant(text: str) -> datetime | None:
    match = _AT.fullmatch(text)
    try:
        return datetime(*(int(part or 0) for part in match.groups()), tzinfo=JST) if match else None  # type: ignore[misc,arg-type]
    except ValueError:
        return None
