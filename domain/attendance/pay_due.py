"""What of a month payroll is still owed: versions and adjustments against what was handed over, nothing twice."""

from collections import Counter
from collections.abc import Collection, Sequence

from domain.attendance.pay_line import AgreedAdjustment, Amounts, ClosedMonth, Handed, PayRow, RowKind


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
    given = _given(handed)
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


def is_due(version: int, adjustment_ids: Collection[str], handed: Handed) -> bool:
    """Tell whether :func:`due_rows` gives anything, without the amounts.

    Args:
        version: the latest closed version.
        adjustment_ids: the agreed adjustments of that version.
        handed: what payroll has, or may have, already.
    """
    return version not in _handed_versions(handed) or not _given(handed).issuperset(adjustment_ids)


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
    given = _given(handed)
    followed = [item.amounts for item in adjustments if since <= item.version < latest.version and item.id in given]
    if last is None and not followed:
        return _row(latest, RowKind.month, latest.amounts, ())
    standing = add_amounts({} if last is None else last.amounts, *followed)
    return _row(latest, RowKind.difference, subtract_amounts(latest.amounts, standing), ())


def _handed_versions(handed: Handed) -> frozenset[int]:
    # A difference that names adjustments comes after its version; any other row brings the version itself.
    return frozenset(version for version, name in handed if name.startswith(RowKind.month) or not _adjustment_ids(name))


def _given(handed: Handed) -> frozenset[str]:
    return frozenset(each for _, name in handed for each in _adjustment_ids(name))


def _adjustment_ids(name: str) -> tuple[str, ...]:
    return tuple(each for each in name.partition(":")[2].split(",") if each)


def _row(month: ClosedMonth, kind: RowKind, amounts: Amounts, adjustment_ids: tuple[str, ...]) -> PayRow:
    return PayRow(month.person_id, month.period, month.version, kind, amounts, adjustment_ids)
