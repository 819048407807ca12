"""Places: what a move says, and that no order, repetition or forgetting of the news makes a difference."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.places import NOWHERE, Place, Places, count_inside, entered_at, forget_before, move, place_of
from domain.ids import AreaId, PersonId

NOON = datetime(2026, 4, 1, 3, tzinfo=UTC)
OUTSIDE, HALL, VAULT = AreaId("outside"), AreaId("hall"), AreaId("vault")
AREAS = [OUTSIDE, HALL, VAULT]
P1, P2, P3 = PersonId("p1"), PersonId("p2"), PersonId("p3")
PEOPLE = [P1, P2, P3]

Move = tuple[PersonId, AreaId, datetime]


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def told(*moves: Move) -> Places:
    places = NOWHERE
    for person, area, moment in moves:
        places = move(places, person, area, moment)
    return places


@pytest.mark.parametrize(
    ("moves", "place", "entered_hall_at"),
    [
        ([], None, None),
        ([(P1, HALL, at(0))], Place(HALL, at(0)), at(0)),
        ([(P2, HALL, at(0))], None, None),
        ([(P1, HALL, at(0)), (P1, VAULT, at(1))], Place(VAULT, at(1)), None),  # leaving ends it
        ([(P1, HALL, at(0)), (P1, VAULT, at(1)), (P1, HALL, at(2))], Place(HALL, at(2)), at(2)),
        ([(P1, HALL, at(0)), (P1, HALL, at(5))], Place(HALL, at(5)), at(5)),  # a tolerated second entry counts anew
        ([(P1, HALL, at(5)), (P1, HALL, at(0))], Place(HALL, at(5)), at(5)),
        ([(P1, HALL, at(5)), (P1, VAULT, at(0))], Place(HALL, at(5)), at(5)),  # old news
        ([(P1, HALL, at(0)), (P1, HALL, at(0))], Place(HALL, at(0)), at(0)),
    ],
)
def test_where_somebody_is(moves: list[Move], place: Place | None, entered_hall_at: datetime | None) -> None:
    places = told(*moves)
    assert place_of(places, P1) == place
    assert entered_at(places, P1, HALL) == entered_hall_at


def test_counting() -> None:
    places = told((P1, HALL, at(0)), (P2, HALL, at(1)), (P3, VAULT, at(2)), (P1, HALL, at(3)))
    assert count_inside(places, HALL) == 2
    assert count_inside(places, HALL, without=P1) == 1
    assert count_inside(places, HALL, without=P3) == 2
    assert count_inside(places, HALL, without=PersonId("nobody")) == 2
    assert count_inside(places, OUTSIDE) == 0
    assert count_inside(move(places, P3, HALL, at(4)), VAULT) == 0


def test_old_news_costs_nothing() -> None:
    places = told((P1, HALL, at(5)))
    assert move(places, P1, VAULT, at(4)) is places
    assert move(places, P1, HALL, at(5)) is places
    assert forget_before(forget_before(places, at(3)), at(2)) == forget_before(places, at(3))


def test_what_is_forgotten_stays_forgotten() -> None:
    places = forget_before(told((P1, HALL, at(0)), (P2, HALL, at(5))), at(5))
    assert place_of(places, P1) is None
    assert place_of(places, P2) == Place(HALL, at(5))
    assert count_inside(places, HALL) == 1
    assert place_of(move(places, P1, VAULT, at(4)), P1) is None  # told late by another controller
    assert place_of(move(places, P1, VAULT, at(6)), P1) == Place(VAULT, at(6))


def test_a_value_is_never_changed() -> None:
    before = told((P1, HALL, at(0)), (P2, VAULT, at(0)))
    kept = told((P1, HALL, at(0)), (P2, VAULT, at(0)))
    move(before, P1, VAULT, at(1))
    forget_before(before, at(9))
    assert before == kept
    assert told() == NOWHERE


MOVES = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(AREAS), st.integers(0, 12).map(at)), max_size=25)


@given(MOVES, st.data())
def test_any_order_and_any_repetition_of_the_news_gives_equal_places(moves: list[Move], data: st.DataObject) -> None:
    repeated = data.draw(st.lists(st.sampled_from(moves), max_size=10)) if moves else []
    shuffled = data.draw(st.permutations([*moves, *repeated]))
    assert told(*shuffled) == told(*moves)


@given(MOVES, st.lists(st.integers(0, 12).map(at), min_size=1, max_size=4), st.data())
def test_when_it_is_forgotten_makes_no_difference(
    moves: list[Move], horizons: list[datetime], data: st.DataObject
) -> None:
    places = NOWHERE
    for step in data.draw(st.permutations([*moves, *horizons])):
        places = forget_before(places, step) if isinstance(step, datetime) else move(places, *step)
    assert places == forget_before(told(*moves), max(horizons))


@given(MOVES, st.sampled_from(AREAS), st.sampled_from(PEOPLE), st.integers(0, 12).map(at))
def test_what_is_said_agrees_with_the_list_of_moves(
    moves: list[Move], area: AreaId, asking: PersonId, horizon: datetime
) -> None:
    places = forget_before(told(*moves), horizon)
    latest = {person: max((when, where) for who, where, when in moves if who == person) for person, _, _ in moves}
    known = {person: Place(where, when) for person, (when, where) in latest.items() if when >= horizon}
    inside = {person for person, place in known.items() if place.area == area}
    assert {person: place_of(places, person) for person in PEOPLE} == {person: known.get(person) for person in PEOPLE}
    assert count_inside(places, area) == len(inside)
    assert count_inside(places, area, without=asking) == len(inside - {asking})
    assert entered_at(places, asking, area) == (known[asking].at if asking in inside else None)


def test_memory_is_bounded_by_the_people_seen_since() -> None:
    places = NOWHERE
    for day in range(20):
        for number in range(100):
            places = move(places, PersonId(f"p{day}-{number}"), HALL, at(1440 * day + number))
        places = forget_before(places, at(1440 * (day - 1)))
        assert sum(map(len, places.buckets)) <= 200
    assert count_inside(places, HALL) == 200
