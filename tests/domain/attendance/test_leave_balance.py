"""L16 as a ledger: balances to the minute, in whatever order they were written; what lapses, what is carried over."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.attendance.leave_balance import Lot, Taking, most_to_take, settle, yearly_lots
from domain.attendance.leave_grants import (
    Basis,
    GrantScheme,
    LeavePeriod,
    LeaveTerms,
    add_months,
    carried_minutes,
    full_day_minutes,
    leave_period,
    usual_terms,
)
from domain.attendance.leave_kinds import Allowance, LeaveKind, LeaveUnit, leave_year, pay_name
from domain.attendance.leave_minutes import LeaveAmount, to_amount
from tests.profiles import HAGI

DAY = 465
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
YEAR = LeavePeriod(FIRST, LAST, 20 * DAY)
CARRIED = Lot("carried", 12 * DAY + 180, FIRST, LAST, is_carried=True)
GRANT = Lot("grant", 20 * DAY, FIRST, LAST)
ANNUAL = LeaveKind(
    "annual", "年次休暇", "annual leave", True, Allowance.granted, ("head",), frozenset(LeaveUnit), carry_days_max=20
)
FULL_TIME = GrantScheme("full_time", "annual", Basis.year, 20, (20, 18, 17, 15, 13, 12, 10, 8, 7, 5, 3, 2))
WEEKLY = {5: (10, 11, 12, 14, 16, 18, 20), 4: (7, 8, 9, 10, 12, 13, 15), 1: (1, 2, 2, 2, 3, 3, 3)}
PART_TIME = GrantScheme("part_time", "annual", Basis.service, service_days=WEEKLY)


def taking(on: date, minutes: int, name: str = "") -> Taking:
    return Taking(name or on.isoformat(), "annual", on, minutes)


def test_l16_twelve_days_and_three_hours_less_five_hours() -> None:
    settled = settle([CARRIED], [taking(date(2026, 5, 1), 300)], date(2026, 5, 1))
    assert to_amount(settled.balance, DAY) == LeaveAmount(11, 345)


def test_what_was_carried_over_is_taken_first_then_what_lapses_soonest() -> None:
    soon = Lot("a-soon", DAY, FIRST, date(2026, 3, 31))
    settled = settle([GRANT, soon, CARRIED], [taking(date(2026, 2, 2), CARRIED.minutes + DAY + 5)], date(2026, 2, 2))
    assert settled.left == {"carried": 0, "a-soon": 0, "grant": 20 * DAY - 5}


def test_nothing_outlives_its_last_day() -> None:
    assert settle([GRANT], [], LAST).balance == 20 * DAY
    after = settle([GRANT], [], LAST + timedelta(days=1))
    assert (after.balance, after.lapsed) == (0, 20 * DAY)
    assert most_to_take([GRANT], [], LAST + timedelta(days=1)) == 0
    assert most_to_take([GRANT], [], FIRST - timedelta(days=1)) == 0


def test_leave_that_is_planned_for_later_is_not_there_to_be_taken_before() -> None:
    later = taking(date(2026, 12, 28), 19 * DAY)
    assert most_to_take([GRANT], [later], date(2026, 1, 5)) == DAY
    assert settle([GRANT], [later], date(2026, 1, 5)).balance == 20 * DAY


def test_a_correction_of_fewer_minutes_draws_before_the_leave_of_its_day() -> None:
    less = Lot("less", -DAY, FIRST)
    settled = settle([GRANT, less], [taking(FIRST, 20 * DAY)], FIRST)
    assert settled.short == {FIRST.isoformat(): DAY}
    assert settled.balance == -DAY


def test_a_kind_of_so_many_days_a_year_has_them_anew_each_year() -> None:
    summer = LeaveKind("special.summer", "夏季", "summer", True, Allowance.yearly, ("head",), frozenset(), days=5)
    lots = yearly_lots(summer, DAY, [date(2026, 7, 1), date(2026, 8, 1), date(2027, 7, 1)])
    assert [(lot.minutes, lot.from_on, lot.until_on) for lot in lots] == [
        (5 * DAY, FIRST, LAST),
        (5 * DAY, date(2027, 1, 1), date(2027, 12, 31)),
    ]
    assert yearly_lots(ANNUAL, DAY, [FIRST]) == ()
    assert pay_name(summer.id) == "special"


def test_l16_only_this_years_own_leave_goes_into_the_next() -> None:
    untouched = carried_minutes([GRANT, CARRIED], [], YEAR, 20 * DAY)
    assert untouched == 20 * DAY
    drawn = carried_minutes([GRANT, CARRIED], [taking(FIRST, CARRIED.minutes + 125)], YEAR, 20 * DAY)
    assert to_amount(drawn, DAY) == LeaveAmount(19, 340)
    more = Lot("more", 3 * DAY, FIRST, LAST)
    assert carried_minutes([GRANT, more], [], YEAR, 20 * DAY) == 20 * DAY
    assert carried_minutes([Lot("long", DAY, FIRST, date(2027, 12, 31))], [], YEAR, 20 * DAY) == 0


@pytest.mark.parametrize(
    ("joined_on", "on", "days"),
    [
        (None, FIRST, 20),
        (date(2019, 4, 1), date(2026, 7, 1), 20),
        (date(2026, 4, 1), date(2026, 4, 1), 15),
        (date(2026, 12, 15), LAST, 2),
        (date(2026, 4, 1), date(2026, 3, 31), None),
    ],
)
def test_the_years_grant_of_a_full_timer(joined_on: date | None, on: date, days: int | None) -> None:
    period = leave_period(FULL_TIME, ANNUAL, LeaveTerms("full_time", joined_on, 5, DAY), on)
    assert (None if period is None else period.minutes) == (None if days is None else days * DAY)
    assert period is None or (period.until_on, period.year_from_on) == (LAST, FIRST)


def test_three_days_a_week_have_three_fifths() -> None:
    period = leave_period(FULL_TIME, ANNUAL, LeaveTerms("full_time", None, 3, DAY), FIRST)
    assert period == LeavePeriod(FIRST, LAST, 12 * DAY)


@pytest.mark.parametrize(
    ("week_days", "on", "days"),
    [
        (5, date(2026, 3, 31), None),
        (5, date(2026, 4, 1), 10),
        (5, date(2027, 3, 31), 10),
        (5, date(2027, 4, 1), 11),
        (4, date(2032, 4, 1), 15),
        (4, date(2040, 4, 1), 15),
        (1, date(2029, 4, 1), 2),
    ],
)
def test_a_part_timers_grant_by_service_and_days_a_week(week_days: int, on: date, days: int | None) -> None:
    """労基法39③, 労基則24の3."""
    terms = LeaveTerms("part_time", date(2025, 10, 1), week_days, 345)
    period = leave_period(PART_TIME, ANNUAL, terms, on)
    assert (None if period is None else period.minutes) == (None if days is None else days * 345)
    assert period is None or period.from_on <= on <= period.until_on


def test_terms_of_who_has_none_of_his_own() -> None:
    assert full_day_minutes(HAGI) == DAY
    assert usual_terms("full_time", FIRST, HAGI) == LeaveTerms("full_time", FIRST, 5, DAY)
    assert usual_terms("part_time", FIRST, HAGI) is None


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 4000))
def test_a_leave_year_follows_the_one_before_it(served_since: date, days: int) -> None:
    on = served_since + timedelta(days=days)
    period = leave_period(PART_TIME, ANNUAL, LeaveTerms("part_time", served_since, 5, DAY), on)
    if period is None:
        assert on < add_months(served_since, 6)
        return
    following = leave_period(
        PART_TIME, ANNUAL, LeaveTerms("part_time", served_since, 5, DAY), period.until_on + timedelta(days=1)
    )
    assert following is not None
    assert following.from_on == period.until_on + timedelta(days=1)
    assert following.minutes >= period.minutes


@given(st.integers(1, 12), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_every_day_lies_in_its_leave_year(year_start: int, on: date) -> None:
    first_on, last_on = leave_year(year_start, on)
    assert first_on <= on <= last_on
    assert leave_year(year_start, last_on + timedelta(days=1))[0] == last_on + timedelta(days=1)


days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
lots_of_a_person = st.lists(
    st.builds(
        lambda minutes, from_on, length, is_carried: (minutes, from_on, from_on + timedelta(days=length), is_carried),
        st.integers(1, 20 * DAY),
        days,
        st.integers(0, 730),
        st.booleans(),
    ),
    max_size=5,
).map(lambda found: [Lot(f"lot-{number}", *each) for number, each in enumerate(found)])
takings_of_a_person = st.lists(st.tuples(days, st.integers(1, 5 * DAY)), max_size=12).map(
    lambda found: [taking(on, minutes, f"t{number}") for number, (on, minutes) in enumerate(found)]
)


@given(lots_of_a_person, takings_of_a_person, days, st.randoms(use_true_random=False))
def test_the_order_of_writing_changes_nothing_and_no_minute_is_lost(
    lots: list[Lot], takings: list[Taking], on: date, order: random.Random
) -> None:
    settled = settle(lots, takings, on)
    assert settled.granted == settled.taken + settled.lapsed + sum(settled.left.values())
    assert all(minutes >= 0 for minutes in settled.left.values())
    assert sum(each.minutes for each in takings if each.on <= on) == settled.taken + sum(settled.short.values())
    order.shuffle(lots)
    order.shuffle(takings)
    assert settle(lots, takings, on) == settled


@given(lots_of_a_person, takings_of_a_person, days)
def test_the_most_that_may_be_taken_is_the_most(lots: list[Lot], takings: list[Taking], on: date) -> None:
    standing: list[Taking] = []
    for each in takings:
        if not settle(lots, [*standing, each]).short:
            standing.append(each)
    most = most_to_take(lots, standing, on)
    assert not settle(lots, [*standing, taking(on, most, "probe")]).short
    assert settle(lots, [*standing, taking(on, most + 1, "probe")]).short


class LeaveLedgerMachine(RuleBasedStateMachine):
    """A person's year: taken within what is left, cancelled, corrected, and looked at on every day."""

    def __init__(self) -> None:
        super().__init__()
        self.lots: list[Lot] = []
        self.standing: list[Taking] = []
        self.number = 0

    @initialize(carried=st.integers(0, 20 * DAY))
    def begin(self, carried: int) -> None:
        self.lots = [GRANT, Lot("carried", carried, FIRST, LAST, is_carried=True)]

    @rule(on=st.dates(FIRST, LAST), minutes=st.integers(1, 6 * DAY))
    def take(self, on: date, minutes: int) -> None:
        self.number += 1
        if minutes <= most_to_take(self.lots, self.standing, on):
            self.standing.append(taking(on, minutes, f"t{self.number}"))

    @precondition(lambda self: self.standing)
    @rule(data=st.data(), on=st.dates(FIRST, LAST))
    def cancel(self, data: st.DataObject, on: date) -> None:
        gone = data.draw(st.sampled_from(self.standing))
        before = settle(self.lots, self.standing, on).balance
        self.standing.remove(gone)
        given_back = gone.minutes if gone.on <= on else 0
        assert settle(self.lots, self.standing, on).balance == before + given_back

    @rule(minutes=st.integers(1, 2 * DAY))
    def correct(self, minutes: int) -> None:
        self.number += 1
        if minutes <= most_to_take(self.lots, self.standing, FIRST):
            self.lots.append(Lot(f"less-{self.number}", -minutes, FIRST))

    @invariant()
    def never_below_nothing_and_whole(self) -> None:
        given = sum(lot.minutes for lot in self.lots)
        for on in (FIRST, date(2026, 6, 15), LAST):
            settled = settle(self.lots, self.standing, on)
            assert settled.short == {}
            assert settled.balance == given - sum(each.minutes for each in self.standing if each.on <= on) >= 0

    @invariant()
    def at_most_twenty_days_go_over(self) -> None:
        assert 0 <= carried_minutes(self.lots, self.standing, YEAR, 20 * DAY) <= 20 * DAY


TestLeaveLedger = LeaveLedgerMachine.TestCase
