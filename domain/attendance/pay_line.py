"""What payroll takes of a closed month: amounts by item, what is due of them, and nothing twice.

An item is a name with a whole amount. Its first part says the unit: ``minutes`` (worked, regular …), ``class``,
``after_60h``, ``rate`` and ``leave_minutes`` are minutes; ``hours`` are hours for pay, rounded once a month (L14);
``days``, ``leave_days`` and ``count`` are counted. Amounts of months add up and can be taken from each other.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
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


def add_amounts(*parts: Amounts) -> dict[str, int]:
    """Add amounts item by item; zeros are left out."""
    total = Counter[str]()
    for part in parts:
        total.update(part)
    return {item: amount for item, amount in sorted(total.items()) if amount}


def subtract_amounts(one: Amounts, other: Amounts) -> dict[str, int]:
    """Take ``other`` from ``one`` item by item; zeros are left out."""
    return add_amounts(one, {item: -amount for item, amount in other.items()})


def due_rows(
    versions: Sequence[ClosedMonth], adjustments: Sequence[AgreedAdjustment], handed: Handed, *, replace: bool
) -> tuple[PayRow, ...]:
    """Give what one person's month still owes payroll; nothing when all of it was handed over.

    Adjustments of a version that was superseded count only as far as they were handed over: the newer version holds
    what they put right.

    Args:
        versions: the month's closed versions, all of one person and period.
        adjustments: the agreed adjustments of them, the earliest first.
        handed: what payroll has, or may have, already.
        replace: the other side takes a whole month again in place of the one before, and no differences.
    """
    if not versions:
        return ()
    latest = max(versions, key=lambda month: month.version)
    own = [item for item in adjustments if item.version == latest.version]
    given = {each for _, name in handed for each in _adjustment_ids(name)}
    open_ones = [item for item in own if item.id not in given]
    is_new = latest.version not in _handed_versions(handed)
    if replace:
        if not is_new and not open_ones:
            return ()
        whole = add_amounts(latest.amounts, *(item.amounts for item in own))
        return (_row(latest, RowKind.month, whole, tuple(item.id for item in own)),)
    rows = [_version_row(latest, versions, adjustments, handed)] if is_new else []
    rows += [_row(latest, RowKind.difference, item.amounts, (item.id,)) for item in open_ones]
    return tuple(rows)


def whole_row(
    versions: Sequence[ClosedMonth], adjustments: Sequence[AgreedAdjustment], version: int, name: str
) -> PayRow:
    """Make a row of a whole month again from its version and its name, to ask for it or to send it once more.

    Raises:
        ValueError: it is no row of a month, or one of its parts is not there.
    """
    ids = _adjustment_ids(name)
    month = next((each for each in versions if each.version == version), None)
    parts = [item for each in ids for item in adjustments if item.id == each and item.version == version]
    if month is None or len(parts) != len(ids) or name.partition(":")[0] != RowKind.month.value:
        raise ValueError(f"there is no row {name} of version {version}")
    amounts = add_amounts(month.amounts, *(item.amounts for item in parts))
    return _row(month, RowKind.month, amounts, ids)


def row_order(version: int, name: str) -> tuple[int, int]:
    """Give what orders the rows of one person's month: the later one holds more."""
    return version, len(_adjustment_ids(name))


def merge_rows(rows: Sequence[PayRow]) -> PayRow:
    """Add up one person's rows of one month, for payroll that takes one row a person.

    Raises:
        ValueError: there is none.
    """
    if not rows:
        raise ValueError("expected at least one row")
    kind = RowKind.month if any(row.kind is RowKind.month for row in rows) else RowKind.difference
    ids = tuple(each for row in rows for each in row.adjustment_ids)
    amounts = add_amounts(*(row.amounts for row in rows))
    last = max(rows, key=lambda row: row.version)
    return PayRow(last.person_id, last.period, last.version, kind, amounts, ids)


def _version_row(
    latest: ClosedMonth, versions: Sequence[ClosedMonth], adjustments: Sequence[AgreedAdjustment], handed: Handed
) -> PayRow:
    # Each version handed over brought the sum to that version, so only the last one and what came after it stands.
    known = _handed_versions(handed)
    last = max((month for month in versions if month.version in known), key=lambda month: month.version, default=None)
    since = 0 if last is None else last.version
    given = {each for _, name in handed for each in _adjustment_ids(name)}
    followed = [item.amounts for item in adjustments if since <= item.version < latest.version and item.id in given]
    if last is None and not followed:
        return _row(latest, RowKind.month, latest.amounts, ())
    standing = add_amounts({} if last is None else last.amounts, *followed)
    return _row(latest, RowKind.difference, subtract_amounts(latest.amounts, standing), ())


def _handed_versions(handed: Handed) -> frozenset[int]:
    # A difference that names adjustments comes after its version; any other row brings the version itself.
    return frozenset(version for version, name in handed if name.startswith(RowKind.month) or not _adjustment_ids(name))


def _adjustment_ids(name: str) -> tuple[str, ...]:
    return tuple(each for each in name.partition(":")[2].split(",") if each)


def _row(month: ClosedMonth, kind: RowKind, amounts: Amounts, adjustment_ids: tuple[str, ...]) -> PayRow:
    return PayRow(month.person_id, month.period, month.version, kind, amounts, adjustment_ids)
