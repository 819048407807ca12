"""Short ways to say a person's time in November 2025, for the tests of the rules."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from domain.attendance.facts import Compensatory, Direction, Leave, MonthFacts, Order, Punch, Staff, Swap
from domain.attendance.month import PersonMonth, derive_month
from domain.attendance.profile import Profile
from domain.attendance.shift import OFF_DUTY, REST, STATUTORY_REST, DayKind, Hours, Shift, work_shift
from domain.attendance.spans import axis_minute
from domain.civil import parse_clock
from tests.profiles import HAGI

HOLIDAYS = frozenset({date(2025, 11, 3), date(2025, 11, 23), date(2025, 11, 24)})


def on(day: int | str) -> date:
    """13 is 2025-11-13; anything else is written out."""
    return date(2025, 11, day) if isinstance(day, int) else date.fromisoformat(day)


def at(day: int | str, clock: str) -> int:
    return axis_minute(on(day), parse_clock(clock))


def tap(day: int | str, clock: str, direction: str = "none", *, interior: bool = False) -> Punch:
    return Punch(at(day, clock), Direction(direction), interior, ref=f"{on(day)} {clock}")


def here(day: int | str, came: str, left: str) -> tuple[Punch, Punch]:
    return tap(day, came, "in"), tap(day, left, "out")


def order(day: int | str, starts: str, ends: str, *breaks: tuple[str, str]) -> Order:
    pauses = tuple((at(day, start), at(day, end)) for start, end in breaks)
    return Order(at(day, starts), at(day, ends), pauses, ref=f"{on(day)} {starts}")


def shift(text: str) -> Shift:
    """``09:00-15:45/12:00-13:00``, rest, statutory_rest, holiday or off_duty (非番)."""
    named = {"rest": REST, "statutory_rest": STATUTORY_REST, "holiday": Shift(DayKind.holiday), "off_duty": OFF_DUTY}
    if text in named:
        return named[text]
    hours, _, pause = text.partition("/")
    spans = [tuple(parse_clock(end) for end in part.split("-")) for part in (hours, pause) if part]
    return work_shift(Hours(spans[0][0], spans[0][1], tuple((start, end) for start, end in spans[1:])))


def facts(
    *,
    taps: Iterable[Punch] = (),
    orders: Iterable[Order] = (),
    profile: Profile = HAGI,
    staff: Staff | None = None,
    period: tuple[int | str, int | str] = (1, 30),
    holidays: frozenset[date] = HOLIDAYS,
    shifts: Mapping[int | str, str] | None = None,
    swaps: tuple[Swap, ...] = (),
    compensatory: tuple[Compensatory, ...] = (),
    leave: tuple[Leave, ...] = (),
    **overrides: object,
) -> MonthFacts:
    first_on, last_on = on(period[0]), on(period[1])
    return MonthFacts(
        person_id="p1",
        profile=replace(profile, **overrides),
        first_on=first_on,
        last_on=last_on,
        known_from_on=first_on.replace(day=1),
        staff=staff or Staff(),
        punches=tuple(taps),
        orders=tuple(orders),
        holidays=holidays,
        shifts={on(day): shift(text) for day, text in (shifts or {}).items()},
        swaps=swaps,
        compensatory=compensatory,
        leave=leave,
    )


def ask(**said: object) -> PersonMonth:
    return derive_month(facts(**said))


def told(month: PersonMonth, day: int | str) -> list[tuple[str, int]]:
    """The divergences of a day as (kind, minutes)."""
    return [(item.kind.value, item.minutes) for item in month.days[(on(day) - month.first_on).days].divergences]


def crossed(month: PersonMonth) -> list[tuple[str, str]]:
    """The limits as (rule, ``dd hh:mm``)."""
    return [(limit.rule, _moment(limit.at)) for limit in month.limits]


def _moment(axis: int) -> str:
    return f"{date.fromordinal(axis // 1440).day:02d} {axis % 1440 // 60:02d}:{axis % 60:02d}"
