"""From messages to the log and what follows from it, on both databases."""

import json
from datetime import timedelta

import pytest

from contract.records import AgentStarted, AlarmRaised, DoorMoved, ReaderReported
from domain.ids import PersonId
from gateway.intake.ingest import Ingest
from gateway.meaning.consequences import NOTICES_MAX
from store.presence import Presence, list_presences
from store.punches import PunchFact
from store.tx import Store
from store.watermarks import list_journals
from tests.editions import keep_policy
from tests.gateway.city import NOW, PEOPLE, Journal, make_policy, make_tap
from tests.gateway.ingesting import alarms_of, notices_of, punches_of, receipt, records_of


def test_a_tap_becomes_record_punch_presence_and_notice(store: Store, ingest: Ingest, journal: Journal) -> None:
    journal.append(make_tap(PEOPLE[0]))
    answer = receipt(ingest.take([journal.message()])[0])
    assert (answer.upto_seq, answer.head) == (1, journal.hashes[1].hex())
    [record] = records_of(store, journal)
    assert record.body == journal.lines[0]
    assert (record.person_id, record.granted, record.live, record.central_reason) == (PEOPLE[0], True, True, None)
    assert punches_of(store, PEOPLE[0]) == [PunchFact("west-1", 7, 1, PEOPLE[0], NOW, "in", "main-in")]
    with store.reading(NOW) as tx:
        assert list_presences(tx) == [Presence(PEOPLE[0], "office", "main-in", NOW)]
        held = list_journals(tx, journal.device)[journal.device, journal.epoch]
        assert held.complete_through_at == NOW
    [notice] = notices_of(store)
    assert (notice.kind, notice.subject) == ("tap.recorded", PEOPLE[0])
    assert json.loads(notice.payload)["access_point"] == "main-in"
    assert record.credential is not None
    assert record.credential not in notice.payload


@pytest.mark.parametrize(("point", "direction"), [("main-in", "in"), ("main-out", "out"), ("west", "none")])
def test_direction_comes_from_the_access_point(
    store: Store, ingest: Ingest, journal: Journal, point: str, direction: str
) -> None:
    journal.append(make_tap(PEOPLE[0], point))
    ingest.take([journal.message()])
    assert [punch.direction for punch in punches_of(store, PEOPLE[0])] == [direction]


def test_what_says_nothing_about_working_time_is_no_punch(store: Store, ingest: Ingest, journal: Journal) -> None:
    journal.append(make_tap(PEOPLE[0], "server-in"))  # an interior door
    journal.append(make_tap(PEOPLE[-1], "server-in"))  # refused
    journal.append(make_tap(None))  # nobody's card
    ingest.take([journal.message()])
    assert [record.reason for record in records_of(store, journal)] == [
        "granted",
        "no_access_rights",
        "unknown_credential",
    ]
    assert punches_of(store, PEOPLE[0]) == punches_of(store, PEOPLE[-1]) == []
    with store.reading(NOW) as tx:
        assert [(here.person_id, here.area_id) for here in list_presences(tx)] == [(PEOPLE[0], "server")]
    assert alarms_of(store) == []


def test_presence_follows_the_taps_own_time(store: Store, ingest: Ingest, journal: Journal) -> None:
    for minutes, point in ((5, "main-in"), (1, "server-in"), (3, "main-out")):
        journal.append(make_tap(PEOPLE[0], point, NOW - timedelta(minutes=10) + timedelta(minutes=minutes)))
        ingest.take([journal.message(len(journal.lines))])
    with store.reading(NOW) as tx:
        assert [here.access_point_id for here in list_presences(tx)] == ["main-in"]


def test_the_holder_is_the_one_at_the_time_of_the_tap(store: Store, ingest: Ingest, journal: Journal) -> None:
    journal.append(make_tap(PEOPLE[0]))
    later = make_policy(2, people=(PersonId("p999"),))  # the card went to somebody else, before the tap came in
    with store.transaction(NOW) as tx:
        keep_policy(tx, later)
    ingest.take([journal.message()])
    assert [record.person_id for record in records_of(store, journal)] == [PEOPLE[0]]


