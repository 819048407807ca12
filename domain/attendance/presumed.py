"""Facts as they will be if everybody does what is planned and ordered: the ground of a forecast, never of pay."""

from dataclasses import replace

from domain.attendance.directions import TICKS_PER_MINUTE, directed_punches
from domain.attendance.duty_clock import duty_on
from domain.attendance.facts import Direction, MonthFacts, Punch
from domain.attendance.overnight import derive_overnight
from domain.attendance.plan import Plan
from domain.attendance.shift import DayKind
from domain.attendance.spans import Span, Spans, civil_date, merge

TICK_LAST = TICKS_PER_MINUTE - 1
"""A presumed punch comes after those that were made in the same minute."""


def presume_presence(facts: MonthFacts, now: int, plan: Plan) -> MonthFacts:
    """Give the facts with presence from ``now`` (an axis minute) on, over regular hours and orders, to the last day.

    Punches after ``now`` are left out; who is on site now stays for what is due or ordered, else leaves at once. A day
    on which a punch is missing holds its orders back, as it does in the month.
    """
    overnight = derive_overnight(plan, facts.orders, facts.rules)
    made = (punch for punch in facts.punches if punch.minute <= now)
    punches = list(directed_punches(made, facts.rules, overnight))
    expected = _expected(facts, plan)
    current = next(((start, end) for start, end in expected if start <= now < end), None)
    if _is_in(facts, punches, current, now):
        punches.append(_punch(now if current is None else current[1], Direction.clock_out))
    elif current is not None:
        punches += [_punch(now, Direction.clock_in), _punch(current[1], Direction.clock_out)]
    for start, end in expected:
        if start > now:
            punches += [_punch(start, Direction.clock_in), _punch(end, Direction.clock_out)]
    return replace(facts, punches=tuple(punches), until=None)


def _expected(facts: MonthFacts, plan: Plan) -> Spans:
    away = {item.on for item in facts.leave if item.starts_minute is None}
    due = [
        span
        for on, day in plan.items()
        if day.kind is DayKind.work and on not in away and on <= facts.last_on
        for span in day.window
    ]
    return merge((*due, *((order.starts, order.ends) for order in facts.orders)))


def _is_in(facts: MonthFacts, punches: list[Punch], current: Span | None, now: int) -> bool:
    entrances = [punch for punch in punches if not punch.interior]
    if not entrances or entrances[-1].direction is not Direction.clock_in:
        return False
    came, rules = entrances[-1].minute, facts.rules
    if duty_on(rules, came) == duty_on(rules, now):
        return True
    if current is None:
        return False
    return came >= current[0] - rules.on(civil_date(current[0])).arrival_window_minutes


def _punch(minute: int, direction: Direction) -> Punch:
    return Punch(minute, direction, tick=TICK_LAST, ref="presumed")
