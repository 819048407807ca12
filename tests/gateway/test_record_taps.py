"""From messages to the log and what follows from it, on both databases."""

import json
import threading
from datetime import timedelta
from itertools import count

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.batch import decode_batch, verify_batch
from contract.errors import Fault
from contract.policy import encode_snapshot
from contract.receipts import Answer, Receipt, Rejection
from contract.records import AgentStarted, AlarmRaised, DoorMoved, ReaderReported
from contract.signatures import public_key_text
from domain.ids import DeviceId, PersonId
from gateway.consequences import NOTICES_MAX
from gateway.ingest import Ingest
from gateway.messages import Message
from gateway.operations.access.record_taps import record_batches
from gateway.outcomes import VerifiedBatch
from gateway.policy_shelf import PolicyShelf
from store.alarms import list_open_alarms
from store.devices import DeviceState, insert_device, load_device, save_device_key, save_device_state
from store.outbox import Notice, list_unsent
from store.policies import insert_policy_snapshot, load_published_policy
from store.presence import Presence, list_presences
from store.punches import PunchFact, list_punches
from store.records import Record, list_records
from store.refused import list_refused
from store.tx import Store, Tx
from store.watermarks import list_journals
from tests.gateway.city import NOW, PEOPLE, Journal, make_policy, make_tap, settle

CENTRE = Ed25519PrivateKey.generate()
FOREVER = timedelta(days=3650)


@pytest.fixture
def ingest(store: Store) -> Ingest:
    return Ingest(store, CENTRE, lambda: NOW)


@pytest.fixture
def journal(store: Store) -> Journal:
    journal = Journal(DeviceId("west-1"))
    settle(store, journal)
    return journal


def receipt(answer: Answer | None) -> Receipt:
    assert isinstance(answer, Receipt), answer
    answer.require_signature(CENTRE.public_key())
    return answer


def rejection(answer: Answer | None) -> Rejection:
    assert isinstance(answer, Rejection), answer
    answer.require_signature(CENTRE.public_key())
    return answer


def records_of(store: Store, journal: Journal) -> list[Record]:
    with store.reading(NOW) as tx:
        return list_records(tx, (journal.device, journal.epoch))


def punches_of(store: Store, person: PersonId) -> list[PunchFact]:
    with store.reading(NOW) as tx:
        return list_punches(tx, person, since=NOW - FOREVER, until=NOW + FOREVER)


def alarms_of(store: Store) -> list[tuple[str, str]]:
    with store.reading(NOW) as tx:
        return [(raised.alarm.kind, raised.alarm.subject) for raised in list_open_alarms(tx)]


def notices_of(store: Store) -> list[Notice]:
    with store.reading(NOW) as tx:
        return [unsent.notice for unsent in list_unsent(tx, limit=10_000)]


# ---- what a tap becomes -------------------------------------------------------------------------------------------


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
        insert_policy_snapshot(tx, 2, "d", encode_snapshot(later))
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
    assert set(alarms_of(store)) == expected
    kinds = [notice.kind for notice in notices_of(store)]
    assert kinds == ["door.moved", "door.moved", "reader.reported", "alarm.raised", "alarm.raised", "alarm.raised"]


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


# ---- exactly once, whatever the delivery --------------------------------------------------------------------------

_epochs = count(100)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_delivery_takes_every_record_once(store: Store, ingest: Ingest, data: st.DataObject) -> None:
    journals = [Journal(DeviceId(f"any-{next(_epochs)}"), epoch=next(_epochs)) for _ in range(2)]
    with store.transaction(NOW) as tx:
        enroll(tx, *journals)
        if load_published_policy(tx) is None:
            insert_policy_snapshot(tx, 1, "d", encode_snapshot(make_policy()))
    for journal in journals:
        for number in range(12):
            journal.append(make_tap(PEOPLE[number % 4], at=NOW - timedelta(minutes=60 - number)))
    spans = st.tuples(st.sampled_from(journals), st.integers(1, 12), st.integers(1, 12))
    groups = data.draw(st.lists(st.lists(spans, min_size=1, max_size=6), max_size=8))
    for group in groups:
        messages = [journal.message(min(a, b), max(a, b)) for journal, a, b in group]
        for (journal, _, _), answer in zip(group, ingest.take(messages), strict=True):
            upto = receipt(answer).upto_seq
            assert len(records_of(store, journal)) == upto  # a receipt says what is there, neither more nor less
            assert receipt(answer).head == journal.hashes[upto].hex()
    for journal in journals:
        receipt(ingest.take([journal.message()])[0])
        held = records_of(store, journal)
        assert [record.body for record in held] == journal.lines
        assert [record.hash for record in held] == journal.hashes[1:]
        with store.reading(NOW) as tx:
            mine = [p for p in PEOPLE[:4] for p in list_punches(tx, p, since=NOW - FOREVER, until=NOW)]
        assert len([punch for punch in mine if punch.device_id == journal.device]) == 12


