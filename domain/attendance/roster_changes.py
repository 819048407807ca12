"""Which days of a person a planning act changed: what is due on them, not how it was planned. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from domain.attendance.profile import InForce
from domain.attendance.shift import DayKind, Hours, Shift


def list_changed_days(
    before: Mapping[date, Shift],
    after: Mapping[date, Shift],
    days: tuple[date, date],
    *,
    profile: InForce,
    holidays: frozenset[date],
) -> tuple[date, ...]:
    """Give the days, in order, on which something else is due than before.

    Args:
        before: the shifts that rosters planned; days without one follow the profile's week.
        after: those that they plan now.
        days: the first and the last day to look at, both included.
        profile: the rules by day.
        holidays: on these only a shift that stands on holidays is due.
    """

    def due(shifts: Mapping[date, Shift], on: date) -> tuple[DayKind, Hours | None]:
        shift = shifts.get(on) or profile.on(on).week[on.weekday()]
        is_free = shift.kind is DayKind.work and on in holidays and not shift.on_holidays
        return (DayKind.holiday, None) if is_free else (shift.kind, shift.hours)

    return tuple(on for on in _days(*days) if due(before, on) != due(after, on))


def _days(first_on: date, last_on: date) -> Iterator[date]:
    for ahead in range((last_on - first_on).days + 1):
        yield first_on + timedelta(days=ahead)