@pytest.mark.parametrize(
    ("tap", "central"),
    [
        (make_tap(PEOPLE[-1], "server-in", granted=True, reason="granted"), "no_access_rights"),
        (make_tap(PEOPLE[0], granted=False, reason="expired"), "granted"),
        (make_tap(PEOPLE[-1], "server-in", reason="expired"), "no_access_rights"),
        (make_tap(PEOPLE[0], policy_version=99), "policy_unknown"),
        (make_tap(PEOPLE[0], policy_version=0), "policy_stale"),
        (make_tap(PEOPLE[0], policy_version=0, granted=False, reason="policy_stale"), None),
    ],
)
def test_a_decision_that_differs_is_a_row_and_an_alarm(
    store: Store, ingest: Ingest, journal: Journal, tap: object, central: str | None
) -> None:
    journal.append(tap)  # type: ignore[arg-type]
    receipt(ingest.take([journal.message()])[0])
    assert [record.central_reason for record in records_of(store, journal)] == [central]
    assert alarms_of(store) == ([("decision_differs", "west-1")] if central else [])


def test_doors_readers_alarms_and_new_storage(store: Store, ingest: Ingest, journal: Journal) -> None:
    when = {"at": NOW, "mono_ms": 1, "boot": "b", "clock": "synced"}
    journal.append(AgentStarted(**when, software="1", policy_version=1, previous_epoch=3))
    journal.append(DoorMoved(**when, door="main", state="opened"))
    journal.append(DoorMoved(**when, door="west", state="forced_open"))
    journal.append(ReaderReported(**when, reader="r1", health="lost", cause="unplugged"))
    journal.append(AlarmRaised(**when, alarm="journal_nearly_full", detail="80 %"))
    ingest.take([journal.message()])
    assert [record.kind for record in records_of(store, journal)] == [
        "agent.started",
        "door.moved",
        "door.moved",
        "reader.reported",
        "alarm.raised",
    ]
    expected = {("storage_replaced", "west-1"), ("door_forced_open", "west"), ("journal_nearly_full", "west-1")}
    expected.add(("reader_down", "r1"))
    assert set(alarms_of(store)) == expected
    kinds = [notice.kind for notice in notices_of(store)]
    assert kinds == ["door.moved", "door.moved", "reader.reported", *4 * ["alarm.raised"]]


# ---- live and catch-up --------------------------------------------------------------------------------------------


def test_a_days_backlog_rings_nowhere(store: Store, ingest: Ingest, journal: Journal) -> None:
    for minute in range(400):
        journal.append(make_tap(PEOPLE[minute % 20], at=NOW - timedelta(minutes=minute + 1)))
    ingest.take([journal.message(mode="catch_up")])
    assert [(notice.kind, json.loads(notice.payload)) for notice in notices_of(store)] == [
        ("device.caught_up", {"records": 400})
    ]
    assert len(punches_of(store, PEOPLE[0])) == 20
    assert not any(record.live for record in records_of(store, journal))


@pytest.mark.parametrize("seconds", [-31, 31])
def test_the_senders_word_alone_makes_nothing_live(
    store: Store, ingest: Ingest, journal: Journal, seconds: int
) -> None:
    journal.append(make_tap(PEOPLE[0], at=NOW + timedelta(seconds=seconds)))
    ingest.take([journal.message(mode="live")])
    assert [record.live for record in records_of(store, journal)] == [False]
    assert [notice.kind for notice in notices_of(store)] == ["device.caught_up"]


def test_live_notices_are_bounded(store: Store, ingest: Ingest, journal: Journal) -> None:
    for _ in range(NOTICES_MAX + 1):
        journal.append(make_tap(PEOPLE[0]))
    ingest.take([journal.message()])
    assert [notice.kind for notice in notices_of(store)] == ["device.caught_up"]
