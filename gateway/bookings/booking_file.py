"""A CSV of existing bookings, as another system gives it out: read row by row, each cell that is wrong by its line.

UTF-8 or Shift_JIS; the head names the columns in Japanese or English, in any order. Everything in it is a stranger's.
"""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from domain.civil import instant, parse_clock
from domain.facilities.booking import PURPOSE_LENGTH_MAX, Wish
from domain.facilities.booking_fault import BookingFault, BookingFaultsError, BookingWhy, refuse_booking
from domain.facilities.reservation import ReservationState
from domain.facilities.reservee import ReserveeKind
from domain.ids import ID_PATTERN
from domain.zones.my_number import find_my_numbers

BYTES_MAX = 5 * 1024 * 1024
ROWS_MAX = 5000
UNITS_MAX = 20

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "予約番号": "id",
        "部屋": "room_id",
        "利用区分": "slot_id",
        "利用日": "on",
        "開始": "from_at",
        "終了": "until_at",
        "氏名・団体名": "name",
        "種類": "kind",
        "利用者区分": "user_class",
        "メール": "email",
        "電話": "phone",
        "人数": "party",
        "口数": "places",
        "利用目的": "purpose",
        "備品": "units",
        "状態": "state",
    }
)
"""The columns in Japanese; their English names are the fields'."""

NEEDED = ("id", "room_id", "on", "from_at", "until_at", "name", "user_class", "party", "purpose")

_KINDS = {"": ReserveeKind.citizen, "個人": ReserveeKind.citizen, "団体": ReserveeKind.group}
_STATES = {
    "": ReservationState.permitted,
    "許可済": ReservationState.permitted,
    "申請中": ReservationState.applied,
}
_EXPECTED: Mapping[str, str] = MappingProxyType(
    {
        "id": "a–z 0–9 - _ (63)",
        "room_id": "a–z 0–9 - _ (63)",
        "slot_id": "a–z 0–9 - _ (63)",
        "user_class": "a–z 0–9 - _ (63)",
        "on": "YYYY-MM-DD",
        "from_at": "HH:MM",
        "until_at": "HH:MM",
        "name": "1–80 字 characters",
        "kind": "個人 / 団体",
        "email": "name@example.jp (254)",
        "phone": "0–9 - (20)",
        "party": "0–9999",
        "places": "0–9999",
        "purpose": f"0–{PURPOSE_LENGTH_MAX} 字 characters",
        "units": "chairs:4;piano:1",
        "state": "許可済 / 申請中",
    }
)


@dataclass(frozen=True, slots=True)
class FileRow:
    """A booking of a file; ``line`` as an editor counts. The wish's reservee is still to be found by name and ways."""

    line: int
    id: str
    wish: Wish
    name: str
    kind: ReserveeKind
    email: str
    phone: str
    state: ReservationState


@dataclass(frozen=True, slots=True)
class FaultyLine:
    """A line that cannot be taken, with everything that is wrong with it."""

    line: int
    faults: tuple[BookingFault, ...]