def enroll(tx: Tx, *journals: Journal) -> None:
    for journal in journals:
        insert_device(tx, journal.device, public_key_text(journal.key.public_key()))


def test_a_gap_takes_nothing_and_says_where_to_go_on(store: Store, ingest: Ingest, journal: Journal) -> None:
    for person in PEOPLE[:6]:
        journal.append(make_tap(person))
    assert receipt(ingest.take([journal.message(1, 2)])[0]).upto_seq == 2
    assert receipt(ingest.take([journal.message(4, 6)])[0]).upto_seq == 2
    assert len(records_of(store, journal)) == 2
    assert receipt(ingest.take([journal.message(2, 6)])[0]).upto_seq == 6


def test_a_gap_on_an_unseen_epoch_is_answered_from_its_start(store: Store, ingest: Ingest, journal: Journal) -> None:
    for person in PEOPLE[:3]:
        journal.append(make_tap(person))
    answer = receipt(ingest.take([journal.message(2, 3)])[0])
    assert (answer.upto_seq, answer.head) == (0, journal.hashes[0].hex())


def test_out_of_order_within_one_group_is_in_order(store: Store, ingest: Ingest, journal: Journal) -> None:
    for person in PEOPLE[:6]:
        journal.append(make_tap(person))
    answers = ingest.take([journal.message(5, 6), journal.message(3, 4), journal.message(1, 2)])
    assert [receipt(answer).upto_seq for answer in answers] == [6, 6, 6]


