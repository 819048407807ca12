"""A payroll product's layout as data: which columns, from what, in which notation, in which bytes.

A layout is a TOML file. Those of known products lie in ``layouts/``; a city may bring its own file of the same form.
"""

from collections.abc import Collection
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from contract.profile_file import Rates
from domain.attendance.pay import ALLOWANCES

COLUMNS_MAX = 200
CLASSES = frozenset(Rates.model_fields) | frozenset(ALLOWANCES)

MINUTE_GROUPS = frozenset({"minutes", "class", "after_60h", "rate", "leave_minutes"})
_GROUPS_OF_UNIT: dict[str, frozenset[str]] = {
    "hours": frozenset({"hours"}),
    "days": frozenset({"days", "leave_days"}),
    "count": frozenset({"count", "days"}),
}
_SINGLES = {
    "minutes": {
        "worked",
        "regular",
        "overtime",
        "beyond_statutory",
        "late",
        "early_leave",
        "flex_shortage",
        "weekday_within",
        "weekday_beyond",
    },
    "count": {"divergences", "missing_punches"},
    "class": set(CLASSES),
    "after_60h": set(CLASSES),
}

_WEEKDAY_SPLIT = frozenset({"minutes.weekday_within", "minutes.weekday_beyond"})
_WEEKDAY_CLASSES = frozenset(
    f"class.{name}" for name in ("weekday_day", "weekday_night", "parttime_day", "parttime_night")
)
"""The classes whose minutes the two halves of the split at 8:00 and 40:00 tell together (L3)."""

PersonField = Literal[
    "person_id", "name", "kana", "department_id", "period", "period_compact", "year", "month", "version", "row_kind"
]
TimeUnit = Literal["minutes", "h.mm", "h:mm", "decimal"]
Unit = Literal["time", "minutes", "h.mm", "h:mm", "decimal", "hours", "days", "count"]
Encoding = Literal["cp932", "utf-8", "utf-8-sig"]
Cell = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Item = Annotated[str, StringConstraints(max_length=80, pattern=r"^-?[a-z0-9_]+\.[a-z0-9_]+$")]


class Column(BaseModel):
    """One column: a ``field`` of the person, a fixed ``text``, a ``sum`` of items, or none of them: left empty.

    An item with ``-`` before it is taken off. ``key`` is the name of a sum's lines and stays when headings change; a
    sum without one is only for the eye, because another column tells the same.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    heading: Cell = ""
    """What stands in the row of headings; in JSON the field's name."""
    symbol: Cell = ""
    """What stands in the row of symbols."""
    key: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.]*$", max_length=60)] = ""
    field: PersonField | None = None
    text: Cell | None = None
    sum: Annotated[tuple[Item, ...], Field(min_length=1, max_length=40)] | None = None
    unit: Unit = "time"
    """``time`` is the layout's own notation."""
    digits: Annotated[int, Field(ge=0, le=4)] = 2
    """Decimal places of ``decimal`` and ``days``."""
    rounding: Literal["half_up", "down", "up"] = "half_up"
    blank_zero: bool = False
    """Zero is written as nothing."""
    characters_max: Annotated[int, Field(ge=1, le=200)] | None = None
    """More than so many characters are refused, never cut."""
    answer: Cell = ""
    """The field under which the other side's answer tells the same figure."""

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        given = [name for name in ("field", "text", "sum") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"column {self.heading!r} has {' and '.join(given)}; expected one of them, or none")
        if self.sum is None:
            return self
        allowed = _GROUPS_OF_UNIT.get(self.unit, MINUTE_GROUPS)
        for item in self.items:
            group, _, name = item.partition(".")
            if group not in allowed:
                raise ValueError(
                    f"{item} is nothing that unit {self.unit!r} tells; expected {', '.join(sorted(allowed))}"
                )
            known = _SINGLES.get(group)
            if known is not None and name not in known:
                raise ValueError(f"there is no item {item}; expected {group}. and one of {', '.join(sorted(known))}")
        return self

    @property
    def items(self) -> tuple[str, ...]:
        """Give the items of the sum without their signs."""
        return tuple(item.removeprefix("-") for item in self.sum or ())

    @property
    def is_minutes(self) -> bool:
        """Tell whether the column's figure is a time, and so a line of pay."""
        return bool(self.key) and self.sum is not None and self.unit not in {"days", "count"}


class Layout(BaseModel):
    """A whole layout; what it leaves out of pay it has to name."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    title: Cell
    source: Cell
    """Where the form is described, and what of it is an assumption."""
    format: Literal["csv", "json"] = "csv"
    encoding: Encoding = "cp932"
    line_end: Literal["crlf", "lf"] = "crlf"
    quote: Literal["minimal", "all", "none"] = "minimal"
    head: tuple[Literal["headings", "symbols"], ...] = ("headings",)
    """The rows above the first person, in order."""
    time: TimeUnit = "h.mm"
    """The notation of columns with unit ``time``; it has to be what the product is set to."""
    corrections: Literal["difference", "replace"] = "difference"
    """Whether the product adds what comes later to what it has, or takes the whole month again in its place."""
    leaves_out: tuple[Item, ...] = ()
    """Items of pay that this product does not take, and that go there by another way."""
    city_columns: bool = False
    """The product's form is not published: the city supplies the columns, and without them nothing is written."""
    columns: Annotated[tuple[Column, ...], Field(max_length=COLUMNS_MAX)] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        keys = [column.key for column in self.columns if column.key]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise ValueError(f"columns have the same key: {', '.join(twice)}")
        if self.city_columns != (not self.columns):
            raise ValueError("columns: expected some, or city_columns = true and none")
        if self.columns and all(column.field != "person_id" for column in self.columns) and self.format == "csv":
            raise ValueError('columns: none tells whose row it is; expected one with field = "person_id"')
        if "symbols" in self.head and not any(column.symbol for column in self.columns):
            raise ValueError("head asks for symbols and no column has one")
        return self

    @property
    def told_items(self) -> frozenset[str]:
        """Give the items that some column tells, and those that are left out on purpose."""
        summed = {item for column in self.columns for item in column.items}
        split = _WEEKDAY_CLASSES if summed >= _WEEKDAY_SPLIT else frozenset()
        return frozenset(summed | split | set(self.leaves_out))


def untold_items(layout: Layout, items: Collection[str]) -> tuple[str, ...]:
    """Give the items of pay that a row has and that no column would tell; they would be lost.

    A layout may tell pay by class (then what the 60-hour step raised has to be told too) or by rate.
    """
    told = layout.told_items
    classes = [item for item in items if item.startswith(("class.", "after_60h."))]
    rates = [item for item in items if item.startswith(("rate.", "hours."))]
    by_class = tuple(item for item in classes if item not in told)
    by_rate = {item.partition(".")[2] for item in rates}
    lost = {key for key in by_rate if not {f"rate.{key}", f"hours.{key}"} & told}
    if not by_class or (by_rate and not lost):
        return ()
    tells_rates = any(item.startswith(("rate.", "hours.")) for item in told)
    return tuple(sorted(f"rate.{key}" for key in lost)) if tells_rates and lost else by_class
