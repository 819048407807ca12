"""What payroll takes of a closed month: amounts by item, rows of a person, lines of a row.

An item is a name with a whole amount. Its first part says the unit: ``minutes`` (worked, regular …), ``class``,
``after_60h``, ``rate`` and ``leave_minutes`` are minutes; ``hours`` are hours for pay, rounded once a month (L14);
``days``, ``leave_days`` and ``count`` are counted. Amounts of months add up and can be taken from each other.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Amounts = Mapping[str, int]
"""Whole amounts by item; an item that is not there is 0."""


class RowKind(StrEnum):
    """What a row of payroll says: the whole month, or what has to be added to what was handed over before."""

    month = "month"
    difference = "difference"


class LineState(StrEnum):
    """How far a line is. ``sent`` is also what it stays when nobody knows what became of it."""

    made = "made"
    sent = "sent"
    confirmed = "confirmed"
    refused = "refused"
    superseded = "superseded"  # a later row of the month took its place before it was known to be taken


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """One closed version of a person's month, as far as pay looks at it; ``version`` 0 is a month not yet closed.

    Minutes everywhere, but hours in ``pay_hours`` and whole days in ``days`` and ``leave_days``. ``classes`` count all
    minutes of a class, ``after_60h`` those of them that the 60-hour step raised; ``rate_minutes`` are the same minutes
    by rate or allowance. ``weekday_within_minutes`` and ``weekday_beyond_minutes`` part the overtime of days of work at
    8:00 a day and 40:00 a week, for payroll that pays the two apart (L3).
    """

    person_id: str
    period: str
    version: int
    classes: Amounts
    after_60h: Amounts
    pay_hours: Amounts
    rate_minutes: Amounts = field(default_factory=dict)
    worked_minutes: int = 0
    regular_minutes: int = 0
    overtime_minutes: int = 0
    beyond_statutory_minutes: int = 0
    weekday_within_minutes: int = 0
    weekday_beyond_minutes: int = 0
    late_minutes: int = 0
    early_leave_minutes: int = 0
    days: Amounts = field(default_factory=dict)
    leave_days: Amounts = field(default_factory=dict)
    leave_minutes: Amounts = field(default_factory=dict)
    counts: Amounts = field(default_factory=dict)
    flex_shortage_minutes: int = 0

    @property
    def amounts(self) -> Amounts:
        """Give the month by item, zeros left out."""
        singles = {
            "worked": self.worked_minutes,
            "regular": self.regular_minutes,
            "overtime": self.overtime_minutes,
            "beyond_statutory": self.beyond_statutory_minutes,
            "weekday_within": self.weekday_within_minutes,
            "weekday_beyond": self.weekday_beyond_minutes,
            "late": self.late_minutes,
            "early_leave": self.early_leave_minutes,
            "flex_shortage": self.flex_shortage_minutes,
        }
        groups = {
            "minutes": singles,
            "class": self.classes,
            "after_60h": self.after_60h,
            "rate": self.rate_minutes,
            "hours": self.pay_hours,
            "days": self.days,
            "leave_days": self.leave_days,
            "leave_minutes": self.leave_minutes,
            "count": self.counts,
        }
        named = {f"{group}.{name}": amount for group, each in groups.items() for name, amount in each.items()}
        return {item: amount for item, amount in sorted(named.items()) if amount}


@dataclass(frozen=True, slots=True)
class AgreedAdjustment:
    """What two persons agreed to put right in a closed version: ``amounts`` is after less before, item by item."""

    id: str
    person_id: str
    period: str
    version: int
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class PayRow:
    """What is due of one person: the unit that is handed over, once for each (person, period, version, ``name``).

    ``adjustment_ids`` are the adjustments that the row contains; a row of a version alone contains none.
    """

    person_id: str
    period: str
    version: int
    kind: RowKind
    amounts: Amounts
    adjustment_ids: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name the row within its version: ``month``, or ``difference:`` and the adjustments it contains."""
        return f"{self.kind.value}:{','.join(self.adjustment_ids)}" if self.adjustment_ids else self.kind.value

    @property
    def key(self) -> str:
        """Name the row for the other side: the same whenever the same row is made."""
        return f"{self.person_id}/{self.period}/{self.version}/{self.name}"


@dataclass(frozen=True, slots=True)
class PayLine:
    """One figure of a row: ``line`` is the layout's name of it, ``minutes`` what it says (hours for pay times 60).

    ``row`` is the row's name; a line stands once for each (person, period, version, row, line, layout).
    """

    person_id: str
    period: str
    version: int
    row: str
    line: str
    minutes: int
    layout: str


Handed = Collection[tuple[int, str]]
"""What of one person's month payroll has, or may have, already: versions with the names of their rows."""