def test_racing_workers_take_every_record_once(store: Store, journal: Journal) -> None:
    other = Journal(DeviceId("east-1"))
    with store.transaction(NOW) as tx:
        enroll(tx, other)
    for person in PEOPLE:
        journal.append(make_tap(person))
        other.append(make_tap(person))
    barrier, raised, answers = threading.Barrier(4), [], []

    def work(messages: list[Message]) -> None:
        mine = Ingest(store, CENTRE, lambda: NOW)
        try:
            barrier.wait()
            for _ in range(3):
                answers.extend(mine.take(messages))
        except BaseException as error:
            raised.append(error)

    one, two = [journal.message(), other.message()], [other.message(), journal.message()]
    threads = [threading.Thread(target=work, args=(messages,)) for messages in (one, two, one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []
    assert {receipt(answer).upto_seq for answer in answers} == {20}
    assert len(records_of(store, journal)) == len(records_of(store, other)) == 20
    assert len(punches_of(store, PEOPLE[0])) == 2


def test_rolled_back_is_as_if_nothing_came(store: Store, journal: Journal) -> None:
    journal.append(make_tap(PEOPLE[0]))

    class BrokenError(Exception):
        pass

    ingest = Ingest(store, CENTRE, lambda: NOW)
    batch = verify_batch(decode_batch(journal.batch()), journal.key.public_key())
    verified = VerifiedBatch(batch, public_key_text(journal.key.public_key()))

    def crash() -> None:
        with store.transaction(NOW) as tx:
            record_batches(tx, [verified], PolicyShelf())
            raise BrokenError

    with pytest.raises(BrokenError):
        crash()
    assert records_of(store, journal) == []
    assert punches_of(store, PEOPLE[0]) == []
    assert notices_of(store) == []
    assert receipt(ingest.take([journal.message()])[0]).upto_seq == 1


# ---- forks --------------------------------------------------------------------------------------------------------


def test_two_histories_are_kept_as_evidence_and_count_for_nobody(
    store: Store, ingest: Ingest, journal: Journal
) -> None:
    for _ in range(4):
        journal.append(make_tap(PEOPLE[0]))
    ingest.take([journal.message()])
    other = Journal(journal.device, journal.key, journal.epoch)
    for line in journal.lines[:2]:
        other.append(line)
    for _ in range(3):
        other.append(make_tap(PEOPLE[1]))
    assert rejection(ingest.take([other.message(2, 5)])[0]).reason is Fault.fork
    with store.reading(NOW) as tx:
        device = load_device(tx, journal.device)
        assert device is not None
        assert device.state is DeviceState.quarantined
        assert [held.forked_from_seq for held in list_journals(tx, journal.device).values()] == [3]
    assert [punch.seq for punch in punches_of(store, PEOPLE[0])] == [1, 2]
    assert len(records_of(store, journal)) == 4
    assert ("fork", "west-1") in alarms_of(store)
    # the log goes on, pay does not
    journal.append(make_tap(PEOPLE[0]))
    assert receipt(ingest.take([journal.message(5)])[0]).upto_seq == 5
    assert [punch.seq for punch in punches_of(store, PEOPLE[0])] == [1, 2]
    # and not even once the device is trusted again
    with store.transaction(NOW) as tx:
        save_device_state(tx, journal.device, DeviceState.active)
    journal.append(make_tap(PEOPLE[0]))
    ingest.take([journal.message(6)])
    assert [punch.seq for punch in punches_of(store, PEOPLE[0])] == [1, 2]


def test_the_same_fork_again_is_one_piece_of_evidence(store: Store, ingest: Ingest, journal: Journal) -> None:
    journal.append(make_tap(PEOPLE[0]))
    ingest.take([journal.message()])
    other = Journal(journal.device, journal.key, journal.epoch)
    other.append(make_tap(PEOPLE[1]))
    for _ in range(3):
        assert rejection(ingest.take([other.message()])[0]).reason is Fault.fork
    assert alarms_of(store).count(("fork", "west-1")) == 1


def test_a_fork_within_one_group(store: Store, ingest: Ingest, journal: Journal) -> None:
    journal.append(make_tap(PEOPLE[0]))
    other = Journal(journal.device, journal.key, journal.epoch)
    other.append(make_tap(PEOPLE[1]))
    first, second = ingest.take([journal.message(), other.message()])
    assert receipt(first).upto_seq == 1
    assert rejection(second).reason is Fault.fork
    assert punches_of(store, PEOPLE[0]) == []


# ---- bad input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[" * 5000, "not_json"),
        (b"", "not_json"),
        (b'{"kind":"tap.dreamt"}', "unknown_kind"),
        (b'{"kind":"tap.observed","version":2}', "future_version"),
        (b'{"kind":"tap.observed","version":1,"at":"yesterday"}', "invalid_body"),
        (make_tap(PEOPLE[0]).model_dump_json().replace("2026-11-20T00", "0001-01-01T00").encode(), None),
        (make_tap(PEOPLE[0], reason="a\0b").model_dump_json().encode(), "invalid_body"),
        (make_tap(PEOPLE[0]).model_dump_json().replace('"granted"', '"\\ud800"').encode(), "not_json"),
    ],
)
def test_a_broken_body_is_quarantined_and_blocks_nothing(
    store: Store, ingest: Ingest, journal: Journal, line: bytes, fault: str | None
) -> None:
    journal.append(make_tap(PEOPLE[0]))
    journal.append(line)
    journal.append(make_tap(PEOPLE[1]))
    assert receipt(ingest.take([journal.message()])[0]).upto_seq == 3
    held = records_of(store, journal)
    assert [record.body for record in held] == journal.lines
    if fault is not None:
        assert held[1].kind == "quarantined"
        assert held[1].fault is not None
        assert held[1].fault.startswith(fault)
        assert alarms_of(store) == [("record_quarantined", "west-1")]
    assert len(punches_of(store, PEOPLE[1])) == 1


def _envelope_of_version_2(journal: Journal) -> bytes:
    return journal.batch().replace(b'"version":1', b'"version":2', 1)


def _swapped(journal: Journal) -> bytes:
    head, first, second, *rest = journal.batch().split(b"\n")
    return b"\n".join([head, second, first, *rest])


