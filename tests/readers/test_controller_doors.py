"""Doors with contacts at the controller: what becomes of a grant, alarms, ways out, fire, hours, first cards."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contract.records import AccessEnded, DoorModeChanged, DoorMoved
from domain.access.door import DoorMode
from domain.access.policy import ALWAYS, DoorHours
from domain.verdict import Reason
from readers.events import Alarm, Hold, KeepStanding, PolicyConfirmed, PolicyTook, Release, Relock, Resumed, Started
from readers.words import REFUSED
from tests.readers.building import LAB_DOOR, MAIN_DOOR, OFFICE, TRAP_A, TRAP_B, VAULT_DOOR, building
from tests.readers.cases import NOW, name_of
from tests.readers.played import Played, released, shown

RELEASE, EXTENDED = 5.0, 15.0


def test_a_grant_that_is_used_is_taken_and_its_record_names_the_tap() -> None:
    box = Played()
    assert released(box.tap("anna", "main-in")) == [MAIN_DOOR]
    (tap,) = [number for number, body in enumerate(box.bodies, start=1) if body.kind == "tap.observed"]
    box.wait(1.0)
    box.open(MAIN_DOOR)
    (ended,) = box.recorded(AccessEnded)
    assert (ended.access_point, ended.taken, ended.cause_seq) == ("main-in", True, tap)
    assert ended.credential == name_of("anna")
    assert not box.state.passages
    assert box.is_free(MAIN_DOOR), "for the relock delay"
    box.wait(0.5)
    assert not box.is_free(MAIN_DOOR)
    box.close(MAIN_DOOR)
    moves = [(body.state, body.cause_seq) for body in box.recorded(DoorMoved) if body.door == MAIN_DOOR]
    assert moves[1:] == [("released", tap), ("opened", tap), ("relocked", tap), ("closed", 0)]


def test_a_grant_that_is_not_used_ends_once_and_moves_nobody() -> None:
    box = Played()
    box.tap("anna", "main-in")
    box.wait(60)
    assert box.endings() == [("main-in", False)]
    assert (box.state.passages, box.state.scene.places.inside) == ({}, {})


def test_two_grants_in_one_release_end_with_one_opening() -> None:
    box = Played()
    box.tap("anna", "main-in")
    box.wait(1)
    box.tap("bert", "main-in")
    box.open(MAIN_DOOR)
    assert box.endings() == [("main-in", True), ("main-in", True)]
    assert box.state.scene.places.inside == {"hall": 2}


def test_without_a_contact_a_grant_counts_as_taken() -> None:
    box = Played()
    box.tap("anna", "vault-in")
    assert box.state.scene.places.inside == {"vault": 1}
    assert (box.endings(), box.state.passages) == ([], {})


def test_forced_and_held_doors_alarm_on_the_spot_and_in_the_journal() -> None:
    box = Played()
    forced = box.open(MAIN_DOOR)
    box.close(MAIN_DOOR)
    forced = box.open(MAIN_DOOR)
    assert Alarm("door_forced_open", MAIN_DOOR) in forced
    box.close(MAIN_DOOR)
    box.tap("anna", "main-in")
    box.open(MAIN_DOOR)
    warned = box.wait(25)
    held = box.wait(5)
    assert Alarm("door_held_open_prealarm", MAIN_DOOR) in warned
    assert Alarm("door_held_open", MAIN_DOOR) in held
    box.close(MAIN_DOOR)
    assert box.moves(MAIN_DOOR)[-1] == "restored"


def test_a_door_found_open_at_start_is_no_alarm() -> None:
    box = Played()
    assert not [effect for effect in box.open(MAIN_DOOR) if isinstance(effect, Alarm)]
    assert box.moves(MAIN_DOOR)[-1] == "opened"


@pytest.mark.parametrize("writes", [True, False], ids=["recorded", "unrecorded"])
@pytest.mark.parametrize("action", ["lock", "block", "lock_down", "resume"])
def test_a_request_to_exit_frees_at_once_whatever_stands(action: str, writes: bool) -> None:
    box = Played()
    box.command(action, MAIN_DOOR)  # type: ignore[arg-type]
    box.writes = writes
    effects = box.input("main-exit", active=True)
    assert effects[0] == Release(MAIN_DOOR, RELEASE)
    box.wait(RELEASE)
    assert not box.is_free(MAIN_DOOR)
    assert box.input("main-exit", active=False) == []


def test_opening_after_a_request_to_exit_is_not_forced() -> None:
    box = Played()
    box.close(MAIN_DOOR)
    box.input("main-exit", active=True)
    assert not [effect for effect in box.open(MAIN_DOOR) if isinstance(effect, Alarm)]
    assert box.endings() == [], "nobody knows who left"


def test_a_tamper_switch_is_told_and_recorded() -> None:
    box = Played()
    assert box.input("lab-tamper", active=True)[0] == Alarm("door_tampered", LAB_DOOR)
    box.input("lab-tamper", active=False)
    assert box.moves(LAB_DOOR)[-2:] == ["tampered", "tamper_cleared"]


def test_an_input_that_is_not_wired_is_nothing() -> None:
    assert Played().input("cellar-contact", active=True) == []


# ---- fire ------------------------------------------------------------------------------------------------------------


def test_fire_frees_every_door_before_anything_is_written_and_stays() -> None:
    box = Played()
    box.command("lock_down", LAB_DOOR)
    effects = box.input("fire", active=True)
    doors = [MAIN_DOOR, LAB_DOOR, VAULT_DOOR, TRAP_A, TRAP_B]
    assert [effect for effect in effects if isinstance(effect, Hold)] == [Hold(door) for door in doors]
    kinds = [type(effect) for effect in effects]
    assert kinds.index(Hold) < kinds.index(KeepStanding)
    box.input("fire", active=False)
    box.wait(3600)
    assert all(box.is_free(door) for door in doors)


def test_only_a_person_ends_a_fire_and_only_with_its_input_quiet() -> None:
    box = Played()
    box.command("lock_down", LAB_DOOR, name="before")
    box.input("fire", active=True)
    box.command("resume", MAIN_DOOR, LAB_DOOR, name="too-early")
    assert box.is_free(MAIN_DOOR)
    assert box.is_free(LAB_DOOR)
    box.input("fire", active=False)
    box.command("resume", MAIN_DOOR, name="in-time")
    assert not box.is_free(MAIN_DOOR)
    assert box.is_free(LAB_DOOR), "nobody resumed this one"


def test_fire_works_with_a_failed_journal() -> None:
    box = Played(policy=None)
    box.writes = False
    box.input("fire", active=True)
    assert all(box.is_free(door) for door in box.wiring.doors)


# ---- hours and first cards -------------------------------------------------------------------------------------------

OPEN_HOURS = {"main": DoorHours(MAIN_DOOR, OFFICE)}
FIRST_CARD = {"main": DoorHours(MAIN_DOOR, OFFICE, first_card=True)}
NINE_HOURS = 9 * 3600.0


def test_a_door_stands_unlocked_by_its_hours_and_locks_with_their_end() -> None:
    box = Played(policy=building(hours=OPEN_HOURS))
    box.wait(1)
    assert box.is_free(MAIN_DOOR)
    box.wait(NINE_HOURS / 2)
    box.tell(PolicyConfirmed(box.moment.at))
    box.wait(NINE_HOURS / 2 - 2)
    assert box.is_free(MAIN_DOOR)
    box.wait(1)
    assert not box.is_free(MAIN_DOOR)
    modes = [(body.mode, body.source) for body in box.recorded(DoorModeChanged)]
    assert modes == [(DoorMode.unlocked, "schedule"), (DoorMode.locked, "")]


def test_a_policy_too_old_for_the_area_behind_unlocks_nothing_any_more() -> None:
    box = Played(policy=building(hours=OPEN_HOURS, areas={"hall": {"offline_age_max": timedelta(hours=1)}}))
    box.wait(3600)
    assert box.is_free(MAIN_DOOR)
    box.wait(1)
    assert not box.is_free(MAIN_DOOR)
    box.tell(PolicyConfirmed(box.moment.at))
    assert box.is_free(MAIN_DOOR)


def test_nothing_unlocks_by_hours_without_a_policy() -> None:
    box = Played(policy=building(hours=OPEN_HOURS))
    box.wait(1)
    box.policy = None
    box.wait(1)
    assert not box.is_free(MAIN_DOOR)


def test_a_door_that_waits_for_the_first_card_opens_with_it_alone() -> None:
    box = Played(policy=building(hours=FIRST_CARD))
    box.wait(60)
    assert not box.is_free(MAIN_DOOR)
    box.tap("stranger", "main-in")
    assert not box.is_free(MAIN_DOOR)
    box.tap("anna", "main-in")
    box.wait(3600)
    assert box.is_free(MAIN_DOOR)
    box.tell(PolicyConfirmed(box.moment.at))
    box.wait(NINE_HOURS - 3660)
    assert not box.is_free(MAIN_DOOR)
    assert [body.source for body in box.recorded(DoorModeChanged)] == ["first_card", ""]


def test_a_door_that_now_waits_for_the_first_card_locks_again() -> None:
    box = Played(policy=building(hours=OPEN_HOURS))
    box.wait(60)
    box.policy = building(4, hours=FIRST_CARD)
    box.wait(1)
    assert not box.is_free(MAIN_DOOR)


def test_a_lock_down_outranks_the_hours_and_gives_them_back() -> None:
    box = Played(policy=building(hours=OPEN_HOURS))
    box.wait(1)
    box.command("lock_down", MAIN_DOOR, seconds=60)
    assert not box.is_free(MAIN_DOOR)
    box.wait(60)
    assert box.is_free(MAIN_DOOR)


# ---- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "seconds"), [("anna", RELEASE), ("slow", EXTENDED)])
def test_a_card_with_extended_time_gets_it(name: str, seconds: float) -> None:
    box = Played()
    assert Release(MAIN_DOOR, seconds) in box.tap(name, "main-in")


def test_waking_up_late_relocks_and_ends_what_is_over() -> None:
    box = Played()
    box.tap("anna", "main-in")
    box.seconds += 600
    effects = box.tell(Resumed(600.0))
    assert Relock(MAIN_DOOR) in effects
    assert box.endings() == [("main-in", False)]
    assert box.alarms() == ["suspended"]


def test_every_life_begins_with_every_door_locked() -> None:
    box = Played(policy=building(hours=OPEN_HOURS))
    effects = box.tell(Started("again"))
    assert effects[:5] == [Relock(door) for door in box.wiring.doors]
    assert not [effect for effect in effects if isinstance(effect, Hold)], "overrides that still stand come first"


def test_the_way_out_of_a_shut_door_is_free_for_any_card_at_once() -> None:
    for action in ("lock_down", "block"):
        box = Played()
        box.command(action, MAIN_DOOR)  # type: ignore[arg-type]
        for name in ("anna", "stranger"):
            box.holding = True
            assert released(box.tap(name, "main-out")) == [MAIN_DOOR], "before the record"
            box.holding = False
            box.write()
            box.wait(60)
            assert not box.is_free(MAIN_DOOR)
            refused = box.tap(name, "main-in")
            assert released(refused) == []
    assert box.last_tap.reason in {Reason.door_blocked, Reason.unknown_credential}


def test_a_free_way_out_does_not_grant_the_way_in_through_a_shut_door() -> None:
    box = Played()
    box.command("lock_down", MAIN_DOOR)
    box.tap("anna", "main-out")
    box.tap("bert", "main-in")
    assert (box.last_tap.granted, box.last_tap.reason) == (False, "threat_level")


def test_a_lock_down_that_overtakes_a_granted_tap_lets_nobody_in() -> None:
    for reader, door in (("main-in", MAIN_DOOR), ("vault-in", VAULT_DOOR)):
        box = Played()
        box.holding = True
        box.tap("anna", reader)
        box.command("lock_down", door)
        box.holding = False
        effects = box.write()
        assert released(effects) == []
        assert "granted" not in [effect.signal for effect in box.effects if hasattr(effect, "signal")]
        assert box.state.scene.places.inside == {}
        assert not box.state.passages


def test_a_revocation_that_overtakes_a_granted_tap_lets_nobody_in() -> None:
    box = Played()
    box.holding = True
    box.tap("anna", "main-in")
    box.tap("bert", "vault-in")
    box.policy = building(4, cards={"anna": None})
    box.tell(PolicyTook(4, box.moment.at))
    box.holding = False
    effects = box.write()
    assert released(effects) == [VAULT_DOOR]
    assert [present.signal for present in shown(effects)] == ["refused", "granted"]
    assert shown(effects)[0].words == REFUSED[Reason.unknown_credential]
    assert box.endings() == [("main-in", False)]


def test_the_wiring_knows_the_way_out_without_any_policy() -> None:
    from tests.readers.building import wired

    box = Played(policy=None, wiring=wired(egress_doors=True))
    assert released(box.tap("stranger", "main-out")) == [MAIN_DOOR]
    assert released(box.tap("anna", "main-in")) == []


def test_a_pin_never_stands_in_a_way_out() -> None:
    box = Played(policy=building(points={"main-out": {"pin": ALWAYS}}))
    assert released(box.tap("pina", "main-out")) == [MAIN_DOOR]
    assert box.state.asked == {}


def test_unrecorded_ways_out_leave_nothing_behind() -> None:
    box = Played()
    box.writes = False
    for reader in ("main-out", "trap-a-out"):
        box.tap("anna", reader)
    box.wait(60)
    assert box.state.passages == {}
    no_contact = replace(box.wiring, doors={MAIN_DOOR: replace(box.wiring.doors[MAIN_DOOR], has_contact=False)})
    box = Played(wiring=no_contact)
    box.writes = False
    box.tap("anna", "main-out")
    box.wait(60)
    assert box.state.passages == {}


def test_who_is_out_before_the_tap_is_written_is_still_named_by_it() -> None:
    box = Played()
    box.holding = True
    box.tap("anna", "main-out")
    box.open(MAIN_DOOR)
    box.write()
    box.holding = False
    box.write()
    (seq,) = [number for number, body in enumerate(box.bodies, start=1) if body.kind == "tap.observed"]
    (ended,) = box.recorded(AccessEnded)
    assert (ended.taken, ended.cause_seq) == (True, seq)
    assert box.state.passages == {}
    assert box.state.scene.places.inside == {"outside": 1}


def test_the_offline_age_counts_from_the_centres_last_word() -> None:
    box = Played()
    box.wait(8 * 3600 + 1)
    assert released(box.tap("anna", "main-in")) == []
    assert (box.last_tap.reason, box.last_tap.policy_confirmed_at) == ("policy_stale", NOW)
