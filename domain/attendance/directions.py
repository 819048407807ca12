"""What a punch without a direction means."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date

from domain.attendance.duty_clock import duty_on
from domain.attendance.facts import Direction, Punch
from domain.attendance.profile import InForce
from domain.attendance.spans import Span, Spans

TICKS_PER_SECOND = 1_000_000
TICKS_PER_MINUTE = 60 * TICKS_PER_SECOND


def derive_directions(ordered: list[Punch], profile: InForce, overnight: Spans) -> Iterator[Punch]:
    """Give the entrance punches, in order of time, each with a direction.

    A direction-less one is the opposite of the punch before it on the same duty day, else an ``in``; a second one in
    less than the profile's ``debounce_seconds`` is the same card held a moment longer, or the next door of the porch.
    Punches at all sites are taken alike; doubtful ones are left out. In the time of a duty that reaches over the date
    change (``overnight``, of ``derive_overnight``) they alternate by that duty, not by the day.
    """
    before: Punch | None = None
    for punch in ordered:
        if punch.interior or punch.doubtful:
            continue
        if punch.direction is not Direction.none:
            before = punch
        elif before is None or _turn(before, profile, overnight) != _turn(punch, profile, overnight):
            before = _as(punch, Direction.clock_in)
        elif _ticks(punch) - _ticks(before) < _debounce(punch, profile):
            continue
        else:
            turned = Direction.clock_out if before.direction is Direction.clock_in else Direction.clock_in
            before = _as(punch, turned)
        yield before


def in_order(punches: Iterable[Punch]) -> list[Punch]:
    """Give the punches in order of time, each once, whatever the order in which they came."""
    return sorted(set(punches), key=lambda punch: (punch.minute, punch.tick, punch.direction, punch.ref))


def directed_punches(punches: Iterable[Punch], profile: InForce, overnight: Spans) -> tuple[Punch, ...]:
    """Give the punches with the directions that were meant, so that others can be put between them."""
    ordered = in_order(punches)
    inside = (punch for punch in ordered if punch.interior)
    return (*derive_directions(ordered, profile, overnight), *inside)


def _turn(punch: Punch, profile: InForce, overnight: Spans) -> Span | date:
    at = bisect_right(overnight, punch.minute, key=lambda span: span[0]) - 1
    if at >= 0 and punch.minute < overnight[at][1]:
        return overnight[at]
    return duty_on(profile, punch.minute)


def _debounce(punch: Punch, profile: InForce) -> int:
    return profile.on(duty_on(profile, punch.minute)).debounce_seconds * TICKS_PER_SECOND


def _as(punch: Punch, direction: Direction) -> Punch:
    return Punch(punch.minute, direction, tick=punch.tick, ref=punch.ref)


def _ticks(punch: Punch) -> int:
    return punch.minute * TICKS_PER_MINUTE + punch.tick
