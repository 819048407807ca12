"""A duty day as people see it: what pages draw and what ``sekisho attendance evaluate`` prints."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from domain.attendance.bound_day import MissingPunch
from domain.attendance.classes import COMPENSATED, OVERTIME_CLASSES, REGULAR, Entry
from domain.attendance.day import DayAssessment
from domain.attendance.divergence import Divergence, DivergenceKind
from domain.attendance.facts import MANUAL, Leave, MonthFacts, Staff
from domain.attendance.plan import DayPlan
from domain.attendance.profile import Profile
from domain.attendance.shift import DayKind
from domain.attendance.spans import minute_from, total
from domain.civil import format_h_mm

_UNORDERED = frozenset({DivergenceKind.unordered_stay, DivergenceKind.unordered_early})


@dataclass(frozen=True, slots=True)
class PersonDay:
    """One duty day; times are minutes from 00:00 of the day, past 1440 on the day after.

    ``scheduled_minute`` is the regular hours' from and to; on a holiday they are told but not due. ``special_duty`` is
    a manager's ``base`` or ``over_6h`` (L18). ``open``: the day goes on and is not judged yet. ``has_facts``: there is
    a punch, an order or a divergence; other days are only planned.
    """

    on: date
    kind: DayKind
    scheduled_minute: tuple[int, int] | None
    leave: tuple[Leave, ...] = ()
    in_minute: int | None = None
    out_minute: int | None = None
    late_minutes: int = 0
    early_leave_minutes: int = 0
    worked_minutes: int = 0
    regular_minutes: int = 0
    overtime_minutes: int = 0
    beyond_statutory_minutes: int = 0
    classes: Mapping[str, int] = field(default_factory=dict)
    divergences: tuple[Divergence, ...] = ()
    missing: tuple[MissingPunch, ...] = ()
    special_duty: str | None = None
    open: bool = False
    has_facts: bool = False
    entries: tuple[Entry, ...] = ()
    assessment: DayAssessment | None = None

    @property
    def by_hand(self) -> bool:
        """Tell whether a punch by hand (手動) bounds presence of the day."""
        stretches = () if self.assessment is None else self.assessment.stretches
        return any(ref.startswith(MANUAL) for stretch in stretches for ref in stretch.refs)

    @property
    def overtime_shown(self) -> str:
        """Give the overtime in the city's notation, 3.15 for 195 minutes."""
        return format_h_mm(self.overtime_minutes)


def person_day(
    facts: MonthFacts,
    planned: DayPlan,
    day: DayAssessment | None,
    *,
    entries: tuple[Entry, ...],
    beyond_statutory_minutes: int,
    leave: tuple[Leave, ...],
) -> PersonDay:
    """Put a day together from its plan, its assessment (None without any fact) and its classed minutes."""
    on = planned.on
    scheduled = None
    if planned.window:
        scheduled = (minute_from(on, planned.window[0][0]), minute_from(on, planned.window[-1][1]))
    if day is None:
        return PersonDay(on, planned.kind, scheduled, leave)
    divergences = day.divergences
    staff = facts.staff.on(on)
    if staff.manager:  # nobody orders a manager's hours (L18)
        divergences = tuple(item for item in divergences if item.kind not in _UNORDERED)
    return PersonDay(
        on=on,
        kind=planned.kind,
        scheduled_minute=scheduled,
        leave=leave,
        in_minute=None if day.first_in is None else minute_from(on, day.first_in),
        out_minute=None if day.last_out is None else minute_from(on, day.last_out),
        late_minutes=day.late_minutes,
        early_leave_minutes=day.early_leave_minutes,
        worked_minutes=total(day.worked),
        regular_minutes=total(day.regular),
        overtime_minutes=sum(entry.minutes for entry in entries if entry.name in OVERTIME_CLASSES),
        beyond_statutory_minutes=beyond_statutory_minutes,
        classes=sum_classes(entries),
        divergences=divergences,
        missing=day.missing,
        special_duty=_special_duty(day, staff, facts.rules.on(on)),
        open=day.open,
        has_facts=True,
        entries=entries,
        assessment=day,
    )


def sum_classes(entries: Iterable[Entry], *, raised_only: bool = False) -> dict[str, int]:
    """Add up minutes by class; regular minutes are no class, allowances paid beside them are."""
    classes = Counter[str]()
    for entry in entries:
        if raised_only and not entry.raised:
            continue
        if entry.name not in {REGULAR, COMPENSATED}:
            classes[entry.name] += entry.minutes
        for allowance in entry.allowances:
            if not raised_only or allowance == "swap_week":
                classes[allowance] += entry.minutes
    return dict(sorted(classes.items()))


def _special_duty(day: DayAssessment, staff: Staff, profile: Profile) -> str | None:
    # Without an order a manager's presence itself is the duty; with one, as much of it as was ordered.
    if not staff.manager or day.plan.kind is DayKind.work:
        return None
    minutes = sum(total(spans) for _, spans in day.ordered) or total(day.worked)
    if minutes == 0:
        return None
    return "over_6h" if minutes > profile.special_duty_minutes else "base"
