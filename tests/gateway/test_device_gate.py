"""A revoked device is put out of a real broker and cannot come back; others stay, whatever befalls the list."""

import os
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography import x509

from contract import topics
from gateway.operations.access.revoke_device import RevokeFault
from gateway.site.revocation_list import LIST_LIFE, build_list, ensure_list, read_lists, write_lists
from store.alarms import list_open_alarms
from store.device_certificates import list_device_revocations
from store.devices import DeviceState, load_device
from tests.gateway.gated import EAST, WEST, Hall, Wire, open_hall, running

pytestmark = pytest.mark.real

SECONDS = 10.0


@pytest.fixture
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    made = open_hall(tmp_path_factory.mktemp("g"))
    with running(made):
        yield made


def alarms(hall: Hall) -> list[str]:
    with hall.context.store.reading(hall.clock()) as tx:
        return [each.alarm.kind for each in list_open_alarms(tx)]


def test_a_revoked_device_is_off_and_stays_out_while_others_stay(hall: Hall) -> None:
    hall.gate.look()
    with Wire(hall, WEST) as west, Wire(hall, EAST) as east, Wire(hall, "gateway") as centre:
        assert west.connected.get(timeout=SECONDS)
        assert east.connected.get(timeout=SECONDS)
        west.retain(topics.status(WEST), b"born")
        east.retain(topics.status(EAST), b"born")
        assert hall.revoke(WEST) is None
        began = time.monotonic()
        hall.gate.look()
        assert west.ended.get(timeout=SECONDS) - began < SECONDS
        assert centre.list_retained([topics.STATUS_FILTER]) == {topics.status(EAST)}
        assert east.ended.empty()
    assert not hall.can_connect(WEST)
    assert hall.can_connect(EAST)
    with hall.context.store.reading(hall.clock()) as tx:
        revocation = list_device_revocations(tx)[0]
        device = load_device(tx, WEST)
    assert revocation.parted_at is not None
    assert (revocation.revoked_by, revocation.reason) == ("soumu", "盗まれた")
    assert device is not None
    assert device.state is DeviceState.revoked
    assert alarms(hall) == []


def test_a_device_whose_certificate_nobody_knows_is_never_said_to_stay_out(hall: Hall) -> None:
    (hall.rendered.root / "gateway" / "device-keys" / f"{WEST}.crt").unlink()
    hall.gate.look()
    assert hall.revoke(WEST) is None
    hall.gate.look()
    with hall.context.store.reading(hall.clock()) as tx:
        assert [each.parted_at for each in list_device_revocations(tx)] == [None]
    assert alarms(hall) == ["revocation_not_in_force"]


def test_the_gate_hears_of_it_in_its_thread(hall: Hall) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=hall.gate.run, args=(stop,))
    thread.start()
    try:
        with Wire(hall, WEST) as west:
            assert west.connected.get(timeout=SECONDS)
            hall.revoke(WEST)
            assert west.ended.get(timeout=SECONDS)
    finally:
        stop.set()
        thread.join(SECONDS)
    assert not hall.can_connect(WEST)


def test_a_word_that_does_not_count(hall: Hall) -> None:
    assert hall.revoke(WEST, "") is RevokeFault.no_reason
    assert hall.can_connect(WEST)
    assert hall.revoke(WEST) is None
    assert hall.revoke(WEST) is RevokeFault.revoked


def test_a_broker_that_does_not_read_its_list_is_told_of_until_it_does(hall: Hall) -> None:
    assert hall.settings.broker_pid_file is not None
    pid = hall.settings.broker_pid_file.read_text()
    hall.settings.broker_pid_file.write_text(str(os.getpid()))  # no mosquitto: nobody is signalled
    with Wire(hall, WEST) as west:
        assert west.connected.get(timeout=SECONDS)
        hall.revoke(WEST)
        hall.gate.look()
        assert west.ended.get(timeout=SECONDS)  # put out all the same, though it could come back
    assert alarms(hall) == ["revocation_not_in_force"]
    hall.settings.broker_pid_file.write_text(pid)
    again = type(hall.gate)(hall.context, hall.settings)
    again.look()
    assert not hall.can_connect(WEST)
    with hall.context.store.reading(hall.clock()) as tx:
        assert list_device_revocations(tx)[0].parted_at is not None


def test_no_mistake_of_the_list_keeps_everybody_out_for_long(hall: Hall) -> None:
    hall.gate.look()
    path, authority = hall.settings.crl_file, hall.settings.read_authority()
    assert authority is not None
    hall.revoke(WEST)
    hall.gate.look()
    for wrong in (-LIST_LIFE - timedelta(days=2), timedelta(days=3000)):  # lapsed; of a clock that ran ahead
        write_lists(path, [build_list(authority, [], now=hall.clock() + wrong)])
        hall.gate.look()
        assert hall.can_connect(EAST)
        assert not hall.can_connect(WEST)
    path.unlink()
    hall.gate.look()
    assert hall.can_connect(EAST)
    assert not hall.can_connect(WEST)


def test_rendering_again_keeps_what_is_refused(hall: Hall) -> None:
    hall.revoke(WEST)
    hall.gate.look()
    path, authority = hall.settings.crl_file, hall.settings.read_authority()
    assert authority is not None
    serial = x509.load_pem_x509_certificate(hall.files(WEST)[0].read_bytes()).serial_number
    ensure_list(authority, path, now=hall.clock() + timedelta(days=400))
    (found,) = read_lists(path.read_bytes())
    assert serial in {each.serial_number for each in found}
    assert found.next_update_utc is not None
    assert found.next_update_utc > hall.clock() + timedelta(days=700)
