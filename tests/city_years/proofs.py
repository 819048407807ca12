"""What must hold of every closed month: no minute without a reason, nothing unsettled, paid once and to the minute."""

from collections import Counter, defaultdict
from collections.abc import Collection

from domain.attendance.check_sheet import list_unsettled
from domain.attendance.classes import COMPENSATED, REGULAR
from domain.attendance.counted_month import sum_month
from domain.attendance.elsewhere import watch_spans
from domain.attendance.facts import MonthFacts
from domain.attendance.ledger import LedgerRow, explain_day
from domain.attendance.month import PersonMonth, month_bounds
from domain.attendance.pay_line import PayRow, RowKind
from domain.attendance.person_day import PersonDay
from domain.attendance.requests import divergence_subject
from domain.attendance.spans import axis_minute, merge, subtract, total
from gateway.months.adjusting import stands_at
from gateway.months.counting import count_people
from store.closings import list_versions
from store.month_adjustments import list_adjustments
from store.month_checks import list_accepted
from store.months import load_months_facts
from store.pay_lines import list_pay_lines
from store.tx import Tx
from sync.payroll.layout import Layout
from sync.payroll.rows import row_lines
from tests.profiles import HAGI

UNCOUNTED = frozenset({"break", "leave", "held_back", "unordered"})
Minutes = Counter[str]
AT_ONCE = 200


def prove_closed(tx: Tx, period: str, person_ids: Collection[str]) -> Minutes:
    """Hold everybody's closed month against its own reasons; gives the minutes of presence by what they are.

    Raises:
        AssertionError: a minute has no reason, or two; something is unsettled; the version is not what is counted.
    """
    told: Minutes = Counter()
    versions = {each.person_id: each for each in list_versions(tx, period, person_ids)}
    accepted = list_accepted(tx, *month_bounds(period), person_ids)
    missing = set(person_ids) - versions.keys()
    assert not missing, f"{period}: not closed: {sorted(missing)[:5]}"
    ordered = sorted(person_ids)
    for start in range(0, len(ordered), AT_ONCE):
        some = ordered[start : start + AT_ONCE]
        facts = load_months_facts(tx, some, period, HAGI)
        for counted in count_people(tx, some, period, HAGI):
            month, who = counted.month, counted.person_id
            assert month is not None
            assert counted.content == versions[who].content, f"{period} {who}: closed as something else"
            settled = accepted.get(who, frozenset())
            left = list(list_unsettled(month, settled, ()))
            assert not left, f"{period} {who}: {left}"
            told += _prove_month(month, facts[who], settled)
    return told


def _prove_month(month: PersonMonth, facts: MonthFacts, accepted: frozenset[str]) -> Minutes:
    told: Minutes = Counter()
    classes: Minutes = Counter()
    reach = 0
    for day in month.days:
        rows = explain_day(day, HAGI)
        where = f"{month.person_id} {day.on}"
        reach = _prove_whole(day, rows, where, reach)
        for row in rows:
            minutes = row.to_minute - row.from_minute
            told[row.name if row.name in UNCOUNTED else "counted"] += minutes
            told["presence"] += minutes
            if row.name not in UNCOUNTED | {REGULAR, COMPENSATED}:
                for name in row.name.split("+"):
                    classes[name] += minutes
        told += _prove_unordered(day, rows, facts, accepted, where)
        told["overtime"] += day.overtime_minutes
    assert dict(sorted(classes.items())) == dict(month.classes), f"{month.person_id}: {classes} {month.classes}"
    return told


