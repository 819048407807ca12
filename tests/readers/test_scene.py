"""Who is about: anti-passback, occupancy, two persons, escorts and airlocks at one controller, and news of others."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.records import SituationFacts
from domain.access.door import DoorMode
from domain.access.policy import PassbackMode
from domain.access.situation import COMPANION_AGE, Code, Pin, Situation
from domain.ids import AccessPointId, AreaId, DoorId, PersonId
from readers.events import Stopping
from readers.scene import EMPTY_SCENE, PLACES_KEPT, grow_old, hear_places, wait_for_second
from tests.readers.building import HALL, LAB, LAB_DOOR, MAIN_DOOR, TRAP_A, TRAP_B, VAULT_DOOR, building
from tests.readers.cases import NOW
from tests.readers.played import Played, released

HARD = {"passback": PassbackMode.hard}
ANNA, BERT = PersonId("p-anna"), PersonId("p-bert")


def guarded(**lab: object) -> Played:
    """A lab with such rules."""
    return Played(policy=building(areas={"lab": lab}))


# ---- anti-passback ---------------------------------------------------------------------------------------------------


def test_hard_passback_refuses_who_is_inside_until_they_leave() -> None:
    box = guarded(**HARD)
    assert box.pass_through("anna", "lab-in", LAB_DOOR)
    assert not box.pass_through("anna", "lab-in", LAB_DOOR)
    assert box.last_tap.reason == "passback"
    assert not box.pass_through("anna-2", "lab-in", LAB_DOOR), "a place is the person's, not the card's"
    assert box.pass_through("bert", "lab-in", LAB_DOOR)
    assert box.pass_through("anna", "lab-out", LAB_DOOR)
    assert box.pass_through("anna", "lab-in", LAB_DOOR)


def test_leaving_by_another_door_is_leaving() -> None:
    box = guarded(**HARD)
    box.pass_through("anna", "lab-in", LAB_DOOR)
    box.pass_through("anna", "main-out", MAIN_DOOR)
    assert box.pass_through("anna", "lab-in", LAB_DOOR)


def test_a_grant_that_was_not_used_violates_nothing_later() -> None:
    box = guarded(**HARD)
    box.tap("anna", "lab-in")
    box.wait(60)
    assert box.endings() == [("lab-in", False)]
    assert box.pass_through("anna", "lab-in", LAB_DOOR)


def test_soft_passback_lets_in_and_notes_it() -> None:
    box = guarded(passback=PassbackMode.soft)
    box.pass_through("anna", "lab-in", LAB_DOOR)
    assert box.pass_through("anna", "lab-in", LAB_DOOR)
    assert box.last_tap.soft == ("passback",)
    assert box.pass_through("bert", "lab-in", LAB_DOOR)
    assert box.last_tap.soft == ()


def test_where_it_is_off_places_are_not_even_recorded() -> None:
    box = guarded()
    box.pass_through("anna", "lab-in", LAB_DOOR)
    assert box.pass_through("anna", "lab-in", LAB_DOOR)
    assert box.last_tap.situation is None


def test_timed_passback_fades_from_the_entry_and_a_refused_try_does_not_prolong_it() -> None:
    box = guarded(**HARD, passback_fades=timedelta(minutes=10))
    box.tap("anna", "lab-in")
    box.open(LAB_DOOR)
    box.close(LAB_DOOR)
    box.wait(599)
    box.tap("anna", "lab-in")
    assert box.last_tap.reason == "passback"
    box.wait(1)
    assert box.pass_through("anna", "lab-in", LAB_DOOR)


def test_the_exempt_are_never_counted() -> None:
    box = guarded(**HARD)
    assert box.pass_through("free", "lab-in", LAB_DOOR)
    assert box.pass_through("free", "lab-in", LAB_DOOR)


def test_at_a_door_without_a_contact_the_grant_itself_is_the_entry() -> None:
    box = Played(policy=building(areas={"vault": HARD}))
    assert box.pass_through("anna", "vault-in", VAULT_DOOR)
    assert not box.pass_through("anna", "vault-in", VAULT_DOOR)


def test_two_readings_before_the_first_is_written_let_in_once() -> None:
    box = Played(policy=building(areas={"vault": HARD}))
    box.holding = True
    box.tap("anna", "vault-in")
    box.tap("anna-2", "vault-in")
    box.holding = False
    box.write()
    assert [tap.granted for tap in box.recorded(type(box.last_tap))] == [True, False]


def test_a_place_fades_when_nobody_spoke_of_it_for_days() -> None:
    box = Played(policy=building(areas={"lab": {**HARD, "offline_age_max": timedelta(days=9)}}))
    box.pass_through("anna", "lab-in", LAB_DOOR)
    box.wait((PLACES_KEPT + timedelta(hours=2)).total_seconds())
    assert box.state.scene.places.inside == {}
    assert box.pass_through("anna", "lab-in", LAB_DOOR)


# ---- news of other controllers ---------------------------------------------------------------------------------------


def test_who_entered_elsewhere_is_inside_here_and_who_left_there_is_not() -> None:
    box = guarded(**HARD)
    box.hear_place(ANNA, "lab", ago=5)
    assert not box.pass_through("anna", "lab-in", LAB_DOOR)
    box.hear_place(ANNA, "hall")
    assert box.pass_through("anna", "lab-in", LAB_DOOR)


def test_older_news_changes_nothing() -> None:
    box = guarded(**HARD)
    box.pass_through("anna", "lab-in", LAB_DOOR)
    box.hear_place(ANNA, "hall", ago=3600)
    assert not box.pass_through("anna", "lab-in", LAB_DOOR)


def test_news_that_expired_says_nothing() -> None:
    box = guarded(**HARD)
    box.hear_place(ANNA, "lab", valid=0)
    assert box.pass_through("anna", "lab-in", LAB_DOOR)


NEWS = [
    (ANNA, AreaId("lab"), NOW),
    (ANNA, AreaId("hall"), NOW + timedelta(seconds=5)),
    (BERT, AreaId("lab"), NOW + timedelta(seconds=2)),
    (BERT, AreaId("hall"), NOW + timedelta(seconds=2)),
]


def test_any_order_of_news_and_repeats_gives_the_same_places() -> None:
    orders = [*permutations(NEWS), (*NEWS, *reversed(NEWS))]
    everyone = [hear_places(EMPTY_SCENE, order).places for order in orders]
    assert all(places == everyone[0] for places in everyone)
    assert everyone[0].inside == {"hall": 1, "lab": 1}


# ---- occupancy -------------------------------------------------------------------------------------------------------


def test_a_full_room_takes_nobody_until_somebody_leaves() -> None:
    box = guarded(occupancy_max=2)
    assert box.pass_through("anna", "lab-in", LAB_DOOR)
    assert box.pass_through("bert", "lab-in", LAB_DOOR)
    assert not box.pass_through("carl", "lab-in", LAB_DOOR)
    assert box.last_tap.reason == "occupancy_max"
    assert box.pass_through("anna", "lab-in", LAB_DOOR), "who is inside takes no second seat"
    assert box.pass_through("bert", "lab-out", LAB_DOOR)
    assert box.pass_through("carl", "lab-in", LAB_DOOR)


def test_two_readings_before_the_first_is_written_take_one_seat_each() -> None:
    box = Played(policy=building(areas={"vault": {"occupancy_max": 1}}))
    box.holding = True
    box.tap("anna", "vault-in")
    box.tap("bert", "vault-in")
    box.holding = False
    box.write()
    assert [tap.granted for tap in box.recorded(type(box.last_tap))] == [True, False]


# ---- two persons and escorts -----------------------------------------------------------------------------------------


def test_two_persons_enter_together_and_both_are_inside() -> None:
    box = guarded(two_person=True)
    box.tap("anna", "lab-in")
    assert box.last_tap.reason == "two_person_waiting"
    assert released(box.tap("bert", "lab-in")) == [LAB_DOOR]
    box.open(LAB_DOOR)
    assert box.state.scene.places.inside == {"lab": 2}
    box.close(LAB_DOOR)
    box.wait(60)
    assert box.pass_through("carl", "lab-in", LAB_DOOR), "while two are inside nobody waits"


def test_of_the_two_inside_one_may_tap_again_where_passback_is_off() -> None:
    box = guarded(two_person=True)
    box.hear_place(ANNA, "lab")
    box.hear_place(BERT, "lab")
    assert box.pass_through("anna", "lab-in", LAB_DOOR), "two are inside, the one who asks among them"


@pytest.mark.parametrize(
    ("second", "reader", "later", "opens"),
    [
        ("anna", "lab-in", 1, False),
        ("anna-2", "lab-in", 1, False),
        ("bert", "lab-in", 60, True),
        ("bert", "lab-in", 60.001, False),
        ("bert", "lab-out", 1, True),
        ("stranger", "lab-in", 1, False),
    ],
    ids=["the same card", "another card of theirs", "within a minute", "too late", "elsewhere", "a stranger"],
)
def test_the_second_person_is_another_at_the_same_point_within_a_minute(
    second: str, reader: str, later: float, opens: bool
) -> None:
    box = guarded(two_person=True)
    box.tap("anna", "lab-in")
    box.wait(later)
    assert bool(released(box.tap(second, reader))) is opens
    if reader != "lab-in":
        assert box.last_tap.granted, "leaving asks for nobody"
        box.wait(30)
        assert released(box.tap("anna", "lab-in")) == []


def test_who_could_not_enter_anyway_is_no_second_person() -> None:
    box = Played(policy=building(areas={"lab": {"two_person": True, **HARD}}))
    box.hear_place(BERT, "lab")
    box.tap("bert", "lab-in")
    assert box.last_tap.reason == "passback"
    box.tap("anna", "lab-in")
    assert box.last_tap.reason == "two_person_waiting"


def test_one_leaves_and_the_next_waits_again() -> None:
    box = guarded(two_person=True)
    box.hear_place(ANNA, "lab")
    box.tap("bert", "lab-in")
    assert box.last_tap.reason == "two_person_waiting"


def test_a_guest_enters_behind_somebody_who_needs_no_escort() -> None:
    box = Played()
    assert not box.pass_through("guest", "lab-in", LAB_DOOR)
    assert box.last_tap.reason == "escort_missing"
    box.tap("anna", "lab-in")
    box.tap("guest", "lab-in")
    box.open(LAB_DOOR)
    assert box.state.scene.places.inside == {"lab": 2}
    assert box.endings() == [("lab-in", True), ("lab-in", True)]


def test_an_escort_counts_for_a_minute_at_one_point_and_a_guest_is_none() -> None:
    box = Played()
    box.pass_through("anna", "lab-in", LAB_DOOR)
    assert not box.pass_through("guest", "vault-in", VAULT_DOOR)
    box.wait(COMPANION_AGE.total_seconds())
    assert not box.pass_through("guest", "lab-in", LAB_DOOR)
    box.pass_through("anna", "lab-in", LAB_DOOR)
    assert box.pass_through("guest", "lab-in", LAB_DOOR)
    box.wait(COMPANION_AGE.total_seconds() - 15)
    assert not box.pass_through("guest", "lab-in", LAB_DOOR)


def test_a_guest_leaves_alone() -> None:
    assert released(Played().tap("guest", "main-out")) == [MAIN_DOOR]


# ---- the airlock -----------------------------------------------------------------------------------------------------


def test_only_one_door_of_an_airlock_is_free_or_open() -> None:
    box = Played()
    assert released(box.tap("anna", "trap-a-in")) == [TRAP_A]
    assert released(box.tap("bert", "trap-b-in")) == []
    assert box.last_tap.reason == "interlock"
    box.open(TRAP_A)
    box.wait(10)
    assert not box.is_free(TRAP_A)
    assert released(box.tap("anna", "trap-b-in")) == [], "it stands open"
    box.close(TRAP_A)
    assert released(box.tap("anna", "trap-b-in")) == [TRAP_B]


def test_the_way_out_of_an_airlock_knows_no_interlock() -> None:
    box = Played()
    box.tap("anna", "trap-a-in")
    box.open(TRAP_A)
    assert released(box.tap("bert", "trap-b-out")) == [TRAP_B]
    assert released(box.input("trap-b-exit", active=True)) == []
    assert box.is_free(TRAP_B)


def test_two_readings_before_the_first_is_written_free_one_door_of_an_airlock() -> None:
    box = Played()
    box.holding = True
    box.tap("anna", "trap-a-in")
    box.tap("bert", "trap-b-in")
    box.holding = False
    assert released(box.write()) == [TRAP_A]
    assert [tap.reason for tap in box.recorded(type(box.last_tap))] == ["granted", "interlock"]
    box.wait(60)
    assert released(box.tap("bert", "trap-b-in")) == [TRAP_B]


def test_a_grant_that_could_not_be_written_keeps_no_door_of_an_airlock_shut() -> None:
    box = Played()
    box.writes = False
    box.tap("anna", "trap-a-in")
    box.writes = True
    assert released(box.tap("bert", "trap-b-in")) == [TRAP_B]


# ---- what is forgotten, and what a record keeps ----------------------------------------------------------------------


def test_those_who_wait_are_forgotten_after_a_minute() -> None:
    scene, point = EMPTY_SCENE, AccessPointId("lab-in")
    for number in range(1000):
        scene = wait_for_second(scene, point, PersonId(f"p{number}"), NOW + timedelta(seconds=number))
    assert len(scene.waiting[point]) <= COMPANION_AGE.total_seconds() + 1


def test_growing_old_goes_through_everybody_only_now_and_then() -> None:
    scene = grow_old(hear_places(EMPTY_SCENE, [(ANNA, LAB, NOW)]), NOW)
    assert grow_old(scene, NOW + timedelta(minutes=1)) is scene
    assert grow_old(scene, NOW + PLACES_KEPT + timedelta(hours=2)).places.inside == {}


@given(
    st.builds(
        Situation,
        place=st.sampled_from([None, HALL, LAB]),
        entered_at=st.one_of(st.none(), st.datetimes(timezones=st.just(NOW.tzinfo))),  # type: ignore[arg-type]
        inside=st.integers(0, 9),
        companions=st.integers(0, 3),
        escort=st.booleans(),
        open_doors=st.lists(st.sampled_from([DoorId("a"), DoorId("b")]), unique=True).map(tuple),
        mode=st.sampled_from(list(DoorMode)),
        pin=st.sampled_from(list(Pin)),
        code=st.sampled_from(list(Code)),
        locked_out=st.booleans(),
    )
)
def test_a_record_gives_the_situation_back(situation: Situation) -> None:
    facts = SituationFacts.of(situation)
    if facts is None:
        assert situation == Situation()
        return
    again = SituationFacts.model_validate_json(facts.model_dump_json(), strict=True)
    assert again.situation() == situation


def test_stopping_locks_what_is_free() -> None:
    box = Played()
    box.tap("anna", "main-in")
    box.tell(Stopping())
    assert not box.is_free(MAIN_DOOR)
