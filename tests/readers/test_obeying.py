"""The centre's commands: each action, expired, repeated, for another box, recorded first where a lock comes free."""

from datetime import timedelta

import pytest

from contract.commands import DoorAction
from contract.records import AccessEnded, CommandAnswered, DoorModeChanged
from domain.access.door import DoorMode
from domain.ids import DoorId
from readers.events import Append, CommandCame, Hold, KeepStanding, Release, Relock
from readers.obeying import COMMAND, COMMAND_PRIORITY
from readers.scene import PLACES_KEPT
from tests.readers.building import LAB_DOOR, MAIN_DOOR, VAULT_DOOR
from tests.readers.played import Played, released

FREEING: list[DoorAction] = ["unlock", "lock_open"]
LOCKING: list[DoorAction] = ["lock", "block", "lock_down"]


@pytest.fixture
def box() -> Played:
    return Played()


def answers(box: Played) -> list[tuple[str, bool, str]]:
    return [(body.command, body.obeyed, body.cause) for body in box.recorded(CommandAnswered)]


# ---- each action -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [*FREEING, *LOCKING])
def test_a_mode_stands_from_the_command_until_resume(box: Played, action: DoorAction) -> None:
    box.command(action, MAIN_DOOR, LAB_DOOR)
    assert box.is_free(MAIN_DOOR) is box.is_free(LAB_DOOR) is (action in FREEING)
    changed = [(body.door, body.mode, body.source) for body in box.recorded(DoorModeChanged)]
    modes = {"unlock": DoorMode.unlocked, "lock_open": DoorMode.locked_open, "lock": DoorMode.locked}
    mode = modes.get(action) or {"block": DoorMode.blocked, "lock_down": DoorMode.locked_down}[action]
    expected = [] if mode is DoorMode.locked else [(MAIN_DOOR, mode, COMMAND), (LAB_DOOR, mode, COMMAND)]
    assert changed == expected
    box.wait(3600)
    assert box.is_free(MAIN_DOOR) is (action in FREEING)
    box.command("resume", MAIN_DOOR, LAB_DOOR, name="c-2")
    assert not box.is_free(MAIN_DOOR)
    assert released(box.tap("anna", "main-in")) == [MAIN_DOOR]
    assert answers(box) == [("c-1", True, ""), ("c-2", True, "")]


@pytest.mark.parametrize("action", [*FREEING, *LOCKING])
def test_a_mode_ends_by_itself_when_the_command_says_so(box: Played, action: DoorAction) -> None:
    box.command(action, MAIN_DOOR, seconds=60)
    box.wait(59)
    assert box.state.doors[MAIN_DOOR].source == COMMAND
    box.wait(1)
    assert box.state.doors[MAIN_DOOR].source == ""
    assert not box.is_free(MAIN_DOOR)


@pytest.mark.parametrize(("action", "reason"), [("lock_down", "threat_level"), ("block", "door_blocked")])
def test_a_shut_door_refuses_cards(box: Played, action: DoorAction, reason: str) -> None:
    box.command(action, MAIN_DOOR)
    assert released(box.tap("anna", "main-in")) == []
    assert box.last_tap.reason == reason


@pytest.mark.parametrize("door", [MAIN_DOOR, VAULT_DOOR], ids=["with a contact", "without"])
def test_open_once_releases_for_one_passage(box: Played, door: DoorId) -> None:
    effects = box.command("open_once", door)
    assert [effect for effect in effects if isinstance(effect, Release)] == [Release(door, 5.0)]
    if door is MAIN_DOOR:
        box.open(door)
        box.close(door)
    box.wait(60)
    assert not box.is_free(door)
    assert box.state.passages == {}
    assert box.recorded(AccessEnded) == [], "it was nobody's card"


def test_open_once_that_nobody_uses_leaves_nothing_behind(box: Played) -> None:
    box.command("open_once", MAIN_DOOR)
    box.wait(60)
    assert (box.state.passages, box.recorded(AccessEnded)) == ({}, [])


def test_a_later_command_takes_the_place_of_an_earlier(box: Played) -> None:
    box.command("lock_down", MAIN_DOOR)
    box.command("unlock", MAIN_DOOR, name="c-2")
    assert box.is_free(MAIN_DOOR)
    overrides = box.state.doors[MAIN_DOOR].overrides
    assert [(each.source, each.priority) for each in overrides] == [(COMMAND, COMMAND_PRIORITY)]


# ---- refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["open_once", *FREEING, *LOCKING, "resume"])
def test_a_command_that_came_too_late_does_nothing(box: Played, action: DoorAction) -> None:
    before = box.state.doors
    box.command(action, MAIN_DOOR, valid=0)
    assert answers(box) == [("c-1", False, "expired")]
    assert box.state.doors == before
    assert box.free_until[MAIN_DOOR] == 0.0


