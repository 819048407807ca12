"""Commands to doors: written once, taken over by later ones, answered by who was asked; both databases, and races."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from contract.records import CommandAnswered
from domain.ids import DeviceId
from gateway.intake.ingest import Ingest
from gateway.operations.access.command_doors import (
    COMMAND_AGE_MAX,
    CommandFault,
    CommandFaultError,
    DoorRequest,
    command_doors,
)
from gateway.orders.command_post import COMMANDED
from gateway.site.description import load_site
from store.commands import AskedCommand, CommandState, list_commands_since, list_request, list_waiting_commands
from store.tx import Store
from tests.gateway.city import NOW, Journal, settle
from tests.gateway.ingesting import enroll, notices_of, receipt

SITE = load_site(Path(__file__).parents[2] / "firmware_configs/sites/demo/site.yaml")
_ids = count()


def draw_id() -> str:
    return f"c{next(_ids):08}"


def asked(
    request: str, action: Any = "lock_down", scope: Any = "site", scope_id: str = "", **changes: Any
) -> DoorRequest:
    known = {"by": "desk", "name": "青木", "reason": "訓練"} | changes
    return DoorRequest(request, scope, scope_id, action, **known)


def issue(store: Store, request: DoorRequest, at: datetime = NOW) -> list[AskedCommand]:
    with store.transaction(at) as tx:
        return command_doors(tx, SITE, request, draw_id=draw_id)


def standing(store: Store, request: str, at: datetime = NOW) -> set[tuple[str, tuple[str, ...], CommandState]]:
    with store.reading(at) as tx:
        return {(command.device_id, command.doors, command.state(at)) for command in list_request(tx, request)}


def waiting(store: Store, at: datetime = NOW) -> list[tuple[str, str, tuple[str, ...]]]:
    with store.reading(at) as tx:
        return [(command.request_id, command.action, command.doors) for command in list_waiting_commands(tx)]


def test_one_command_a_device_and_a_ring(store: Store) -> None:
    commands = issue(store, asked("r1"))
    assert {(command.device_id, command.doors) for command in commands} == {
        ("west-1", ("main",)), ("east-1", ("staff",)), ("north-1", ("west", "server", "civic")),
    }  # fmt: skip
    assert {command.expires_at - command.issued_at for command in commands} == {COMMAND_AGE_MAX}
    assert [(notice.kind, notice.subject) for notice in notices_of(store)] == [(COMMANDED, "r1")]


def test_a_device_with_more_doors_than_a_command_holds_gets_two(store: Store) -> None:
    door, point, reader = SITE.doors[0], SITE.access_points[0], SITE.readers[0]
    names = [f"door-{number}" for number in range(300)]
    site = SITE.model_copy(
        update={
            "doors": tuple(door.model_copy(update={"id": name}) for name in names),
            "access_points": tuple(point.model_copy(update={"id": name, "door": name}) for name in names),
            "readers": tuple(reader.model_copy(update={"id": name, "access_point": name}) for name in names),
        }
    )
    with store.transaction(NOW) as tx:
        commands = command_doors(tx, site, asked("r1"), draw_id=draw_id)
    assert [len(command.doors) for command in commands] == [256, 44]
    with store.transaction(NOW) as tx:
        command_doors(tx, site, asked("r2", "resume"), draw_id=draw_id)
    assert {request for request, _, _ in waiting(store)} == {"r2"}


def test_the_same_request_again_is_the_same_commands(store: Store) -> None:
    first = {command.id for command in issue(store, asked("r1"))}
    assert {command.id for command in issue(store, asked("r1"), NOW + timedelta(seconds=1))} == first
    assert len(notices_of(store)) == 1


def test_two_operators_at_once(store: Store) -> None:
    """Both press; each request is whole, and whatever the order only the later one is still to be told."""
    barrier, raised = threading.Barrier(4), []

    def press(request: DoorRequest) -> None:
        try:
            barrier.wait()
            issue(store, request)
        except BaseException as error:
            raised.append(error)

    requests = [asked("r1"), asked("r1"), asked("r2", "resume"), asked("r2", "resume")]
    threads = [threading.Thread(target=press, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []
    with store.reading(NOW) as tx:
        everything = list_commands_since(tx, NOW, limit=100)
    assert len(everything) == 6
    [later] = {request for request, _, _ in waiting(store)}
    earlier = {"r1", "r2"} - {later}
    assert {state for _, _, state in standing(store, earlier.pop())} == {CommandState.superseded}


def test_a_later_override_takes_the_doors_and_leaves_the_rest(store: Store) -> None:
    issue(store, asked("down"))
    issue(store, asked("up", "resume", "door", "server"))
    assert standing(store, "down") == {
        ("west-1", ("main",), CommandState.waiting),
        ("east-1", ("staff",), CommandState.waiting),
        ("north-1", ("west", "server", "civic"), CommandState.superseded),
        ("north-1", ("west", "civic"), CommandState.waiting),  # asked anew for the door that nobody took
    }
    assert ("up", "resume", ("server",)) in waiting(store)


def test_opening_once_takes_nothing_over_and_is_not_taken_over(store: Store) -> None:
    issue(store, asked("down", scope="door", scope_id="main"))
    issue(store, asked("once", "open_once", "door", "main"))
    issue(store, asked("up", "resume", "door", "main"))
    assert sorted(waiting(store)) == [("once", "open_once", ("main",)), ("up", "resume", ("main",))]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"reason": ""}, CommandFault.no_reason),
        ({"action": "unlock", "reason": ""}, CommandFault.no_reason),
        ({"name": ""}, CommandFault.no_name),
        ({"name": "x" * 81}, CommandFault.too_long),
        ({"seconds": 60}, CommandFault.bad_time),
        ({"action": "unlock", "seconds": 0}, CommandFault.bad_time),
        ({"action": "unlock", "seconds": 90_000}, CommandFault.bad_time),
        ({"scope": "area", "scope_id": "moon"}, CommandFault.no_doors),
    ],
)
def test_what_cannot_be_asked(store: Store, changes: dict[str, Any], fault: CommandFault) -> None:
    with pytest.raises(CommandFaultError) as raised:
        issue(store, asked("r1", **changes))
    assert raised.value.fault is fault
    assert waiting(store) == []


@pytest.fixture
def journals(store: Store) -> dict[str, Journal]:
    found = {name: Journal(DeviceId(name)) for name in ("west-1", "east-1", "north-1")}
    settle(store, found["west-1"])
    with store.transaction(NOW) as tx:
        enroll(tx, found["east-1"], found["north-1"])
    return found


Say = Callable[..., None]


@pytest.fixture
def say(ingest: Ingest, journals: dict[str, Journal]) -> Say:
    def answer(device: str, command: str, *, obeyed: bool = True, cause: str = "") -> None:
        journal = journals[device]
        stamp = {"at": NOW, "mono_ms": 1, "boot": "b", "clock": "synced"}
        journal.append(CommandAnswered(command=command, obeyed=obeyed, cause=cause, **stamp))
        receipt(ingest.take([journal.message(len(journal.lines))])[0])

    return answer


def test_who_was_asked_answers_once(store: Store, say: Say) -> None:
    command = {command.device_id: command.id for command in issue(store, asked("r1"))}
    say("west-1", command["west-1"])
    say("west-1", command["east-1"])  # not asked
    say("east-1", "nothing-of-ours")
    say("north-1", command["north-1"], obeyed=False, cause="not_wired: west")
    say("north-1", command["north-1"])
    assert standing(store, "r1") == {
        ("west-1", ("main",), CommandState.obeyed),
        ("east-1", ("staff",), CommandState.waiting),
        ("north-1", ("west", "server", "civic"), CommandState.refused),
    }
    told = [notice.subject for notice in notices_of(store) if notice.kind == "command.answered"]
    assert told == ["r1", "r1"]


def test_a_device_that_found_it_too_late_takes_its_word_back(store: Store, say: Say) -> None:
    [command] = issue(store, asked("r1", "unlock", "door", "main"))
    say("west-1", command.id)
    say("west-1", command.id, obeyed=False, cause="recorded_too_late")
    say("west-1", command.id)
    assert {state for _, _, state in standing(store, "r1")} == {CommandState.refused}


def test_a_device_that_is_away_says_nothing_and_may_answer_later(store: Store, say: Say) -> None:
    [command] = issue(store, asked("r1", scope="door", scope_id="main"))
    over = NOW + COMMAND_AGE_MAX
    assert len(waiting(store, over - timedelta(microseconds=1))) == 1
    assert waiting(store, over) == []
    assert {state for _, _, state in standing(store, "r1", over)} == {CommandState.silent}
    say("west-1", command.id, obeyed=False, cause="expired")
    assert {state for _, _, state in standing(store, "r1", over)} == {CommandState.refused}
