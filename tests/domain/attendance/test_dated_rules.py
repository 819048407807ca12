"""Rules with days of force: each day by its own, a tap in one day alone, caps by the month that is judged."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.attendance.duty_clock import duty_ends, duty_on
from domain.attendance.facts import Direction, MonthFacts, Punch, Staff, Workplace
from domain.attendance.month import derive_month
from domain.attendance.profile import Counting, DatedProfiles, FormerProfile, InForce, Profile, held_since
from domain.attendance.shift_text import parse_shift
from domain.attendance.spans import axis_minute, total
from domain.civil import MINUTES_PER_DAY, month_end
from tests.domain.attendance.questions import here, on, order
from tests.domain.attendance.test_properties import LAST, month_facts
from tests.profiles import HAGI, LSA

OCTOBER, NOVEMBER, DECEMBER = on("2025-10-31"), on(30), on("2025-12-31")
LATER = tuple(parse_shift("09:00-17:45 break 12:00-13:00") if each.hours else each for each in HAGI.week)
PROFILES = st.builds(
    lambda profile, change, stay, debounce, reach, week: replace(
        profile,
        date_change_minutes=change,
        stay_threshold_minutes=stay,
        debounce_seconds=debounce,
        arrival_window_minutes=reach,
        week=week,
    ),
    st.sampled_from([HAGI, LSA]),
    st.integers(0, 480),
    st.integers(0, 60),
    st.integers(0, 120),
    st.integers(0, 240),
    st.sampled_from([HAGI.week, LATER]),
)


@st.composite
def rules_through_time(draw: st.DrawFn) -> DatedProfiles:
    """Two or three profiles, one after another, each from the first of a month of the autumn of 2025 on."""
    ends = draw(st.lists(st.sampled_from([on("2025-09-30"), OCTOBER, NOVEMBER]), min_size=1, max_size=2, unique=True))
    return DatedProfiles(tuple(FormerProfile(end, draw(PROFILES)) for end in sorted(ends)), draw(PROFILES))


def by(rules: InForce, facts: MonthFacts) -> MonthFacts:
    """The facts as the store gives them by these rules."""
    last_on = facts.last_on
    return replace(facts, profile=rules.on(last_on), former_profiles=rules.former(last_on))


@settings(max_examples=40)
@given(month_facts(), PROFILES)
def test_a_month_wholly_under_one_profile_counts_as_by_it_alone(facts: MonthFacts, other: Profile) -> None:
    alone = derive_month(facts)
    long_ago = DatedProfiles((FormerProfile(on("2025-08-31"), other),), facts.profile)
    assert derive_month(by(long_ago, facts)) == alone


@settings(max_examples=40)
@given(month_facts(), st.lists(st.integers(-6, 33), min_size=1, max_size=3, unique=True))
def test_a_day_on_which_nothing_changes_changes_nothing(facts: MonthFacts, days: list[int]) -> None:
    ends = [facts.first_on + timedelta(days=each) for each in sorted(days)]
    same = DatedProfiles(tuple(FormerProfile(end, facts.profile) for end in ends), facts.profile)
    assert derive_month(replace(facts, former_profiles=same.before)) == derive_month(facts)


@settings(max_examples=40)
@given(month_facts(), rules_through_time(), PROFILES)
def test_rules_that_begin_after_a_month_find_no_difference_in_it(
    facts: MonthFacts, rules: DatedProfiles, new: Profile
) -> None:
    changed = DatedProfiles(
        (*(each for each in rules.before if each.until_on < LAST), FormerProfile(LAST, rules.on(LAST))), new
    )
    assert by(changed, facts) == by(rules, facts)
    assert held_since(changed, LAST) == held_since(rules, LAST)


@given(rules_through_time(), st.integers(axis_minute(on("2025-09-20")), axis_minute(on("2025-12-10"))))
def test_every_minute_lies_in_one_duty_day(rules: DatedProfiles, minute: int) -> None:
    day = duty_on(rules, minute)
    assert duty_ends(day - timedelta(days=1), rules) <= minute < duty_ends(day, rules)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(1080, 1439), st.integers(60, 1000)), min_size=3, max_size=3), rules_through_time()
)
def test_no_minute_is_lost_between_two_rules(nights: list[tuple[int, int]], rules: DatedProfiles) -> None:
    """Presence over the end of a month is that month's or the next one's, whatever their date change and week say."""
    taps = []
    for number, (came, stayed) in enumerate(nights):
        minute = axis_minute((on("2025-09-30"), OCTOBER, NOVEMBER)[number], came)
        taps += [Punch(minute, Direction.clock_in, ref=f"{number}i")]
        taps += [Punch(minute + stayed, Direction.clock_out, ref=f"{number}o")]
    months = []
    for first_on in (on("2025-09-01"), on("2025-10-01"), on(1), on("2025-12-01")):
        facts = MonthFacts("p1", HAGI, first_on, month_end(first_on), first_on, punches=tuple(taps))
        months.append(derive_month(by(rules, facts)))
    stretches = [each for month in months for day in month.days if day.assessment for each in day.assessment.stretches]
    assert all(one.ends <= other.starts for one, other in itertools.pairwise(stretches))
    assert total((each.starts, each.ends) for each in stretches) == sum(stayed for _, stayed in nights)


def test_the_day_that_ends_says_when_it_ends() -> None:
    early = replace(HAGI, date_change_minutes=180)
    rules = DatedProfiles((FormerProfile(OCTOBER, HAGI),), early)
    assert duty_on(rules, axis_minute(on(1), 299)) == OCTOBER
    assert duty_on(rules, axis_minute(on(1), 300)) == on(1)
    assert duty_on(rules, axis_minute(on(2), 179)) == on(1)
    assert duty_on(rules, axis_minute(on(2), 180)) == on(2)
    assert duty_ends(OCTOBER, rules) - axis_minute(OCTOBER) == MINUTES_PER_DAY + 300


def test_the_week_before_the_first_is_planned_as_it_was() -> None:
    """The ordinance's week until October, an hour less each day since: 40:00 of the first week count what was."""
    shorter = replace(HAGI, counting=Counting.statutory, stay_threshold_minutes=600)
    taps = [
        tap
        for day in ("2025-10-27", "2025-10-28", "2025-10-29", "2025-10-30", "2025-10-31")
        for tap in here(day, "08:30", "17:15")
    ]
    taps += here(1, "09:00", "12:00")
    facts = MonthFacts(
        "p1", shorter, on(1), on(30), on(1), punches=tuple(taps), orders=(order(1, "09:00", "12:00"),),
        former_profiles=(FormerProfile(OCTOBER, HAGI),),
    )  # fmt: skip
    month = derive_month(facts)
    assert month.days[0].beyond_statutory_minutes == 180 - (40 * 60 - 5 * 465)


