"""How doors, readers and last taps stand after any delivery of their records, on both databases."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.records import AgentStarted, AlarmRaised, Body, DoorModeChanged, DoorMoved, ReaderReported
from domain.access.door import DoorMode
from domain.ids import DeviceId
from gateway.intake.ingest import Ingest
from gateway.meaning.door_book import mode_now
from gateway.meaning.restorations import list_restored
from store.alarms import list_open_alarms
from store.door_states import DoorFacts, ReaderFacts, list_door_facts, list_reader_facts
from store.tx import Store
from tests.gateway.city import NOW, PEOPLE, Journal, make_tap
from tests.gateway.ingesting import enroll, receipt

_devices = count()


def stamp(at: datetime = NOW) -> dict[str, Any]:
    return {"at": at, "mono_ms": 1, "boot": "boot-1", "clock": "synced"}


def moved(state: Any, door: str = "main", at: datetime = NOW) -> DoorMoved:
    return DoorMoved(door=door, state=state, **stamp(at))


def mode(word: DoorMode, source: str = "command", door: str = "main", at: datetime = NOW) -> DoorModeChanged:
    return DoorModeChanged(door=door, mode=word, source=source, **stamp(at))


def take(store: Store, ingest: Ingest, journal: Journal, *bodies: Body) -> dict[str, DoorFacts]:
    first = len(journal.lines) + 1
    for body in bodies:
        journal.append(body)
    receipt(ingest.take([journal.message(first)])[0])
    with store.reading(NOW) as tx:
        return {facts.door_id: facts for facts in list_door_facts(tx)}


@pytest.mark.parametrize(
    ("told", "known"),
    [
        (["opened"], {"contact": "opened"}),
        (["opened", "closed"], {"contact": "closed"}),
        (["released"], {"lock": "released"}),
        (["released", "relocked"], {"lock": "relocked"}),
        (["forced_open"], {"alarm": "forced_open", "contact": "opened"}),
        (["forced_open", "restored", "closed"], {"contact": "closed"}),
        (["opened", "held_open_prealarm"], {"alarm": "held_open_prealarm", "contact": "opened"}),
        (["opened", "held_open", "restored"], {"contact": "opened"}),
        (["tampered"], {"tampered": True}),
        (["tampered", "tamper_cleared"], {}),
        (["fire_release"], {"fire": True}),
        (["fire_release", "fire_cleared"], {}),
        (["request_to_exit"], {}),
    ],
)
def test_each_word(store: Store, ingest: Ingest, journal: Journal, told: list[str], known: dict[str, object]) -> None:
    found = take(store, ingest, journal, *map(moved, told))["main"]
    assert found == DoorFacts("main", "west-1", 7, len(told), NOW)._replace(**known)


def test_modes_and_the_one_in_force(store: Store, ingest: Ingest, journal: Journal) -> None:
    found = take(store, ingest, journal, mode(DoorMode.unlocked, "schedule"))["main"]
    assert (found.mode, found.mode_source, mode_now(found)) == ("unlocked", "schedule", DoorMode.unlocked)
    found = take(store, ingest, journal, mode(DoorMode.locked_down), moved("released"))["main"]
    assert (found.mode, mode_now(found)) == ("locked_down", DoorMode.accessed)


def test_a_controller_that_starts_forgets_its_own_doors_alone(store: Store, ingest: Ingest, journal: Journal) -> None:
    other = Journal(DeviceId("east-1"))
    with store.transaction(NOW) as tx:
        enroll(tx, other)
    take(store, ingest, other, moved("opened", "staff"), mode(DoorMode.unlocked, door="staff"))
    take(store, ingest, journal, moved("opened"), mode(DoorMode.locked_down), moved("tampered"))
    found = take(store, ingest, journal, AgentStarted(software="1", policy_version=1, **stamp()))
    assert found["main"] == DoorFacts("main", "west-1", 7, 4, NOW)
    assert (found["staff"].contact, found["staff"].mode) == ("opened", "unlocked")


def test_a_clock_that_goes_back_within_a_journal_does_not_matter(
    store: Store, ingest: Ingest, journal: Journal
) -> None:
    take(store, ingest, journal, moved("opened"), ReaderReported(reader="r", health="busy", cause="x", **stamp()))
    earlier = NOW - timedelta(hours=1)
    found = take(
        store, ingest, journal, moved("closed", at=earlier),
        ReaderReported(reader="r", health="ready", **stamp(earlier)),
    )  # fmt: skip
    assert found["main"].contact == "closed"
    with store.reading(NOW) as tx:
        assert [(reader.health, reader.cause) for reader in list_reader_facts(tx)] == [("ready", "")]


def test_an_older_journals_backlog_changes_nothing(store: Store, ingest: Ingest, journal: Journal) -> None:
    take(store, ingest, journal, moved("closed"), mode(DoorMode.blocked))
    old = Journal(journal.device, journal.key, epoch=3)
    earlier = NOW - timedelta(hours=1)
    found = take(store, ingest, old, moved("forced_open", at=earlier), mode(DoorMode.unlocked, at=earlier))
    assert (found["main"].alarm, found["main"].mode, found["main"].epoch) == ("", "blocked", 7)
    newer = Journal(journal.device, journal.key, epoch=4)
    found = take(store, ingest, newer, moved("opened", at=NOW + timedelta(seconds=1)))
    assert (found["main"].mode, found["main"].contact, found["main"].epoch) == ("locked", "opened", 4)


WORDS = ("opened", "closed", "released", "relocked", "forced_open", "held_open", "restored", "tampered", "fire_release")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), st.data())
def test_any_delivery_gives_the_same_rows(store: Store, ingest: Ingest, words: list[str], data: st.DataObject) -> None:
    whole, parts = (Journal(DeviceId(f"any-{next(_devices)}")) for _ in range(2))
    with store.transaction(NOW) as tx:
        enroll(tx, whole, parts)
    for journal in (whole, parts):
        for word in words:
            journal.append(moved(word, f"door-{journal.device}"))
        journal.append(make_tap(PEOPLE[0]))
    ingest.take([whole.message()])
    for _ in range(3):
        cut = data.draw(st.integers(1, len(parts.lines)))
        ingest.take([parts.message(1, cut)])
        ingest.take([parts.message(cut)])
    ingest.take([parts.message()])
    with store.reading(NOW) as tx:
        found = {facts.door_id: facts for facts in list_door_facts(tx)}
    one, two = (found[f"door-{journal.device}"] for journal in (whole, parts))
    assert one[4:] == two[4:]


def test_what_must_be_looked_at_is_an_alarm(store: Store, ingest: Ingest, journal: Journal) -> None:
    doors = map(moved, ("forced_open", "held_open_prealarm", "held_open", "tampered", "fire_release"))
    others = [
        AlarmRaised(alarm=kind, detail=detail, **stamp()) for kind, detail in (("duress", "main-in"), ("fork", ""))
    ]
    take(store, ingest, journal, *doors, *others)
    with store.reading(NOW) as tx:
        raised = [(item.alarm.kind, item.alarm.subject) for item in list_open_alarms(tx)]
    expected = [(f"door_{word}", "main") for word in ("forced_open", "held_open", "tampered", "fire_release")]
    assert raised == [*expected, ("duress", "main-in"), ("fork", "west-1")]


def test_a_closed_door_and_a_reader_that_is_back_restore_their_alarms_and_a_restart_does_not() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    door = DoorFacts("main", "west-1", 1, 1, at)
    assert list_restored([door], []) == set()
    closed = door._replace(contact="closed")
    assert ("door_held_open", "main") in list_restored([closed], [])
    assert ("door_tampered", "main") not in list_restored([closed._replace(tampered=True)], [])
    held = door._replace(contact="opened", alarm="held_open", fire=True)
    assert list_restored([held], []) == {("door_tampered", "main")}
    readers = [ReaderFacts(health, "west-1", 1, 1, at, health, "") for health in ("ready", "lost", "busy")]
    assert list_restored([], readers) == {("reader_down", "ready")}