def _units(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    parts = [part.partition(":") for part in text.split(";") if part.strip()]
    return tuple((name.strip(), count.strip()) for name, _, count in parts)


def _clock(text: str) -> int:
    return parse_clock(text)


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("expected one line")
    return text


_Id = Annotated[str, Field(pattern=ID_PATTERN)]
_Count = Annotated[int, Field(ge=0, le=9999)]
_Line = Annotated[str, AfterValidator(_one_line)]
_Clock = Annotated[str, Field(max_length=5), AfterValidator(_clock)]


class _Row(BaseModel):
    """The cells of a row, by field."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: _Id
    room_id: _Id
    slot_id: _Id | None = None
    on: date
    from_at: _Clock
    until_at: _Clock
    name: Annotated[_Line, Field(min_length=1, max_length=80)]
    kind: Annotated[ReserveeKind, BeforeValidator(lambda text: _KINDS.get(text, text))] = ReserveeKind.citizen
    user_class: _Id
    email: Annotated[_Line, Field(max_length=254, pattern=r"^([^@\s]+@[^@\s]+)?$")] = ""
    phone: Annotated[str, Field(max_length=20, pattern=r"^[0-9-]*$")] = ""
    party: _Count
    places: _Count | None = None
    purpose: Annotated[_Line, Field(max_length=PURPOSE_LENGTH_MAX)]
    units: Annotated[tuple[tuple[_Id, _Count], ...], Field(max_length=UNITS_MAX), BeforeValidator(_units)] = ()
    state: Annotated[ReservationState, BeforeValidator(lambda text: _STATES.get(text, text))] = (
        ReservationState.permitted
    )


def read_booking_file(data: bytes) -> tuple[list[FileRow], list[FaultyLine]]:
    """Give a file's bookings and the lines that are none.

    Raises:
        BookingFaultsError: it is no such file as a whole: too large, in no known encoding, without a needed column.
    """
    rows = _read_cells(data)
    fields = _name_columns(rows[0][1] if rows else ())
    read: list[FileRow] = []
    faulty: list[FaultyLine] = []
    for line, cells in rows[1:]:
        if numbered := [at for at, cell in enumerate(cells) if find_my_numbers(cell)]:
            places = [fields[at] if at < len(fields) and fields[at] else "file" for at in numbered]
            faulty.append(FaultyLine(line, tuple(_number_in(place) for place in dict.fromkeys(places))))
            continue
        named = {name: cell for name, cell in zip(fields, cells, strict=False) if name and cell}
        try:
            read.append(_as_row(line, _Row.model_validate(named)))
        except ValidationError as error:
            wrong = sorted({str(each["loc"][0]) for each in error.errors()})
            faulty.append(FaultyLine(line, tuple(_bad_cell(name) for name in wrong)))
    return read, faulty


def _read_cells(data: bytes) -> list[tuple[int, Sequence[str]]]:
    if len(data) > BYTES_MAX:
        raise refuse_booking("file", BookingWhy.bad_cell, expected=f"≤ {BYTES_MAX // 1024 // 1024} MiB")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise refuse_booking("file", BookingWhy.bad_cell, expected="UTF-8 / Shift_JIS")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, Sequence[str]]] = []
    try:
        for cells in reader:
            if any(cells):
                rows.append((reader.line_num, [unicodedata.normalize("NFKC", cell).strip() for cell in cells]))
            if len(rows) > ROWS_MAX + 1:
                raise refuse_booking("file", BookingWhy.bad_cell, expected=f"≤ {ROWS_MAX} 行 rows")
    except csv.Error:
        raise refuse_booking("file", BookingWhy.bad_cell, expected=f"CSV ({reader.line_num})") from None
    return rows


def _name_columns(head: Sequence[str]) -> list[str]:
    known = {unicodedata.normalize("NFKC", name): field for name, field in COLUMNS.items()}
    fields = [known.get(cell, cell if cell in COLUMNS.values() else "") for cell in head]
    japanese = {field: name for name, field in COLUMNS.items()}
    missing = [name for name in NEEDED if name not in fields]
    if missing:
        raise BookingFaultsError(
            BookingFault("file", BookingWhy.no_column, {"name": f"{japanese[name]} ({name})"}) for name in missing
        )
    return fields


def _as_row(line: int, row: _Row) -> FileRow:
    from_minute, until_minute = int(row.from_at), int(row.until_at)
    wish = Wish(
        room_id=row.room_id,
        from_at=instant(row.on, from_minute),
        until_at=instant(row.on, until_minute),
        reservee_id="",
        user_class=row.user_class,
        party=row.party,
        purpose=row.purpose,
        slot_id=row.slot_id,
        places=row.places,
        units=tuple(sorted(row.units)),
    )
    return FileRow(line, row.id, wish, row.name, row.kind, row.email, row.phone, row.state)


def _number_in(name: str) -> BookingFault:
    return BookingFault(name, BookingWhy.bad_cell, {"expected": "個人番号らしい数字のない値 (no My Number)"})


def _bad_cell(name: str) -> BookingFault:
    return BookingFault(name, BookingWhy.bad_cell, {"expected": _EXPECTED[name]})