def _evenings(first_on: date, days: int, minutes: int) -> tuple[list[Punch], list]:
    punches, orders = [], []
    for number in range(days):
        day = (first_on + timedelta(days=number)).isoformat()
        ends = f"{(17 * 60 + 15 + minutes) // 60:02d}:{(15 + minutes) % 60:02d}"
        punches += here(day, "08:30", ends)
        orders.append(order(day, "17:15", ends))
    return punches, orders


def _lived(rules: InForce, *, months: int, staff: Staff | None = None, first_on: date = date(2025, 4, 1)) -> MonthFacts:
    """Twelve evenings of three hours in each month since April, 36:00 a month; the last month is asked about."""
    punches: list[Punch] = []
    orders = []
    for number in range(months):
        month_on = month_end(first_on, months=number).replace(day=1)
        monday = month_on + timedelta(days=(7 - month_on.weekday()) % 7)
        for week in range(3):
            more, ordered = _evenings(monday + timedelta(days=7 * week), 4, 180)
            punches, orders = punches + more, orders + ordered
    asked_on = month_end(first_on, months=months - 1).replace(day=1)
    facts = MonthFacts(
        "p1", HAGI, asked_on, month_end(asked_on), first_on, staff=staff or Staff(),
        punches=tuple(punches), orders=tuple(orders),
    )  # fmt: skip
    return by(rules, facts)


def test_a_year_is_judged_by_the_month_that_is_looked_at() -> None:
    """216:00 by September. A cap of 200:00 from October on is crossed by the first minute of October, and once."""
    stricter = replace(HAGI, year_cap_minutes=200 * 60)
    rules = DatedProfiles((FormerProfile(date(2025, 9, 30), HAGI),), stricter)
    september = derive_month(_lived(rules, months=6))
    assert [each.rule for each in september.limits] == []
    october = derive_month(_lived(rules, months=7))
    assert [(each.rule, each.on, each.at - axis_minute(each.on)) for each in october.limits] == [
        ("year_360h", date(2025, 10, 6), 17 * 60 + 15)
    ]
    november = derive_month(_lived(rules, months=8))
    assert [each.rule for each in november.limits] == []


def test_each_month_adds_what_it_counted_by_its_own_rules() -> None:
    """By plain law an evening is overtime from 8:00 on: 2:45 of 3:00. Six months by the ordinance, then one by law."""
    rules = DatedProfiles((FormerProfile(date(2025, 9, 30), HAGI),), replace(LSA, year_cap_minutes=248 * 60))
    (crossed,) = [each for each in derive_month(_lived(rules, months=7)).limits if each.rule == "year_360h"]
    assert crossed.on.month == 10
    alone = replace(LSA, year_cap_minutes=248 * 60)
    assert [each for each in derive_month(_lived(alone, months=7)).limits if each.rule == "year_360h"] == []


def test_a_driven_month_is_averaged_with_what_earlier_months_counted() -> None:
    driven = Staff(workplace=Workplace.externally_driven)
    stricter = replace(HAGI, average_cap_minutes=35 * 60)
    rules = DatedProfiles((FormerProfile(date(2025, 6, 30), HAGI),), stricter)
    assert "average_80h" not in [each.rule for each in derive_month(_lived(rules, months=3, staff=driven)).limits]
    assert "average_80h" in [each.rule for each in derive_month(_lived(rules, months=4, staff=driven)).limits]
