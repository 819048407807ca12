"""What a birth says about the journal behind it: gaps, storage that went back, and births that records overtook."""

from datetime import timedelta

from contract.signatures import public_key_text
from contract.status import DeviceBorn
from gateway.intake.ingest import Ingest
from gateway.operations.access.record_status import record_birth
from store.alarms import list_open_alarms
from store.tx import Store
from tests.gateway.city import NOW, PEOPLE, Journal, make_tap


def alarms_after(store: Store, journal: Journal, *, next_seq: int, seconds_later: float) -> list[str]:
    at = NOW + timedelta(seconds=seconds_later)
    born = DeviceBorn(
        device=journal.device,
        session="s",
        epoch=journal.epoch,
        first_seq=1,
        next_seq=next_seq,
        pending=0,
        policy_version=1,
        software="sekisho",
        at=at,
    ).signed(journal.key)
    with store.transaction(at) as tx:
        record_birth(tx, born, public_key_text(journal.key.public_key()))
        return [raised.alarm.kind for raised in list_open_alarms(tx)]


def test_storage_that_went_back_in_time_is_told(store: Store, ingest: Ingest, journal: Journal) -> None:
    for person in PEOPLE[:3]:
        journal.append(make_tap(person))
    ingest.take([journal.message()])
    assert alarms_after(store, journal, next_seq=3, seconds_later=60) == ["journal_rolled_back"]


def test_a_birth_that_records_overtook_tells_nothing(store: Store, ingest: Ingest, journal: Journal) -> None:
    for person in PEOPLE[:3]:
        journal.append(make_tap(person))
    ingest.take([journal.message()])
    assert alarms_after(store, journal, next_seq=3, seconds_later=0.1) == []


def test_a_birth_that_goes_on_tells_nothing(store: Store, ingest: Ingest, journal: Journal) -> None:
    journal.append(make_tap(PEOPLE[0]))
    ingest.take([journal.message()])
    assert alarms_after(store, journal, next_seq=2, seconds_later=60) == []
