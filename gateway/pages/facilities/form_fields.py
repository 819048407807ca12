"""What the fields of a form are: how each is typed, read and written. Pure.

A field bears the name of what it fills in, so that a thing's form is a list of fields and nothing else. A deadline is
four inputs under one name: ``closes.by``, ``closes.days``, ``closes.at``, ``closes.minutes``.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Any

from domain.civil import format_clock, parse_clock
from domain.facilities.booking_rules import Deadline

TEXT_LENGTH_MAX = 200
_NUMBER_MAX = 1_000_000


class Kind(StrEnum):
    """How a field is typed."""

    id = "id"  # typed once, when the thing is new
    text = "text"
    number = "number"
    clock = "clock"
    day = "day"
    year_day = "year_day"
    weekdays = "weekdays"
    months = "months"
    nths = "nths"
    deadline = "deadline"
    choice = "choice"  # one of an enum's words
    ways = "ways"  # some of an enum's words
    tick = "tick"
    room = "room"
    rooms = "rooms"
    user_class = "user_class"
    department = "department"
    area = "area"


@dataclass(frozen=True, slots=True)
class FormField:
    """A field: what it fills in, how, and what a new form holds. ``words`` are the choices of an enum."""

    name: str
    kind: Kind
    optional: bool = False
    words: type[Enum] | None = None
    begins: tuple[str, ...] = ()


Entered = Mapping[str, Sequence[str]]
"""What stands in the inputs of a form, by input."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a form says: values by field, and by field what could not be read (a word's key)."""

    values: Mapping[str, Any]
    faults: Mapping[str, str]


class _UnreadableError(ValueError):
    """A field that says nothing that could be kept; its text is a word's key."""


def begin_form(fields: Sequence[FormField]) -> Entered:
    """Give what a new form holds."""
    return {name: texts for field in fields for name, texts in _begin(field).items()}


def write_form(fields: Sequence[FormField], values: Mapping[str, Any]) -> Entered:
    """Give what a form holds that shows these values."""
    return {name: texts for field in fields for name, texts in _write(field, values[field.name]).items()}


def read_form(fields: Sequence[FormField], entered: Entered) -> Reading:
    """Read what was entered."""
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for field in fields:
        try:
            values[field.name] = _read(field, entered)
        except _UnreadableError as error:
            faults[field.name] = str(error)
    return Reading(values, faults)


def list_inputs(field: FormField) -> tuple[str, ...]:
    """Give the names of a field's inputs."""
    if field.kind is Kind.deadline:
        return tuple(f"{field.name}.{part}" for part in ("by", "days", "at", "minutes"))
    return (field.name,)


def _begin(field: FormField) -> dict[str, tuple[str, ...]]:
    if field.kind is not Kind.deadline:
        return {field.name: field.begins}
    return dict(zip(list_inputs(field), ((text,) for text in (*field.begins, "", "", "", "")), strict=False))


def _write(field: FormField, value: Any) -> dict[str, tuple[str, ...]]:
    if field.kind is Kind.deadline:
        return _write_deadline(field.name, value)
    if value is None or value is False:
        return {field.name: ()}
    if isinstance(value, AbstractSet | tuple) and field.kind is not Kind.year_day:
        return {field.name: tuple(str(each.value if isinstance(each, Enum) else each) for each in sorted(value))}
    return {field.name: (_text_of(field.kind, value),)}


def _text_of(kind: Kind, value: Any) -> str:
    if kind is Kind.clock:
        return format_clock(value)
    if kind is Kind.year_day:
        return f"{value[0]:02d}-{value[1]:02d}"
    if isinstance(value, date):
        return value.isoformat()
    return "true" if value is True else str(value.value if isinstance(value, Enum) else value)


def _write_deadline(name: str, value: Deadline | None) -> dict[str, tuple[str, ...]]:
    by, days, at, minutes = "", "", "", ""
    if value is not None and value.days is None:
        by, minutes = "minutes", str(value.minutes)
    elif value is not None:
        by, days, at = "days", str(value.days), format_clock(value.minutes)
    return {f"{name}.by": (by,), f"{name}.days": (days,), f"{name}.at": (at,), f"{name}.minutes": (minutes,)}


def _read(field: FormField, entered: Entered) -> Any:
    if field.kind is Kind.deadline:
        return _read_deadline(field, entered)
    texts = tuple(text.strip() for text in entered.get(field.name, ()) if text.strip())
    if field.kind in _MANY:
        return _MANY[field.kind](field, texts)
    if field.kind is Kind.tick:
        return bool(texts)
    if not texts:
        if field.optional:
            return "" if field.kind is Kind.text else None
        raise _UnreadableError("missing")
    if len(texts[0]) > TEXT_LENGTH_MAX:
        raise _UnreadableError("long")
    return _ONE[field.kind](field, texts[0])


def _read_deadline(field: FormField, entered: Entered) -> Deadline | None:
    by, days, at, minutes = ((entered.get(name) or ("",))[0].strip() for name in list_inputs(field))
    if by == "minutes":
        return Deadline(None, _number(minutes))
    if by == "days":
        return Deadline(_number(days), _clock(at))
    if field.optional:
        return None
    raise _UnreadableError("missing")


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > _NUMBER_MAX:
        raise _UnreadableError("number")
    return int(text)


def _clock(text: str) -> int:
    try:
        return parse_clock(text)
    except ValueError:
        raise _UnreadableError("clock") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _UnreadableError("day") from None


def _year_day(text: str) -> tuple[int, int]:
    month, dash, day = text.partition("-")
    if not (dash and month.isascii() and month.isdigit() and day.isascii() and day.isdigit()):
        raise _UnreadableError("year_day")
    return int(month), int(day)


def _word(field: FormField, text: str) -> Enum:
    words = list(field.words or ())
    found = next((word for word in words if word.value == text), None)
    if found is None:
        raise _UnreadableError("choice")
    return found


def _numbers(_field: FormField, texts: Sequence[str]) -> frozenset[int]:
    if not all(text.removeprefix("-").isdigit() and len(text) <= 3 for text in texts):
        raise _UnreadableError("choice")
    return frozenset(int(text) for text in texts)


_ONE: Mapping[Kind, Callable[[FormField, str], Any]] = MappingProxyType(
    {
        Kind.number: lambda _, text: _number(text),
        Kind.clock: lambda _, text: _clock(text),
        Kind.day: lambda _, text: _day(text),
        Kind.year_day: lambda _, text: _year_day(text),
        Kind.choice: _word,
        **dict.fromkeys(
            (Kind.id, Kind.text, Kind.room, Kind.user_class, Kind.department, Kind.area), lambda _, text: text
        ),
    }
)
_MANY: Mapping[Kind, Callable[[FormField, Sequence[str]], Any]] = MappingProxyType(
    {
        **dict.fromkeys((Kind.weekdays, Kind.months, Kind.nths), _numbers),
        Kind.rooms: lambda _, texts: tuple(texts),
        Kind.ways: lambda field, texts: frozenset(_word(field, text) for text in texts),
    }
)