@pytest.mark.parametrize("action", ["open_once", *FREEING, *LOCKING, "resume"])
def test_a_command_for_a_door_elsewhere_does_nothing_at_any_door(box: Played, action: DoorAction) -> None:
    box.command(action, MAIN_DOOR, DoorId("cellar"))
    assert answers(box) == [("c-1", False, "not_wired: cellar")]
    assert box.free_until[MAIN_DOOR] == 0.0


def test_a_long_list_of_strange_doors_fits_the_record(box: Played) -> None:
    box.command("lock", *(DoorId(f"cellar-{number}") for number in range(200)))
    ((_, obeyed, cause),) = answers(box)
    assert (obeyed, len(cause)) == (False, 200)


@pytest.mark.parametrize("action", ["block", "lock_down"])
def test_a_shut_door_is_not_opened_once(box: Played, action: DoorAction) -> None:
    box.command(action, MAIN_DOOR)
    effects = box.command("open_once", MAIN_DOOR, name="c-2")
    assert (released(effects), answers(box)[-1]) == ([], ("c-2", False, "shut: main"))


def test_a_lock_down_that_overtakes_open_once_keeps_the_door_shut(box: Played) -> None:
    box.holding = True
    box.command("open_once", MAIN_DOOR)
    box.command("lock_down", MAIN_DOOR, name="c-2")
    box.holding = False
    assert released(box.write()) == []
    assert box.state.passages == {}


# ---- once ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["open_once", *FREEING, *LOCKING])
def test_a_command_is_obeyed_once(box: Played, action: DoorAction) -> None:
    command = box.order(action, MAIN_DOOR)
    box.tell(CommandCame(command))
    box.wait(6)
    box.command("resume", MAIN_DOOR, name="between")
    before = (box.state.doors, len(box.lines))
    assert box.tell(CommandCame(command)) == []
    assert (box.state.doors, len(box.lines)) == before


def test_a_repeat_that_comes_while_the_first_is_being_written_is_one(box: Played) -> None:
    box.holding = True
    command = box.order("open_once", MAIN_DOOR)
    box.tell(CommandCame(command))
    box.tell(CommandCame(command))
    box.holding = False
    assert released(box.write()) == [MAIN_DOOR]
    assert answers(box) == [("c-1", True, "")]


def test_commands_whose_time_is_over_need_no_memory(box: Played) -> None:
    for number in range(500):
        box.command("lock", MAIN_DOOR, name=f"c-{number}")
        box.wait(1)
    assert len(box.state.scene.obeyed) <= 11


def test_a_command_that_would_count_for_days_is_refused(box: Played) -> None:
    box.command("unlock", MAIN_DOOR, valid=(PLACES_KEPT + timedelta(seconds=1)).total_seconds())
    assert answers(box) == [("c-1", False, "counts_too_long")]
    assert not box.is_free(MAIN_DOOR)


# ---- the order of things, and a failing disk -------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["open_once", *FREEING, "resume"])
def test_what_may_free_a_lock_waits_for_its_record(box: Played, action: DoorAction) -> None:
    box.holding = True
    (only,) = box.command(action, MAIN_DOOR)
    assert isinstance(only, Append)
    box.holding = False
    assert bool([e for e in box.write() if isinstance(e, Release | Hold)]) is (action != "resume")


@pytest.mark.parametrize("action", LOCKING)
def test_what_locks_does_not_wait_for_the_disk(box: Played, action: DoorAction) -> None:
    box.command("unlock", MAIN_DOOR)
    box.holding = True
    effects = box.command(action, MAIN_DOOR, name="c-2")
    kinds = [type(effect) for effect in effects]
    assert kinds.index(Relock) < kinds.index(KeepStanding) < kinds.index(Append)
    assert not box.is_free(MAIN_DOOR)


@pytest.mark.parametrize("action", ["open_once", *FREEING])
def test_with_a_failed_journal_nothing_is_freed(box: Played, action: DoorAction) -> None:
    box.writes = False
    box.command(action, MAIN_DOOR)
    assert not box.is_free(MAIN_DOOR)


@pytest.mark.parametrize("action", LOCKING)
def test_with_a_failed_journal_doors_still_lock(box: Played, action: DoorAction) -> None:
    box.command("unlock", MAIN_DOOR)
    box.writes = False
    box.command(action, MAIN_DOOR, name="c-2")
    assert not box.is_free(MAIN_DOOR)


def test_an_unlocking_that_waited_too_long_for_the_disk_is_not_obeyed(box: Played) -> None:
    box.holding = True
    box.command("open_once", MAIN_DOOR, valid=10)
    box.seconds += 11
    box.holding = False
    assert released(box.write()) == []


def test_every_override_that_a_restart_must_find_is_kept(box: Played) -> None:
    box.command("lock_down", MAIN_DOOR)
    box.input("fire", active=True)
    kept = [effect for effect in box.effects if isinstance(effect, KeepStanding)][-1]
    assert {(door, override.source) for door, override in kept.overrides} == {
        (MAIN_DOOR, COMMAND),
        *((door, "fire") for door in box.wiring.doors),
    }
