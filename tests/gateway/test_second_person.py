"""Openings of two persons: nothing goes out before a second account's word, which counts once; both databases."""

import threading
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from domain.access.second_person import CONFIRM_WITHIN
from domain.access.threat import ThreatLevel
from gateway.operations.access.command_doors import (
    COMMAND_AGE_MAX,
    PROPOSED,
    CommandFault,
    CommandFaultError,
    DoorRequest,
    command_doors,
    confirm_doors,
)
from gateway.orders.command_post import COMMANDED
from gateway.orders.doors_meant import takes_two_persons
from gateway.site.description import Site, load_site
from gateway.site.threats import ThreatsDescription
from store.commands import AskedCommand, list_request, list_waiting_commands
from store.proposals import list_unconfirmed, load_proposal
from store.tx import Store
from tests.gateway.city import NOW
from tests.gateway.ingesting import notices_of

PLAIN = load_site(Path(__file__).parents[2] / "firmware_configs/sites/demo/site.yaml")
SITE = PLAIN.model_copy(
    update={
        "doors": tuple(
            door.model_copy(update={"remote_unlock": "two_person"}) if door.id == "server" else door
            for door in PLAIN.doors
        ),
        "threats": ThreatsDescription(two_person=(ThreatLevel.lockdown,)),
    }
)
_ids = count()


def draw_id() -> str:
    return f"p{next(_ids):08}"


def ask(
    store: Store,
    request: str = "r1",
    action: Any = "unlock",
    scope: Any = "door",
    scope_id: str = "server",
    **more: Any,
) -> list[AskedCommand]:
    known = {"by": "desk", "name": "青木", "reason": "空調の点検"} | more
    with store.transaction(NOW) as tx:
        return command_doors(tx, SITE, DoorRequest(request, scope, scope_id, action, **known), draw_id=draw_id)


def confirm(
    store: Store, request: str = "r1", *, by: str = "chief", name: str = "井上", at: datetime = NOW, site: Site = SITE
) -> list[AskedCommand] | None:
    with store.transaction(at) as tx:
        return confirm_doors(tx, site, request, by=by, name=name, draw_id=draw_id)


def waiting(store: Store, at: datetime = NOW) -> list[str]:
    with store.reading(at) as tx:
        return [command.request_id for command in list_waiting_commands(tx)]


def test_the_command_goes_out_with_the_second_word_and_names_both(store: Store) -> None:
    assert ask(store, seconds=600) == []
    assert waiting(store) == []
    assert [(notice.kind, notice.subject) for notice in notices_of(store)] == [(PROPOSED, "r1")]
    with store.reading(NOW) as tx:
        assert [each.id for each in list_unconfirmed(tx, NOW, limit=9)] == ["r1"]
    later = NOW + CONFIRM_WITHIN - timedelta(microseconds=1)
    found = confirm(store, at=later)
    assert found is not None
    [command] = found
    assert (command.action, command.doors, command.seconds, command.reason) == (
        "unlock",
        ("server",),
        600,
        "空調の点検",
    )
    assert (command.issued_at, command.expires_at) == (later, later + COMMAND_AGE_MAX)
    names = command.issued_by, command.issued_by_name, command.confirmed_by, command.confirmed_by_name
    assert names == ("desk", "青木", "chief", "井上")
    with store.reading(later) as tx:
        assert list_request(tx, "r1") == [command]
        assert list_unconfirmed(tx, NOW, limit=9) == []
        proposal = load_proposal(tx, "r1")
        assert proposal is not None
        assert (proposal.confirmed_at, proposal.confirmed_by) == (later, "chief")
    assert [notice.kind for notice in notices_of(store)] == [PROPOSED, PROPOSED, COMMANDED]


def test_sent_twice_it_is_one_proposal_and_confirmed_twice_one_command(store: Store) -> None:
    ask(store)
    assert ask(store) == []
    first = confirm(store)
    assert confirm(store, by="third", name="上田") == first
    assert ask(store) == first
    assert waiting(store) == ["r1"]


def test_what_takes_two_persons_is_never_asked_without_a_reason(store: Store) -> None:
    with pytest.raises(CommandFaultError, match="no_reason"):
        ask(store, action="open_once", reason="")
    with store.reading(NOW) as tx:
        assert load_proposal(tx, "r1") is None


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"by": "desk"}, CommandFault.own_word),
        ({"name": ""}, CommandFault.no_name),
        ({"name": "x" * 81}, CommandFault.too_long),
        ({"at": NOW + CONFIRM_WITHIN}, CommandFault.too_late),
        ({"site": SITE.model_copy(update={"doors": SITE.doors[:3]})}, CommandFault.no_doors),
    ],
)
def test_whose_word_does_not_count(store: Store, changes: dict[str, Any], fault: CommandFault) -> None:
    ask(store)
    with pytest.raises(CommandFaultError) as refused:
        confirm(store, **changes)
    assert refused.value.fault is fault
    assert waiting(store) == []
    with store.reading(NOW) as tx:
        proposal = load_proposal(tx, "r1")
    assert proposal is not None
    assert proposal.confirmed_at is None


def test_what_nobody_asked_cannot_be_confirmed(store: Store) -> None:
    assert confirm(store, "nothing") is None
    ask(store, "r2", "unlock", "door", "main")
    assert confirm(store, "r2") is None
    assert waiting(store) == ["r2"], "a door of one person opens at once"


def test_what_lapsed_stays_lapsed_though_the_form_is_sent_again(store: Store) -> None:
    ask(store)
    assert ask(store) == []
    with store.reading(NOW + CONFIRM_WITHIN) as tx:
        [lapsed] = list_unconfirmed(tx, NOW, limit=9)
        assert not lapsed.waits(tx.now)
    with pytest.raises(CommandFaultError, match="too_late"):
        confirm(store, at=NOW + CONFIRM_WITHIN)


def test_of_two_browsers_that_confirm_at_once_one_does(store: Store) -> None:
    ask(store)
    barrier = threading.Barrier(4)
    found: list[Any] = []

    def press(login: str) -> None:
        barrier.wait()
        try:
            found.append(confirm(store, by=login, name=login))
        except BaseException as error:
            found.append(error)

    threads = [threading.Thread(target=press, args=(f"chief-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(each == found[0] for each in found), found
    assert waiting(store) == ["r1"]
    assert [notice.kind for notice in notices_of(store)].count(COMMANDED) == 1


@pytest.mark.parametrize(
    ("action", "scope", "scope_id", "two"),
    [
        ("open_once", "door", "server", True),
        ("unlock", "door", "server", True),
        ("lock_open", "area", "office", True),  # the server room's door is one of the area's
        ("unlock", "site", "", True),
        ("unlock", "area", "hall", False),
        ("open_once", "door", "main", False),
        ("lock_down", "site", "", True),  # as the threat level
        ("lock_down", "door", "server", False),
        ("lock", "door", "server", False),
        ("block", "site", "", False),
        ("resume", "site", "", False),
    ],
)
def test_what_takes_two_persons(action: str, scope: str, scope_id: str, *, two: bool) -> None:
    assert takes_two_persons(SITE, action, scope, scope_id) is two  # type: ignore[arg-type]
    assert not takes_two_persons(PLAIN, action, scope, scope_id)  # type: ignore[arg-type]
