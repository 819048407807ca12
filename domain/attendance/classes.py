"""Counted minutes get their class: night by the clock, day kind by the civil day, whatever the duty day (L22, R4).

Two ways of counting share one form, and one module because both cut the same minutes. ``ordinance`` (L3) calls ordered
minutes outside regular hours overtime; ``statutory`` (R1, R2) calls overtime what lies beyond 8:00 a duty day or 40:00
a week, day excess first, and of flexible hours what was ordered beyond the frame of their period (L20).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.attendance.day import DayAssessment
from domain.attendance.facts import Employment, Order, Staff
from domain.attendance.flex import find_stretches, statutory_day_minutes, statutory_week_minutes
from domain.attendance.flex_frame import split_by_frame
from domain.attendance.plan import DayPlan, Plan
from domain.attendance.profile import Counting, InForce, Profile
from domain.attendance.shift import DayKind
from domain.attendance.spans import civil_date, cut, intersect, subtract
from domain.civil import MINUTES_PER_DAY

REGULAR = "regular"
COMPENSATED = "compensated"
_BEYOND = "weekday"
OVERTIME_CLASSES = frozenset(
    {"weekday_day", "weekday_night", "restday_day", "restday_night", "parttime_day", "parttime_night"}
)
"""What the caps and the 60-hour step count, and what ``overtime`` adds up."""

Counted = tuple[int, int, Order | None]
"""A run of minutes and the order that makes it count; without one it is regular work."""

_Run = tuple[date, Counted, str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A run of counted minutes of one class; the atom of the minute ledger.

    ``allowances`` are classes paid beside it (``night_regular``, ``swap_week``), ``raised`` says the 60-hour step did.
    """

    on: date  # the duty day
    starts: int
    ends: int
    name: str
    rule: str
    order: Order | None = None
    allowances: tuple[str, ...] = ()
    raised: bool = False

    @property
    def minutes(self) -> int:
        """Count the minutes."""
        return self.ends - self.starts


def classify(days: Iterable[DayAssessment], plan: Plan, profile: InForce, staff: Staff) -> tuple[Entry, ...]:
    """Give every counted minute of the days its class, before the 60-hour step; in order of time.

    A day goes by its own rules and employment; of a manager's days nothing is classed (L18).
    """
    if staff.manager and not staff.former:
        return ()
    days = tuple(days)
    by_law = {day.on for day in days if profile.on(day.on).counting is Counting.statutory}
    found = _classify_by_ordinance((day for day in days if day.on not in by_law), plan, profile, staff)
    if by_law:
        beside = (entry for entry in statutory_entries(days, plan, profile) if entry.on in by_law)
        found = sorted((*found, *beside), key=lambda entry: entry.on)
    if not staff.former:
        return tuple(found)
    return tuple(entry for entry in found if not staff.on(entry.on).manager)


def _classify_by_ordinance(days: Iterable[DayAssessment], plan: Plan, rules: InForce, staff: Staff) -> list[Entry]:
    entries: list[Entry] = []
    at_plain_rate = Counter[date]()
    for day in days:
        week_on, profile = _week_on(day.on), rules.on(day.on)
        room = _part_time_room(day, plan, profile, staff.on(day.on), at_plain_rate[week_on])
        found = _ordinance_entries(day, plan, profile, room)
        at_plain_rate[week_on] += sum(entry.minutes for entry in found if entry.rule == "L9")
        entries += found
    return entries


def statutory_entries(days: Iterable[DayAssessment], plan: Plan, profile: InForce) -> Iterator[Entry]:
    """Count by R1 and R2: a minute is overtime when the duty day is beyond 8:00, or else the week beyond 40:00.

    On days of flexible hours an ordered minute is, when their settlement period is beyond its frame (L20).
    """
    return (_statutory_entry(*run, profile.on(run[0])) for run in _statutory_runs(days, plan, profile))


def beyond_statutory(days: Iterable[DayAssessment], plan: Plan, profile: InForce) -> Mapping[date, int]:
    """Give the minutes beyond 8:00 or 40:00 by duty day (L3)."""
    beyond = Counter[date]()
    for on, (starts, ends, _), name, _ in _statutory_runs(days, plan, profile):
        if name == _BEYOND:
            beyond[on] += ends - starts
    return beyond