def _signed_by_another(journal: Journal) -> bytes:
    thief = Journal(journal.device, epoch=journal.epoch)
    for line in journal.lines:
        thief.append(line)
    return thief.batch()


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda _: b"", Fault.malformed),
        (lambda _: b"\x00\xff" * 100, Fault.malformed),
        (lambda _: b"[" * 100_000, Fault.malformed),
        (lambda journal: journal.batch()[:-40].rpartition(b"\n")[0], Fault.malformed),
        (lambda _: b"x" * (256 * 1024 + 1), Fault.oversize),
        (_envelope_of_version_2, Fault.future_version),
        (_swapped, Fault.forged),
        (_signed_by_another, Fault.forged),
        (lambda journal: journal.batch().replace(b'"granted":true', b'"granted":null', 1), Fault.forged),
    ],
)
def test_bad_messages_are_kept_with_their_reason_and_hold_nobody_up(
    store: Store, ingest: Ingest, journal: Journal, make: object, fault: Fault
) -> None:
    for person in PEOPLE[:3]:
        journal.append(make_tap(person))
    bad = Message("sekisho/1/journal/3/west-1", journal.device, make(journal))  # type: ignore[operator]
    answers = ingest.take([bad, journal.message()])
    assert rejection(answers[0]).reason is fault
    assert receipt(answers[1]).upto_seq == 3
    with store.reading(NOW) as tx:
        [kept] = list_refused(tx)
    assert (kept.source, kept.fault) == (bad.source, fault.value)
    assert kept.payload == bad.payload[: 256 * 1024]
    assert kept.detail


def test_a_topic_that_is_not_the_devices_own(store: Store, ingest: Ingest, journal: Journal) -> None:
    journal.append(make_tap(PEOPLE[0]))
    answers = ingest.take(
        [
            Message("sekisho/1/journal/0/east-1", DeviceId("east-1"), journal.batch()),
            Message("sekisho/1/journal/0/west-1/more", None, journal.batch()),
        ]
    )
    assert rejection(answers[0]).reason is Fault.wrong_topic
    assert rejection(answers[0]).device == "east-1"
    assert answers[1] is None
    assert records_of(store, journal) == []


def test_unknown_and_revoked_devices(store: Store, ingest: Ingest, journal: Journal) -> None:
    journal.append(make_tap(PEOPLE[0]))
    stranger = Journal(DeviceId("stranger"))
    stranger.append(make_tap(PEOPLE[0]))
    assert rejection(ingest.take([stranger.message()])[0]).reason is Fault.unknown_device
    with store.transaction(NOW) as tx:
        save_device_state(tx, journal.device, DeviceState.revoked)
    assert rejection(ingest.take([journal.message()])[0]).reason is Fault.revoked_device
    assert records_of(store, journal) == []


def test_a_replaced_key_is_believed_at_once_and_the_old_one_no_longer(
    store: Store, ingest: Ingest, journal: Journal
) -> None:
    journal.append(make_tap(PEOPLE[0]))
    assert receipt(ingest.take([journal.message()])[0]).upto_seq == 1
    renewed = Journal(journal.device, epoch=8)
    renewed.append(make_tap(PEOPLE[0]))
    with store.transaction(NOW) as tx:
        save_device_key(tx, journal.device, public_key_text(renewed.key.public_key()))
    journal.append(make_tap(PEOPLE[0]))
    old, new = ingest.take([journal.message(2), renewed.message()])
    assert rejection(old).reason is Fault.forged
    assert receipt(new).upto_seq == 1


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=st.one_of(st.binary(max_size=200), st.text(max_size=60).map(str.encode)), data=st.data())
def test_no_bytes_at_all_stop_the_stream(store: Store, ingest: Ingest, line: bytes, data: st.DataObject) -> None:
    journal = Journal(DeviceId(f"fuzz-{next(_epochs)}"))
    with store.transaction(NOW) as tx:
        enroll(tx, journal)
    reason = data.draw(st.text(max_size=40))
    journal.append(line.replace(b"\n", b" "))
    journal.append(make_tap(PEOPLE[0], reason=reason, policy_version=0))
    assert receipt(ingest.take([journal.message()])[0]).upto_seq == 2
    assert rejection(ingest.take([Message("t", journal.device, line)])[0]).reason is Fault.malformed
