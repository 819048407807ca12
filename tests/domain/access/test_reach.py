"""Counting rights that a change gives and takes: pairs of cards and access points, against the decision itself."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given

from domain.access.decide import Tap, decide
from domain.access.policy import Credential, CredentialStatus, DatedLevel, Level, PolicySnapshot, Schedule
from domain.access.reach import PersonsReach, compare_reach
from domain.ids import AccessPointId, CredentialToken, LevelId, PersonId, ScheduleId
from domain.verdict import Granted
from tests.domain.access.policies import policies

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
ALWAYS, NEVER = ScheduleId("always"), ScheduleId("never")
A, B = AccessPointId("a"), AccessPointId("b")


def policy(*credentials: Credential, staff: dict | None = None) -> PolicySnapshot:
    levels = {
        "staff": {A: ALWAYS, B: ALWAYS} if staff is None else staff,
        "night": {B: NEVER},
        "barred": {B: ALWAYS},
    }
    return PolicySnapshot(
        1,
        NOW,
        schedules={NEVER: Schedule(NEVER, (), ())},
        levels={LevelId(name): Level(LevelId(name), points) for name, points in levels.items()},
        credentials={CredentialToken(f"{number}" * 32): each for number, each in enumerate(credentials)},
    )


def card(*levels: str, person: str = "p1", **changes: object) -> Credential:
    return Credential(PersonId(person), tuple(LevelId(level) for level in levels), **changes)


def test_pairs_are_counted_by_person() -> None:
    before = policy(card("staff"), card("staff", person="p2"), card("staff", person="p2"))
    after = policy(card("staff"), card("night", person="p2"), card(person="p3"))
    found = compare_reach(before, after)
    assert (found.held, found.gained, found.lost) == (6, 0, 4)
    assert found.persons == (PersonsReach(PersonId("p2"), 0, 4),)


def test_a_level_that_loses_a_point_takes_it_from_all_its_cards() -> None:
    cards = [card("staff", person=f"p{number}") for number in range(9)]
    found = compare_reach(policy(*cards), policy(*cards, staff={A: ALWAYS}))
    assert (found.held, found.gained, found.lost, len(found.persons)) == (18, 0, 9, 9)
    back = compare_reach(policy(*cards, staff={A: ALWAYS}), policy(*cards))
    assert (back.held, back.gained, back.lost) == (9, 9, 0)


def test_what_counts_as_a_pair() -> None:
    def held(credential: Credential) -> int:
        return compare_reach(policy(credential), policy()).held

    assert held(card("staff")) == 2
    assert held(card("night")) == 0, "no hour at all"
    assert held(card("staff", denied=(LevelId("barred"),))) == 1
    assert held(card("staff", denied=(LevelId("night"),))) == 2, "it takes nothing at any hour"
    assert held(card(dated=(DatedLevel(LevelId("staff")),))) == 2
    assert held(card("staff", status=CredentialStatus.lost)) == 0
    assert held(card("staff", status=CredentialStatus.issued)) == 2


@given(policies())
def test_nothing_is_lost_against_itself_and_everything_against_nothing(drawn: PolicySnapshot) -> None:
    assert (compare_reach(drawn, drawn).lost, compare_reach(drawn, drawn).persons) == (0, ())
    bare = replace(drawn, credentials={})
    gone, come = compare_reach(drawn, bare), compare_reach(bare, drawn)
    assert gone.lost == gone.held == come.gained
    assert come.held == 0


@given(policies())
def test_whatever_opens_is_a_pair(drawn: PolicySnapshot) -> None:
    """A door that opens by the decision is counted: the count never calls a loss nothing."""
    for token, credential in drawn.credentials.items():
        alone = replace(drawn, credentials={token: credential})
        opens = {point for point in drawn.points if isinstance(decide(drawn, Tap(token, point, NOW, NOW, 3)), Granted)}
        assert compare_reach(alone, replace(drawn, credentials={})).held >= len(opens)
