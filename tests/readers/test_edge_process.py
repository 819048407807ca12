"""The edge as it ships: a real process with simulated readers, over real TLS, over HTTPS and over a real broker."""

import random
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from contract import topics
from contract.commands import DoorCommand
from contract.records import AgentStarted, CommandAnswered, DoorMoved, TapObserved
from tests.gateway.broker import Broker
from tests.readers import cases
from tests.readers.box import Box
from tests.readers.cases import CENTRE_KEY, DEVICE, policy_now
from tests.readers.centre import Centre, describe, https_centre, until
from tests.servers import free_port

pytestmark = pytest.mark.real


@pytest.fixture
def https_port(box: Box, centre: Centre) -> Iterator[int]:
    with https_centre(centre, ca_file=box.ca_file, certificate_file=box.server_crt, key_file=box.server_key) as port:
        yield port


def taps(centre: Centre) -> list[TapObserved]:
    return [body for body in centre.bodies if isinstance(body, TapObserved)]


def test_a_tap_goes_all_the_way_over_https(box: Box, centre: Centre, https_port: int) -> None:
    box.write_settings(https_port=https_port)
    with box.running() as process:
        until(lambda: centre.births and centre.births[-1].policy_version == 3)
        box.tap()
        until(
            lambda: (
                [body.state for body in centre.bodies if isinstance(body, DoorMoved)][-2:] == ["released", "relocked"]
            )
        )
        assert box.said("door main released for 0.3 s") == 1
        assert box.said("[granted] 出勤") == 1
        box.tap("stranger")
        until(lambda: len(taps(centre)) == 2)
        newer = policy_now(4)
        gone = dict(newer.credentials)
        del gone[cases.name_of("anna")]
        centre.publish(replace(newer, credentials=gone))
        begun = time.monotonic()
        until(lambda: box.said("[refused]") >= 1)
        while taps(centre)[-1].policy_version != 4:
            before = len(taps(centre))
            box.tap()
            until(lambda before=before: len(taps(centre)) > before)  # type: ignore[misc]
            assert time.monotonic() - begun < 10
        assert taps(centre)[-1].granted is False
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert isinstance(centre.bodies[0], AgentStarted), describe(centre)
    assert centre.headers[-1].mode == "live"


def test_offline_it_decides_from_its_disk_and_catches_up_later(box: Box, centre: Centre, https_port: int) -> None:
    box.write_settings(https_port=https_port)
    with box.running():
        until(lambda: centre.births and centre.births[-1].policy_version == 3)
    box.write_settings(https_port=free_port())
    with box.running():
        box.tap()
        until(lambda: box.said("[granted]") == 1)
    held = len(taps(centre))
    box.write_settings(https_port=https_port)
    with box.running():
        until(lambda: len(taps(centre)) == held + 1)
    assert taps(centre)[-1].granted
    assert "catch_up" in {header.mode for header in centre.headers}


def test_killed_again_and_again_it_loses_no_tap_it_answered(box: Box, centre: Centre, https_port: int) -> None:
    box.write_settings(https_port=https_port)
    rng = random.Random(20261122)
    sent = 0
    for _ in range(4):
        with box.running() as process:
            for _ in range(12):
                box.tap(rng.choice(["anna", "stranger"]))
                sent += 1
                time.sleep(rng.uniform(0.0, 0.03))
            process.kill()
            assert process.wait(10) == -signal.SIGKILL
    with box.running():
        until(lambda: centre.births and centre.births[-1].pending == 0)
    answered = box.said("[granted]") + box.said("[refused]")
    assert 0 < answered <= len(taps(centre)) <= sent
    assert len(centre.records) == 1, "one epoch: the journal was never begun anew"


def lock_down(command: str = "c-1") -> bytes:
    now = datetime.now(UTC)
    return (
        DoorCommand(
            device=DEVICE,
            id=command,
            doors=("main", "server"),
            action="lock_down",
            by="unyo",
            issued_at=now,
            expires_at=now + timedelta(seconds=30),
        )
        .signed(CENTRE_KEY)
        .encoded()
    )


def test_a_lock_down_is_obeyed_once_and_outlives_the_process(box: Box, centre: Centre, https_port: int) -> None:
    box.write_settings(https_port=https_port)
    with box.running():
        until(lambda: centre.births and centre.births[-1].policy_version == 3)
        centre.commands.append(lock_down())
        until(lambda: [body for body in centre.bodies if isinstance(body, CommandAnswered)])
        box.tap()
        until(lambda: taps(centre))
        assert (taps(centre)[0].granted, taps(centre)[0].reason) == (False, "threat_level")
    centre.commands.clear()
    with box.running():
        until(lambda: len(centre.births) > 1 and centre.births[-1].policy_version == 3)
        box.tap()
        until(lambda: len(taps(centre)) == 2)
        assert taps(centre)[1].reason == "threat_level", "a restart ends no lock-down"
    answers = [body for body in centre.bodies if isinstance(body, CommandAnswered)]
    assert [(answer.command, answer.obeyed) for answer in answers] == [("c-1", True)]


def test_over_a_broker(box: Box, centre: Centre, https_port: int) -> None:
    broker = Broker(box.folder)
    broker.certify("gateway")
    port = broker.port
    with broker.running():
        gateway = _gateway(box, centre, port)
        box.write_settings(https_port=https_port, mqtt_port=port)
        with box.running() as process:
            until(lambda: centre.births and centre.births[-1].policy_version == 0)
            found = centre.pointer()
            assert found is not None
            gateway.publish(topics.policy(DEVICE), found.encoded(), qos=1, retain=True)
            until(lambda: any(getattr(body, "policy_version", 0) == 3 for body in centre.bodies))
            box.tap()
            until(lambda: taps(centre))
            assert taps(centre)[0].granted
            until(lambda: box.said("door main locked") >= 2)
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        gateway.disconnect()
        gateway.loop_stop()
    assert centre.headers[-1].mode == "live"


def _gateway(box: Box, centre: Centre, port: int) -> Client:
    client = Client(CallbackAPIVersion.VERSION2, client_id="gateway", protocol=MQTTProtocolVersion.MQTTv5)
    client.tls_set(str(box.ca_file), str(box.folder / "gateway.crt"), str(box.folder / "gateway.key"))

    def on_message(_client: Client, _data: object, message: object) -> None:
        from contract.status import DeviceBorn, decode_device_status

        topic, payload = message.topic, bytes(message.payload)  # type: ignore[attr-defined]
        if topic == topics.status(DEVICE):
            status = decode_device_status(payload)
            status.require_signature(cases.DEVICE_KEY.public_key())
            if isinstance(status, DeviceBorn):
                centre.births.append(status)
        elif topic == topics.policy_wanted(DEVICE):
            if (offer := centre.offer(payload)) is not None:
                client.publish(topics.policy_offer(DEVICE), offer, qos=1)
        else:
            client.publish(topics.receipt(DEVICE), centre.take(payload).encoded(), qos=1)

    client.on_message = on_message
    client.connect("localhost", port)
    client.subscribe([("sekisho/1/journal/+/+", 1), (topics.STATUS_FILTER, 1), (topics.POLICY_WANTED_FILTER, 1)])
    client.loop_start()
    return client
