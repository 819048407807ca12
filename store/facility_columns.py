"""How values of a facility are written in columns and read back: sets as digits or words, deadlines as two columns.

A dataclass's field is a column of the same name unless :data:`_FORMS` says otherwise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import Row

from domain.facilities.booking_rules import BookingWindow, Deadline, OpensBy, Terms
from domain.facilities.closures import ClosureKind, ClosureRule, OnHoliday
from domain.facilities.entry import EntryRule, Way
from domain.facilities.facility import Permits, Room, SlotKind
from domain.facilities.opening import Opening, SpecialDays, SpecialKind
from domain.facilities.quotas import Counts, Per, Quota

Value = TypeVar("Value")
Cells = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Form:
    """How one field stands in columns."""

    columns: tuple[str, ...]
    write: Callable[[Any], Cells]
    read: Callable[..., Any]


def write_columns(value: Any, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Give a value as columns."""
    cells: dict[str, Any] = {}
    for name, form in _shape(value.__class__, without):
        cells |= dict(zip(form.columns, form.write(getattr(value, name)), strict=True))
    return cells


def read_columns(kind: type[Value], row: Row[Any], **given: Any) -> Value:
    """Give the value of a row that has at least the kind's columns; ``given`` are fields that stand elsewhere."""
    shaped: Any = kind
    cells = row._mapping  # noqa: SLF001 (SQLAlchemy's public name for it)
    found = {
        name: form.read(*(cells[column] for column in form.columns)) for name, form in _shape(shaped, frozenset(given))
    }
    return kind(**found, **given)


@lru_cache(maxsize=64)
def _shape(kind: Any, without: frozenset[str]) -> tuple[tuple[str, _Form], ...]:
    special = _FORMS.get(kind, {})
    names = [field.name for field in fields(kind) if field.name not in without]
    return tuple((name, special.get(name) or _plain(name)) for name in names)


def _plain(name: str) -> _Form:
    return _Form((name,), lambda value: (value,), lambda cell: cell)


def _enum(name: str, kind: type[Enum]) -> _Form:
    return _Form((name,), lambda value: (value.value,), kind)


def _digits(name: str) -> _Form:
    return _Form(
        (name,), lambda days: ("".join(map(str, sorted(days))),), lambda text: frozenset(int(digit) for digit in text)
    )


def _numbers(name: str) -> _Form:
    return _Form(
        (name,),
        lambda numbers: (" ".join(map(str, sorted(numbers))),),
        lambda text: frozenset(int(word) for word in text.split()),
    )


def _words(name: str, kind: type[Enum]) -> _Form:
    return _Form(
        (name,),
        lambda chosen: (" ".join(sorted(each.value for each in chosen)),),
        lambda text: frozenset(kind(word) for word in text.split()),
    )


def _month_day(name: str) -> _Form:
    def read(text: str | None) -> tuple[int, int] | None:
        return None if text is None else (int(text[:2]), int(text[3:]))

    return _Form((name,), lambda day: (None if day is None else f"{day[0]:02d}-{day[1]:02d}",), read)


def _deadline(name: str) -> _Form:
    def write(deadline: Deadline | None) -> Cells:
        return (None, None) if deadline is None else (deadline.days, deadline.minutes)

    def read(days: int | None, minutes: int | None) -> Deadline | None:
        return None if minutes is None else Deadline(days, minutes)

    return _Form((f"{name}_days", f"{name}_minutes"), write, read)


_FORMS: Mapping[type, Mapping[str, _Form]] = MappingProxyType(
    {
        Room: {"permits": _enum("permits", Permits)},
        SlotKind: {"weekdays": _digits("weekdays")},
        Opening: {"weekdays": _digits("weekdays"), "months": _numbers("months")},
        ClosureRule: {
            "kind": _enum("kind", ClosureKind),
            "weekdays": _digits("weekdays"),
            "nths": _numbers("nths"),
            "from_day": _month_day("from_day"),
            "to_day": _month_day("to_day"),
            "on_holiday": _enum("on_holiday", OnHoliday),
        },
        SpecialDays: {"kind": _enum("kind", SpecialKind)},
        BookingWindow: {
            "opens_by": _enum("opens_by", OpensBy),
            "closes": _deadline("closes"),
            "desk_closes": _deadline("desk_closes"),
        },
        Quota: {"counts": _enum("counts", Counts), "per": _enum("per", Per)},
        Terms: {"cancel": _deadline("cancel")},
        EntryRule: {"ways": _words("ways", Way)},
    }
)
