"""Exactly once, whatever the delivery: repeats, gaps, races, roll-backs and forks, on both databases."""

import threading
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.batch import decode_batch, verify_batch
from contract.errors import Fault
from contract.signatures import public_key_text
from domain.ids import DeviceId
from gateway.intake.ingest import Ingest
from gateway.intake.messages import Message
from gateway.intake.outcomes import VerifiedBatch
from gateway.operations.access.record_taps import record_batches
from gateway.policy.policy_shelf import PolicyShelf
from store.devices import DeviceState, load_device, save_device_state
from store.editions import load_newest_version
from store.punches import list_punches
from store.tx import Store
from store.watermarks import list_journals
from tests.editions import keep_policy
from tests.gateway.city import NOW, PEOPLE, Journal, make_policy, make_tap
from tests.gateway.ingesting import (
    CENTRE,
    FOREVER,
    alarms_of,
    enroll,
    notices_of,
    punches_of,
    receipt,
    records_of,
    rejection,
)

_epochs = count(100)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_delivery_takes_every_record_once(store: Store, ingest: Ingest, data: st.DataObject) -> None:
    journals = [Journal(DeviceId(f"any-{next(_epochs)}"), epoch=next(_epochs)) for _ in range(2)]
    with store.transaction(NOW) as tx:
        enroll(tx, *journals)
        if not load_newest_version(tx):
            keep_policy(tx, make_policy())
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
