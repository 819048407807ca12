"""Telling people in the morning which caps over a year or several months are near or were crossed, and their heads.

Whoever may be near is found by the sums that the looks through each month left; only their years are counted.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta

from domain.attendance.caps import year_bounds, year_of
from domain.attendance.facts import MonthFacts
from domain.attendance.long_caps import AVERAGE_LENGTHS, MONTHS_RULE, LongCap, assess_long_caps, least_sums
from domain.attendance.plan import ImpossiblePlanError
from domain.attendance.profile import InForce
from domain.attendance.spans import civil_date, minute_from
from domain.civil import format_clock, format_h_mm, month_end
from domain.notices.message import Message
from domain.notices.year_notice import NOT_FORESEEN, YearCapNotice, derive_year_messages
from domain.workflow.route import Organisation, StepRole, list_deciders
from store.deciders import load_organisation
from store.messages import insert_messages
from store.month_punches import axis_of
from store.months import load_year_facts
from store.overtime_sums import list_people_over
from store.people import load_persons
from store.tx import Store, Tx

PEOPLE_AT_ONCE = 50
"""Of how many persons the year is loaded at once."""


def tell_year_caps(store: Store, on: date, now: datetime, rules: InForce) -> int:
    """Tell of the year as it stood when the last duty day was over; gives how many messages are new.

    A cap is told once to a person while it is near and once when it was crossed. Years are counted while others write.
    """
    last_on = on - timedelta(days=1)
    with store.reading(now) as tx:
        found = sorted(_find_near(tx, last_on, rules))
        organisation = load_organisation(tx, on)
    told = 0
    for first in range(0, len(found), PEOPLE_AT_ONCE):
        with store.reading(now) as tx:
            messages = list(_tell_people(tx, found[first : first + PEOPLE_AT_ONCE], last_on, rules, organisation))
        if messages:
            with store.transaction(now) as tx:
                told += insert_messages(tx, messages)
    return told


def _tell_people(
    tx: Tx, person_ids: list[str], last_on: date, rules: InForce, organisation: Organisation
) -> Iterator[Message]:
    period, people = f"{last_on:%Y-%m}", load_persons(tx, person_ids)
    for person_id, facts in load_year_facts(tx, person_ids, period, rules).items():
        heads = _list_heads(people[person_id].department_id, person_id, organisation)
        for cap in _assess(facts, axis_of(tx.now)):
            yield from derive_year_messages(_tell(cap, person_id, period, heads))


def _find_near(tx: Tx, last_on: date, rules: InForce) -> set[str]:
    profile = rules.on(last_on)
    least = least_sums(profile)
    first_on, _ = year_bounds(year_of((last_on.year, last_on.month), profile), profile)
    months = (last_on.year - first_on.year) * 12 + last_on.month - first_on.month + 1
    periods = [f"{month_end(first_on, months=each):%Y-%m}" for each in range(months)]
    found = set(list_people_over(tx, periods, least.year_minutes))
    for length in AVERAGE_LENGTHS:
        if length <= months:
            minutes = least.average_minutes[length]
            found |= set(list_people_over(tx, periods[-length:], minutes, with_holidays=True))
    return found


def _assess(facts: MonthFacts, now: int) -> tuple[LongCap, ...]:
    try:
        return assess_long_caps(facts, now)
    except ImpossiblePlanError:  # the month's own page says so
        return ()


def _tell(cap: LongCap, person_id: str, period: str, heads: Collection[str]) -> YearCapNotice:
    used, limit = (
        (str(cap.used), str(cap.limit)) if cap.rule == MONTHS_RULE else (format_h_mm(cap.used), format_h_mm(cap.limit))
    )
    crossed_at = "" if cap.crossed_at is None else _instant(cap.crossed_at)
    foreseen = next(_foresee(cap), NOT_FORESEEN)
    return YearCapNotice(person_id, cap.rule, cap.scope, period, used, limit, crossed_at, foreseen, tuple(heads))


def _foresee(cap: LongCap) -> Iterator[str]:
    if cap.foreseen_at is not None:
        yield _instant(cap.foreseen_at)
    if cap.pace_on is not None:
        yield cap.pace_on.isoformat()


def _instant(axis: int) -> str:
    on = civil_date(axis)
    return f"{on.isoformat()} {format_clock(minute_from(on, axis))}"


def _list_heads(department_id: str, person_id: str, organisation: Organisation) -> tuple[str, ...]:
    deciders = list_deciders(StepRole.head, department_id, organisation, frozenset({person_id}))
    return tuple(each.person_id for each in deciders[:1])