def _prove_whole(day: PersonDay, rows: tuple[LedgerRow, ...], where: str, reach: int) -> int:
    """Each minute of presence stands in one row, and presence of two days never is the same minute."""
    stretches = () if day.assessment is None else day.assessment.stretches
    origin = axis_minute(day.on)
    for stretch in stretches:
        assert stretch.starts >= reach, f"{where}: presence counts twice"
        reach = stretch.ends
    told = [(origin + row.from_minute, origin + row.to_minute) for row in rows]
    whole = merge((each.starts, each.ends) for each in stretches)
    assert merge(told) == whole, f"{where}: {rows}"
    assert total(told) == total(whole), f"{where}: {rows}"
    counted = sum(row.to_minute - row.from_minute for row in rows if row.name not in UNCOUNTED)
    entries = sum(entry.minutes for entry in day.entries)
    assert not day.entries or counted == entries, f"{where}: {counted} of {entries}"
    return reach


def _prove_unordered(
    day: PersonDay, rows: tuple[LedgerRow, ...], facts: MonthFacts, accepted: frozenset[str], where: str
) -> Minutes:
    """What does not count was explained, was watch, is a manager's, or lies below the threshold."""
    told: Minutes = Counter()
    origin = axis_minute(day.on)
    answered = merge(
        (origin + item.from_minute, origin + item.to_minute)
        for item in day.divergences
        if item.from_minute is not None
        and item.to_minute is not None
        and item.to_minute > item.from_minute
        and divergence_subject(day.on, item) in accepted
    )
    held = merge((origin + row.from_minute, origin + row.to_minute) for row in rows if row.name == "held_back")
    assert not held or all(
        divergence_subject(day.on, item) in accepted for item in day.divergences if item.kind.value.startswith("miss")
    ), f"{where}: held back without a word"
    loose = merge((origin + row.from_minute, origin + row.to_minute) for row in rows if row.name == "unordered")
    watched = watch_spans(facts.elsewhere, HAGI)
    for name, reasons in (("explained", answered), ("watch", watched)):
        left = subtract(loose, reasons)
        told[name] += total(loose) - total(left)
        loose = left
    if facts.staff.manager:
        told["managers"] += total(loose)
        return told
    for span in loose:
        limit = max(HAGI.stay_threshold_minutes, HAGI.early_threshold_minutes)
        assert span[1] - span[0] <= limit, f"{where}: {span[1] - span[0]} minutes without a reason: {rows}"
        told["below_threshold"] += span[1] - span[0]
    return told


def prove_paid(tx: Tx, layout: Layout, period: str) -> int:
    """Hold what payroll got against versions and adjustments, line by line; gives how many lines that are."""
    paid: dict[tuple[str, str], int] = defaultdict(int)
    lines = list_pay_lines(tx, period, layout.name)
    names = [(each.line.person_id, each.line.version, each.line.row, each.line.line) for each in lines]
    assert len(set(names)) == len(names), f"{period}: a line was made twice"
    for each in lines:
        paid[each.line.person_id, each.line.line] += each.line.minutes
    adjustments = defaultdict(list)
    for one in list_adjustments(tx, period):
        adjustments[one.person_id].append(one)
    latest = {each.person_id: each for each in list_versions(tx, period)}
    for who, version in latest.items():
        amounts = stands_at(version, adjustments[who]).amounts
        whole = PayRow(who, period, version.version, RowKind.month, amounts, ())
        due = {(who, line.line): line.minutes for line in row_lines(layout, whole)}
        got = {key: minutes for key, minutes in paid.items() if key[0] == who}
        assert {key: m for key, m in got.items() if m} == {key: m for key, m in due.items() if m}, (period, who)
    return len(lines)


def prove_stands(tx: Tx, period: str, person_ids: Collection[str]) -> None:
    """Versions with what was agreed about them are the count of now, for everybody."""
    versions = {each.person_id: each for each in list_versions(tx, period, person_ids)}
    adjustments = defaultdict(list)
    for one in list_adjustments(tx, period, person_ids):
        adjustments[one.person_id].append(one)
    for counted in count_people(tx, person_ids, period, HAGI):
        who = counted.person_id
        assert counted.month is not None
        fresh = sum_month(counted.month, period, 0, HAGI).amounts
        stands = stands_at(versions[who], adjustments[who]).amounts
        assert stands == fresh, f"{period} {who}: stands {stands}, counted {fresh}"