def _statutory_runs(days: Iterable[DayAssessment], plan: Plan, rules: InForce) -> Iterator[_Run]:
    # The duty day, the run, what it is and by which rule.
    days = tuple(days)
    flexible = _runs_in_frames(days, plan, rules)
    week_on, week_minutes, week_most = None, 0, 0
    for day in days:
        if day.on in flexible:
            yield from flexible[day.on]
            continue
        day_minutes, profile = 0, rules.on(day.on)
        if week_on != _week_on(day.on):
            week_on, week_minutes = _week_on(day.on), 0
            week_most = statutory_week_minutes(_week_of(day.on, plan), profile)
        day_most = statutory_day_minutes(day.plan, profile)
        for starts, ends, order in _counted(day, profile):
            if plan[civil_date(starts)].kind is DayKind.statutory_rest:
                yield day.on, (starts, ends, order), "statutory_rest", "R4"
                continue
            day_room = day_most - day_minutes
            room = max(0, min(day_room, week_most - week_minutes))
            within = min(room, ends - starts)
            if within:
                name = REGULAR if order is None else "within_statutory"
                yield day.on, (starts, starts + within, order), name, "R1"
            if within < ends - starts:
                yield day.on, (starts + within, ends, order), _BEYOND, "R1" if within >= day_room else "R2"
            day_minutes += within
            week_minutes += within


def _runs_in_frames(days: tuple[DayAssessment, ...], plan: Plan, rules: InForce) -> dict[date, list[_Run]]:
    # By plain law the days of a settlement period even out: only what is beyond its frame is overtime (L20).
    runs: dict[date, list[_Run]] = {}
    for stretch in find_stretches(plan, rules):
        if stretch.profile.counting is not Counting.statutory:
            continue
        own = [day for day in days if stretch.holds(day.on)]
        pieces = [(day.on, piece) for day in own for piece in _counted(day, stretch.profile)]
        at_rest = [each for each in pieces if plan[civil_date(each[1][0])].kind is DayKind.statutory_rest]
        named: list[_Run] = [(*each, "statutory_rest", "R4") for each in at_rest]
        framed = [each for each in pieces if each not in at_rest]
        for (on, run), is_beyond in split_by_frame(framed, stretch.frame_minutes):
            within = REGULAR if run[2] is None else "within_statutory"
            named.append((on, run, _BEYOND if is_beyond else within, "L20"))
        for each in sorted(named, key=lambda run: run[1][:2]):
            runs.setdefault(each[0], []).append(each)
    return runs


def raise_after_60h(entries: tuple[Entry, ...], rules: InForce) -> tuple[Entry, ...]:
    """Mark the minutes beyond 60 hours of each calendar month, cutting the entry in which the hour is full (R5, L5)."""
    raised: list[Entry] = []
    month, counted = None, 0
    for entry in entries:
        if (entry.on.year, entry.on.month) != month:
            month, counted = (entry.on.year, entry.on.month), 0
        profile = rules.on(entry.on)
        room = max(0, profile.step_minutes - counted)
        counted += entry.minutes if counts_for_step(entry, profile) else 0
        if entry.minutes <= room or not counts_for_step(entry, profile):
            raised.append(entry)
            continue
        if room:
            raised.append(replace(entry, ends=entry.starts + room))
        raised.append(replace(entry, starts=entry.starts + room, raised=True))
    return tuple(raised)


def counts_for_step(entry: Entry, profile: Profile) -> bool:
    """Tell whether the minutes count towards 60 hours: all overtime; Sunday and swap by profile (L6, L11)."""
    if entry.name in OVERTIME_CLASSES:
        is_sunday_rest = entry.name.startswith("restday") and civil_date(entry.starts).isoweekday() == 7
        return profile.sunday_in_60h or not is_sunday_rest
    return profile.swap_in_60h and "swap_week" in entry.allowances


def _week_on(on: date) -> date:
    """Give the Sunday on which a day's week begins."""
    return on - timedelta(days=on.isoweekday() % 7)


def _week_of(on: date, plan: Plan) -> list[DayPlan]:
    week = (_week_on(on) + timedelta(days=number) for number in range(7))
    return [plan[each] for each in week if each in plan]


