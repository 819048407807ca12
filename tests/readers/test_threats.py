"""Threat levels at a controller: told late, twice, in any order; over a restart; a shelter without the centre."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contract.commands import ThreatTold
from contract.records import CommandAnswered, DoorModeChanged, ThreatChanged
from domain.access.door import DoorMode
from domain.access.policy import ALWAYS, DoorHours, Level, PolicySnapshot
from domain.access.threat import NOTHING_DECLARED, ThreatLevel
from domain.ids import AccessPointId, LevelId
from readers.controller import step
from readers.events import Append, CommandCame, KeepStanding, Recalled, Relock, TimePassed
from readers.standing import load_standing, load_threat, save_standing
from readers.threats import OLDER, THREAT
from tests.readers.building import LAB_DOOR, MAIN_DOOR, STAFF, VAULT_DOOR, building, token
from tests.readers.cases import DEVICE, NOW, moment
from tests.readers.played import Played, released

OPENER, HELPER = LevelId("opener"), LevelId("helper")
MAIN_IN = AccessPointId("main-in")


def told(
    level: ThreatLevel,
    *,
    name: str = "t-1",
    declared_at: datetime = NOW,
    until: datetime | None = None,
    expires_at: datetime = NOW + timedelta(days=1),
) -> CommandCame:
    return CommandCame(
        ThreatTold(
            device=DEVICE,
            id=name,
            level=level,
            declared_at=declared_at,
            until=until,
            by="chief",
            issued_at=declared_at,
            expires_at=expires_at,
        )
    )


def answers(box: Played) -> list[tuple[str, bool, str]]:
    return [(body.command, body.obeyed, body.cause) for body in box.recorded(CommandAnswered)]


def changes(box: Played) -> list[tuple[str, str, str]]:
    return [(body.level.value, body.source, body.declaration) for body in box.recorded(ThreatChanged)]


@pytest.fixture
def box() -> Played:
    return Played()


def open_hours() -> PolicySnapshot:
    return building(hours={MAIN_DOOR: DoorHours(MAIN_DOOR, ALWAYS)})


def shelter(minutes: int = 60) -> PolicySnapshot:
    """Anna may open a shelter at the main door; Bert has only the level that counts in a shelter, at the lab."""
    policy = building()
    levels = {
        **policy.levels,
        OPENER: Level(OPENER, {MAIN_IN: ALWAYS}, declares_shelter=timedelta(minutes=minutes)),
        HELPER: Level(HELPER, {AccessPointId("lab-in"): ALWAYS}, during=ThreatLevel.shelter),
    }
    cards = {
        **policy.credentials,
        token("anna"): replace(policy.credentials[token("anna")], levels=(OPENER,)),
        token("bert"): replace(policy.credentials[token("bert")], levels=(HELPER,)),
    }
    return replace(policy, levels=levels, credentials=cards, shelter_doors=frozenset((LAB_DOOR,)))


# ---- told by the centre ----------------------------------------------------------------------------------------------


def test_a_lock_down_locks_what_stood_open_and_refuses_everybody_but_who_leaves() -> None:
    box = Played(open_hours())
    box.wait(1)
    assert box.is_free(MAIN_DOOR)
    done = box.tell(told(ThreatLevel.lockdown))
    kinds = [type(effect) for effect in done]
    assert kinds.index(Relock) < kinds.index(KeepStanding) < kinds.index(Append)
    assert not box.is_free(MAIN_DOOR)
    assert box.state.doors[MAIN_DOOR].standing_mode is DoorMode.locked_down
    assert released(box.tap("anna", "main-in")) == []
    assert (box.last_tap.reason, box.last_tap.situation and box.last_tap.situation.threat) == (
        "threat_level",
        ThreatLevel.lockdown,
    )
    assert released(box.input("main-exit", True)) == [MAIN_DOOR]
    assert answers(box) == [("t-1", True, "")]
    assert {body.source for body in box.recorded(DoorModeChanged)} == {"schedule", THREAT}


def test_fire_opens_a_door_that_is_locked_down(box: Played) -> None:
    box.tell(told(ThreatLevel.lockdown))
    box.input("fire", True)
    assert box.is_free(MAIN_DOOR)


def test_back_to_normal_gives_the_doors_their_hours_again() -> None:
    box = Played(open_hours())
    box.wait(1)
    box.tell(told(ThreatLevel.lockdown))
    box.tell(told(ThreatLevel.normal, name="t-2", declared_at=NOW + timedelta(seconds=1)))
    assert box.is_free(MAIN_DOOR)
    assert changes(box) == [("lockdown", "centre", "t-1"), ("normal", "centre", "t-2")]


def test_in_an_evacuation_nobody_enters_and_doors_stay_as_they_are() -> None:
    box = Played(open_hours())
    box.wait(1)
    box.tell(told(ThreatLevel.evacuation))
    assert box.is_free(MAIN_DOOR)
    box.tap("anna", "lab-in")
    assert box.last_tap.reason == "threat_level"


def test_told_twice_is_answered_once(box: Played) -> None:
    for _ in range(3):
        box.tell(told(ThreatLevel.lockdown))
    assert answers(box) == [("t-1", True, "")]
    assert len(changes(box)) == 1


def test_an_older_declaration_that_comes_late_changes_nothing(box: Played) -> None:
    box.tell(told(ThreatLevel.lockdown, name="t-2", declared_at=NOW))
    before = box.state.doors
    for _ in range(2):
        box.tell(told(ThreatLevel.normal, name="t-1", declared_at=NOW - timedelta(seconds=1)))
    assert (box.state.threat.level, box.state.threat.id, box.state.doors) == (ThreatLevel.lockdown, "t-2", before)
    assert answers(box) == [("t-2", True, ""), ("t-1", False, OLDER)]


def test_one_that_counts_no_longer_is_neither_obeyed_nor_answered(box: Played) -> None:
    box.tell(told(ThreatLevel.lockdown, expires_at=NOW))
    assert box.state.threat == NOTHING_DECLARED
    assert answers(box) == []


def test_its_end_comes_by_itself_once_and_an_older_one_does_not_come_back(box: Played) -> None:
    box.tell(told(ThreatLevel.lockdown, until=NOW + timedelta(seconds=60)))
    box.wait(59)
    assert box.state.doors[MAIN_DOOR].standing_mode is DoorMode.locked_down
    box.wait(1)
    box.wait(10)
    assert box.state.doors[MAIN_DOOR].standing_mode is DoorMode.locked
    assert changes(box) == [("lockdown", "centre", "t-1"), ("normal", "time", "t-1")]
    box.tell(told(ThreatLevel.lockdown, name="t-0", declared_at=NOW - timedelta(seconds=5)))
    assert box.state.threat.level is ThreatLevel.normal


def test_a_clock_that_was_set_back_prolongs_nothing(box: Played) -> None:
    box.tell(told(ThreatLevel.lockdown, until=NOW + timedelta(seconds=60)))
    box.seconds = 400.0
    wrong = replace(moment(400.0), at=datetime(1970, 1, 1, tzinfo=NOW.tzinfo))
    state, _ = step(box.state, box.policy, TimePassed(), wrong)
    assert state.threat.level is ThreatLevel.normal


def test_of_a_guards_word_about_a_door_and_a_lock_down_the_later_holds(box: Played) -> None:
    box.command("unlock", MAIN_DOOR)
    box.tell(told(ThreatLevel.lockdown))
    assert not box.is_free(MAIN_DOOR)
    box.command("unlock", MAIN_DOOR, name="c-2")
    assert box.is_free(MAIN_DOOR)
    assert not box.is_free(LAB_DOOR)


def test_a_tap_decided_before_and_written_after_opens_nothing() -> None:
    box = Played(holding=True)
    box.write()
    box.tap("anna", "main-in")
    box.tell(told(ThreatLevel.evacuation))
    assert released(box.write()) == []


# ---- over a restart --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ThreatLevel)
def test_a_restart_finds_the_declaration(tmp_path: Path, level: ThreatLevel) -> None:
    box = Played(shelter())
    until = None if level is ThreatLevel.normal else NOW + timedelta(hours=1)
    done = box.tell(told(level, until=until))
    [kept] = [effect for effect in done if isinstance(effect, KeepStanding)]
    save_standing(tmp_path, kept.overrides, box.moment, kept.threat)
    again = Played(shelter())
    again.tell(Recalled(again.state.scene, load_standing(tmp_path, again.moment), load_threat(tmp_path)))
    assert again.state.threat == box.state.threat
    assert again.is_free(LAB_DOOR) is (level is ThreatLevel.shelter)
    again.tell(told(level, until=until))
    assert answers(again) == []


def test_a_file_of_before_there_were_threat_levels_is_still_read(tmp_path: Path) -> None:
    (tmp_path / "standing.json").write_text('{"version":1,"kept_at":"2026-11-09T23:25:00Z","overrides":[]}')
    assert load_threat(tmp_path) == NOTHING_DECLARED
    assert load_standing(tmp_path, moment()) == ()


# ---- shelter ---------------------------------------------------------------------------------------------------------


def test_the_centre_opens_a_shelter() -> None:
    box = Played(shelter())
    box.tap("bert", "lab-in")
    assert box.last_tap.reason == "no_access_rights"
    box.tell(told(ThreatLevel.shelter, until=NOW + timedelta(hours=1)))
    assert box.is_free(LAB_DOOR)
    assert not box.is_free(MAIN_DOOR)
    box.tap("bert", "lab-in")
    assert box.last_tap.rule == f"{HELPER}/{ALWAYS}"
    box.wait(3600)
    assert not box.is_free(LAB_DOOR)


def test_an_opener_opens_a_shelter_without_the_centre_for_the_set_time() -> None:
    box = Played(shelter(minutes=60))
    box.tap("anna", "main-in")
    tap_seq = next(seq for seq, body in enumerate(box.bodies, start=1) if body == box.last_tap)
    assert box.is_free(LAB_DOOR)
    [changed] = box.recorded(ThreatChanged)
    assert (changed.level, changed.source, changed.cause_seq) == (ThreatLevel.shelter, "card", tap_seq)
    assert changed.until == changed.declared_at + timedelta(minutes=60)
    box.wait(1800)
    box.tap("anna", "main-in")
    assert len(box.recorded(ThreatChanged)) == 1
    box.wait(1801)
    assert not box.is_free(LAB_DOOR)
    assert changes(box)[-1][:2] == ("normal", "time")


def test_whoever_enters_by_another_level_opens_no_shelter() -> None:
    policy = shelter()
    anna = replace(policy.credentials[token("anna")], levels=(STAFF, OPENER))
    box = Played(replace(policy, credentials={**policy.credentials, token("anna"): anna}))
    box.tap("anna", "main-in")
    assert box.last_tap.granted
    assert changes(box) == []


def test_no_shelter_is_opened_in_a_lock_down_or_behind_a_journal_that_fails() -> None:
    box = Played(shelter())
    box.tell(told(ThreatLevel.lockdown))
    box.tap("anna", "main-in")
    assert box.state.threat.level is ThreatLevel.lockdown
    broken = Played(shelter(), writes=False)
    broken.tap("anna", "main-in")
    assert broken.state.threat == NOTHING_DECLARED


def test_a_shelter_leaves_a_door_shut_that_a_person_shut() -> None:
    box = Played(shelter())
    box.command("lock_down", LAB_DOOR)
    box.tap("anna", "main-in")
    assert not box.is_free(LAB_DOOR)
    assert not box.is_free(VAULT_DOOR)
    box.command("resume", LAB_DOOR, name="c-2")
    assert box.is_free(LAB_DOOR)


def test_the_centres_later_word_ends_a_shelter_that_a_card_opened() -> None:
    box = Played(shelter())
    box.tap("anna", "main-in")
    box.tell(told(ThreatLevel.normal, declared_at=NOW - timedelta(seconds=1)))
    assert box.state.threat.level is ThreatLevel.shelter
    box.tell(told(ThreatLevel.normal, name="t-2", declared_at=NOW + timedelta(seconds=1)))
    assert box.state.threat.level is ThreatLevel.normal
