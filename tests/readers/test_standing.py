"""Overrides over a restart: the file, its ends by the wall clock, garbage, a clock that woke in 1970, a full disk."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.access.door import FIRE, DoorMode, Override
from domain.ids import DoorId
from readers.events import AlarmFound, Hold, Moment, Recalled, Release
from readers.standing import FILE, load_standing, save_standing
from readers.state import ControllerState
from tests.readers.building import LAB_DOOR, MAIN_DOOR, VAULT_DOOR, building
from tests.readers.cases import NOW, moment
from tests.readers.played import Played

LOCK_DOWN = (MAIN_DOOR, Override("command", DoorMode.locked_down, 50))
UNLOCK = (LAB_DOOR, Override("command", DoorMode.unlocked, 50, until_mono=1000.0 + 600))
TIMED_BLOCK = (LAB_DOOR, Override("command", DoorMode.blocked, 50, until_mono=1000.0 + 600))
BURNING = (VAULT_DOOR, FIRE)
KEPT = b'{"version":1,"kept_at":"2026-11-09T23:25:00Z","overrides":[%b]}'


def after_boot(at: datetime, mono: float = 7.0) -> Moment:
    return Moment(at, mono, "boot-2", "synced")


def test_what_was_saved_is_found_with_its_end_moved_to_the_new_clock(tmp_path: Path) -> None:
    save_standing(tmp_path, (LOCK_DOWN, UNLOCK, BURNING), moment())
    found = load_standing(tmp_path, after_boot(NOW + timedelta(seconds=100)))
    assert found == (LOCK_DOWN, (LAB_DOOR, Override("command", DoorMode.unlocked, 50, 507.0)), BURNING)


@pytest.mark.parametrize(("seconds", "stands"), [(599, True), (600, False), (10**6, False)])
def test_an_override_ends_over_a_restart_too(tmp_path: Path, seconds: int, stands: bool) -> None:
    save_standing(tmp_path, (UNLOCK,), moment())
    assert bool(load_standing(tmp_path, after_boot(NOW + timedelta(seconds=seconds)))) is stands


def test_without_a_file_nothing_stands(tmp_path: Path) -> None:
    assert load_standing(tmp_path, moment()) == ()


def test_the_last_word_counts_and_may_be_nothing(tmp_path: Path) -> None:
    save_standing(tmp_path, (LOCK_DOWN,), moment())
    save_standing(tmp_path, (), moment())
    assert load_standing(tmp_path, moment()) == ()
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    save_standing(tmp_path, (LOCK_DOWN,), moment())
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("seconds_back", [1, 3600, 56 * 365 * 86400])
def test_a_clock_that_went_back_never_frees_a_door_and_keeps_it_locked_no_longer_than_was_said(
    tmp_path: Path, seconds_back: int
) -> None:
    woken = after_boot(NOW - timedelta(seconds=seconds_back))
    save_standing(tmp_path, (UNLOCK,), moment())
    assert load_standing(tmp_path, woken) == ()
    save_standing(tmp_path, (TIMED_BLOCK, BURNING, LOCK_DOWN), moment())
    block = (LAB_DOOR, Override("command", DoorMode.blocked, 50, 7.0 + 600))
    assert load_standing(tmp_path, woken) == (block, BURNING, LOCK_DOWN)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"{}",
        b"[{}]",
        b"\xff\xfe",
        b'[{"door":"main","source":"x","mode":"accessed","priority":1}]',
        KEPT % b'{"door":"main","source":"fire","mode":"locked_open","priority":5}',
        KEPT % b'{"door":"main","source":"command","mode":"unlocked","priority":5000}',
        KEPT % b'{"door":"MAIN/..","source":"command","mode":"unlocked","priority":50}',
        KEPT.replace(b'"version":1', b'"version":2') % b"",
    ],
)
def test_garbage_is_told_and_frees_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(ValueError, match=FILE):
        load_standing(tmp_path, moment())


def test_a_half_written_file_of_an_earlier_life_is_in_nobodys_way(tmp_path: Path) -> None:
    save_standing(tmp_path, (LOCK_DOWN,), moment())
    (tmp_path / f"{FILE}.part").write_bytes(b'{"version":1,"ke')
    assert load_standing(tmp_path, moment()) == (LOCK_DOWN,)
    save_standing(tmp_path, (), moment())
    assert load_standing(tmp_path, moment()) == ()


def test_a_folder_that_cannot_be_written_is_an_os_error_and_leaves_what_stood(tmp_path: Path) -> None:
    save_standing(tmp_path, (LOCK_DOWN,), moment())
    (tmp_path / f"{FILE}.part").mkdir()
    with pytest.raises(OSError, match="part"):
        save_standing(tmp_path, (), moment())
    assert load_standing(tmp_path, moment()) == (LOCK_DOWN,)


# ---- at the controller -----------------------------------------------------------------------------------------------


def test_a_lock_down_survives_a_restart(tmp_path: Path) -> None:
    box = Played()
    box.command("lock_down", MAIN_DOOR)
    kept = [effect for effect in box.effects if hasattr(effect, "overrides")][-1]
    save_standing(tmp_path, kept.overrides, box.moment)  # type: ignore[union-attr]
    again = Played()
    again.tell(Recalled(again.state.scene, load_standing(tmp_path, again.moment)))
    again.tap("anna", "main-in")
    assert (again.last_tap.granted, again.last_tap.reason) == (False, "threat_level")
    again.command("resume", MAIN_DOOR, name="c-2")
    again.tap("anna", "main-in")
    assert again.last_tap.granted


def test_a_restart_in_office_hours_never_frees_a_locked_down_door_for_a_moment(tmp_path: Path) -> None:
    from tests.readers.test_controller_doors import OPEN_HOURS

    box = Played(policy=building(hours=OPEN_HOURS))
    box.tell(Recalled(box.state.scene, (LOCK_DOWN,)))
    box.wait(60)
    assert not [effect for effect in box.effects if isinstance(effect, Hold | Release)]


def test_after_a_fire_a_restart_keeps_the_doors_free_until_somebody_resumes() -> None:
    box = Played()
    box.tell(Recalled(box.state.scene, (BURNING,)))
    assert box.is_free(VAULT_DOOR)
    box.command("resume", VAULT_DOOR)
    assert not box.is_free(VAULT_DOOR)


def test_overrides_for_doors_that_no_longer_hang_here_are_nothing() -> None:
    box = Played()
    box.tell(Recalled(box.state.scene, ((DoorId("cellar"), LOCK_DOWN[1]),)))
    assert DoorId("cellar") not in box.state.doors


def test_what_cannot_be_kept_is_an_alarm_and_still_takes_effect() -> None:
    from readers.agent import Agent
    from readers.clock import SystemClock
    from readers.events import CommandCame, KeepStanding
    from readers.outputs.recording import RecordingOutputs
    from tests.readers.building import wired

    def refuse(_: KeepStanding) -> None:
        raise OSError(28, "No space left on device")

    clock = SystemClock()
    agent = Agent(ControllerState(wired()), None, None, RecordingOutputs(), clock, keep=refuse)
    now = clock.now().at
    command = Played().order("lock_down", MAIN_DOOR)
    command = command.model_copy(update={"issued_at": now, "expires_at": now + timedelta(minutes=1)})
    agent._handle(CommandCame(command))
    assert agent._state.doors[MAIN_DOOR].standing_mode is DoorMode.locked_down
    (found,) = [agent._queue.get_nowait()]
    assert isinstance(found, AlarmFound)
    assert found.alarm == "standing_not_kept"
    assert NOW.tzinfo is UTC
