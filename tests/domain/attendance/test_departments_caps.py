"""Row L2: what was said of departments, followed through the departments that a person was in."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.facts import Move, Staff, Workplace
from domain.attendance.workplaces import Place, Stay, follow_workplaces

DRIVEN, ORDINARY, AGREEMENT = Workplace.externally_driven, Workplace.ordinary, Workplace.under_agreement
APRIL, JULY, OCTOBER = date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1)
DAY = timedelta(days=1)


def test_l2_nothing_said_is_an_ordinary_department() -> None:
    assert follow_workplaces([]) == (ORDINARY, ())


def test_l2_a_department_that_became_externally_driven() -> None:
    assert follow_workplaces([Stay(None, None, (Place(APRIL, DRIVEN),))]) == (ORDINARY, (Move(APRIL, DRIVEN),))


def test_l2_a_move_into_it_and_out_again() -> None:
    stay = Stay(JULY, OCTOBER - DAY, (Place(APRIL, DRIVEN),))
    assert follow_workplaces([stay]) == (ORDINARY, (Move(JULY, DRIVEN), Move(OCTOBER, ORDINARY)))


def test_l2_a_move_from_one_into_another() -> None:
    stays = [Stay(JULY, None, (Place(APRIL, AGREEMENT),)), Stay(None, JULY - DAY, (Place(date.min, DRIVEN),))]
    assert follow_workplaces(stays) == (DRIVEN, (Move(JULY, AGREEMENT),))


def test_l2_what_was_said_for_a_day_after_the_stay_does_not_reach_it() -> None:
    stay = Stay(APRIL, JULY - DAY, (Place(JULY, DRIVEN),))
    assert follow_workplaces([stay]) == (ORDINARY, ())


KINDS = st.sampled_from(list(Workplace))
DAYS = st.dates(date(2024, 4, 1), date(2026, 3, 31))


@given(st.lists(st.builds(Place, DAYS, KINDS), max_size=5, unique_by=lambda each: each.from_on), DAYS, DAYS)
def test_l2_each_day_has_the_kind_that_its_department_had(places: list[Place], one: date, other: date) -> None:
    first, last = min(one, other), max(one, other)
    workplace, moves = follow_workplaces([Stay(first, last, tuple(places))])
    staff = Staff(workplace=workplace, moves=moves)
    for on in (first, last, first - DAY, last + DAY, *(each.from_on for each in places)):
        said = [each.kind for each in sorted(places, key=lambda each: each.from_on) if each.from_on <= on]
        expected = said[-1] if said and first <= on <= last else ORDINARY
        assert staff.workplaces(on, on) == {expected}, on
