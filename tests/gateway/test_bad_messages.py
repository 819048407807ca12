"""Bad input is refused or quarantined with a reason, counted, and never holds up what follows."""

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.errors import Fault
from contract.signatures import public_key_text
from domain.ids import DeviceId
from gateway.intake.ingest import Ingest
from gateway.intake.messages import Message
from store.devices import DeviceState, save_device_key, save_device_state
from store.refused import list_refused
from store.tx import Store
from tests.gateway.city import NOW, PEOPLE, Journal, make_tap
from tests.gateway.ingesting import alarms_of, enroll, punches_of, receipt, records_of, rejection

_devices = count()


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
    journal = Journal(DeviceId(f"fuzz-{next(_devices)}"))
    with store.transaction(NOW) as tx:
        enroll(tx, journal)
    reason = data.draw(st.text(max_size=40))
    journal.append(line.replace(b"\n", b" "))
    journal.append(make_tap(PEOPLE[0], reason=reason, policy_version=0))
    assert receipt(ingest.take([journal.message()])[0]).upto_seq == 2
    assert rejection(ingest.take([Message("t", journal.device, line)])[0]).reason is Fault.malformed