def _part_time_room(day: DayAssessment, plan: Plan, profile: Profile, staff: Staff, at_plain_rate: int) -> int:
    """Count what a part-timer is still paid at 100: up to a full day, or a full week where a city says so."""
    if staff.employment is not Employment.part_time or day.plan.kind is not DayKind.work:
        return 0
    if not profile.part_time_week_minutes:
        return max(0, profile.part_time_day_minutes - day.plan.net_minutes)
    planned = sum(each.net_minutes for each in _week_of(day.on, plan) if each.kind is DayKind.work)
    return max(0, profile.part_time_week_minutes - planned - at_plain_rate)


def _ordinance_entries(day: DayAssessment, plan: Plan, profile: Profile, part_time_room: int) -> list[Entry]:
    entries: list[Entry] = []
    for starts, ends, order in _counted(day, profile):
        if order is None:
            entries.append(_regular_entry(day.on, starts, ends, plan, profile))
            continue
        for name, rule, span in _ordered_names(starts, ends, plan):
            if name in {"holiday_regular", COMPENSATED}:
                allowances = ("night_regular",) if _is_night(span[0], profile) else ()
                entries.append(Entry(day.on, *span, name, rule, order, allowances))
                continue
            suffix = "_night" if _is_night(span[0], profile) else "_day"
            in_part_time = min(part_time_room, span[1] - span[0]) if name == "weekday" else 0
            part_time_room -= in_part_time
            middle = span[0] + in_part_time
            if in_part_time:
                entries.append(Entry(day.on, span[0], middle, "parttime" + suffix, "L9", order))
            if middle < span[1]:
                entries.append(Entry(day.on, middle, span[1], name + suffix, rule, order))
    return entries


def _ordered_names(starts: int, ends: int, plan: Plan) -> Iterator[tuple[str, str, tuple[int, int]]]:
    # The span lies within one civil day; a holiday's regular hours are 休日勤務, the rest of that day is overtime.
    civil = plan[civil_date(starts)]
    span = ((starts, ends),)
    if civil.kind is DayKind.work:
        yield "restday" if civil.is_paid_as_holiday else "weekday", "L4", (starts, ends)
        return
    if civil.kind is not DayKind.holiday:
        yield "restday", "L4", (starts, ends)
        return
    inside = intersect(span, civil.window)
    regular = ("compensated", "L12") if civil.compensated else ("holiday_regular", "L7")
    outside = ("weekday", "L4") if civil.compensated else ("restday", "L4")
    named = [(*regular, piece) for piece in inside] + [(*outside, piece) for piece in subtract(span, civil.window)]
    yield from sorted(named, key=lambda item: item[2])


def _regular_entry(on: date, starts: int, ends: int, plan: Plan, profile: Profile) -> Entry:
    # A night duty that reaches into a holiday: its regular minutes there are 休日勤務 (L7), the class follows the day.
    civil = plan[civil_date(starts)]
    allowances = ("night_regular",) if _is_night(starts, profile) else ()
    if civil.is_paid_as_holiday:
        return Entry(on, starts, ends, "holiday_regular", "L7", None, allowances)
    regular = "L20" if plan[on].is_flexible else "L1"
    return Entry(on, starts, ends, REGULAR, "L8" if allowances else regular, None, allowances)


def _statutory_entry(on: date, counted: Counted, name: str, rule: str, profile: Profile) -> Entry:
    starts, ends, order = counted
    night = _is_night(starts, profile)
    if name == REGULAR:
        return Entry(on, starts, ends, REGULAR, "R5" if night else rule, order, ("night_regular",) if night else ())
    day_name = "weekday_day" if name == _BEYOND else name
    return Entry(on, starts, ends, name + "_night" if night else day_name, rule, order)


def _counted(day: DayAssessment, profile: Profile) -> list[Counted]:
    """Give the day's counted minutes cut at midnight and at the ends of the night band, in order of time."""
    bounds = (0, profile.night_ends_minute, profile.night_starts_minute)
    pieces: list[Counted] = [(start, end, None) for start, end in cut(day.regular, bounds)]
    for order, spans in day.ordered:
        pieces += [(start, end, order) for start, end in cut(spans, bounds)]
    return sorted(pieces, key=lambda piece: piece[:2])


def _is_night(axis: int, profile: Profile) -> bool:
    return profile.is_night(axis % MINUTES_PER_DAY)
