"""The simulated broker has the vices that mosquitto was measured to have, and no others."""

from random import Random

import pytest

from tests.sim.broker import Broker, Delivery
from tests.sim.network import Network, Wire
from tests.sim.timeline import MINUTE, SECOND, Timeline, Trace


class Peer:
    """A client that remembers what it was told."""

    def __init__(self, name: str, broker: Broker, *, lasting: bool = False, acknowledges: bool = True) -> None:
        self.name = name
        self.broker = broker
        self.lasting = lasting
        self.acknowledges = acknowledges
        self.got: list[Delivery] = []
        self.confirmed: list[int] = []
        self.lost = 0
        self.connect()

    def connect(self) -> None:
        self.wire = self.broker.connect(self, lasting=self.lasting)

    def on_connected(self, wire: Wire, *, resumed: bool) -> None:
        self.broker.subscribe(wire, ["a/+"])

    def on_message(self, wire: Wire, delivery: Delivery) -> None:
        self.got.append(delivery)
        if self.acknowledges:
            self.broker.acknowledge(wire, delivery.packet)

    def on_puback(self, wire: Wire, packet: int) -> None:
        self.confirmed.append(packet)

    def on_disconnected(self, wire: Wire) -> None:
        self.lost += 1


@pytest.fixture
def timeline() -> Timeline:
    return Timeline()


@pytest.fixture
def broker(timeline: Timeline) -> Broker:
    return Broker(Network(timeline, Random(1)), Trace(timeline), queue_max=5)


def publish(timeline: Timeline, broker: Broker, peer: Peer, count: int) -> None:
    for packet in range(1, count + 1):
        broker.publish(peer.wire, packet, "a/b", b"%d" % packet)
    timeline.run_until(timeline.now + SECOND)


def connected(
    timeline: Timeline, broker: Broker, name: str, *, lasting: bool = False, acknowledges: bool = True
) -> Peer:
    peer = Peer(name, broker, lasting=lasting, acknowledges=acknowledges)
    timeline.run_until(timeline.now + SECOND)
    return peer


def test_puback_is_no_proof_when_the_broker_is_killed(timeline: Timeline, broker: Broker) -> None:
    reader = connected(timeline, broker, "reader", lasting=True)
    writer = connected(timeline, broker, "writer")
    reader.wire.close()
    publish(timeline, broker, writer, 3)
    broker.kill()
    broker.start()
    reader.connect()
    timeline.run_until(timeline.now + MINUTE)
    assert writer.confirmed == [1, 2, 3]
    assert reader.got == []


def test_full_queue_drops_in_silence_and_says_yes(timeline: Timeline, broker: Broker) -> None:
    reader = connected(timeline, broker, "reader", lasting=True)
    writer = connected(timeline, broker, "writer")
    reader.wire.close()
    publish(timeline, broker, writer, 8)
    reader.connect()
    timeline.run_until(timeline.now + MINUTE)
    assert writer.confirmed == list(range(1, 9))
    assert [delivery.payload for delivery in reader.got] == [b"1", b"2", b"3", b"4", b"5"]


def test_unacknowledged_comes_again_only_on_reconnect(timeline: Timeline, broker: Broker) -> None:
    reader = connected(timeline, broker, "reader", lasting=True, acknowledges=False)
    writer = connected(timeline, broker, "writer")
    publish(timeline, broker, writer, 1)
    timeline.run_until(timeline.now + 10 * MINUTE)
    assert [delivery.again for delivery in reader.got] == [False]
    reader.wire.close()
    reader.connect()
    timeline.run_until(timeline.now + MINUTE)
    assert [delivery.again for delivery in reader.got] == [False, True]


def test_second_client_of_a_name_cuts_off_the_first(timeline: Timeline, broker: Broker) -> None:
    first = connected(timeline, broker, "box")
    second = connected(timeline, broker, "box")
    assert (first.lost, second.lost) == (1, 0)


def test_retained_is_told_to_whoever_subscribes_later(timeline: Timeline, broker: Broker) -> None:
    broker.inject("a/b", b"kept", retain=True)
    reader = connected(timeline, broker, "reader")
    assert [(delivery.payload, delivery.retained) for delivery in reader.got] == [(b"kept", True)]


def test_one_way_cut_leaves_no_hole_in_a_stream(timeline: Timeline, broker: Broker) -> None:
    reader = connected(timeline, broker, "reader")
    writer = connected(timeline, broker, "writer")
    broker.network.cut(("writer", "broker"), SECOND)
    broker.publish(writer.wire, 1, "a/b", b"lost")
    timeline.run_until(timeline.now + 2 * SECOND)
    broker.publish(writer.wire, 2, "a/b", b"behind the hole")
    timeline.run_until(timeline.now + MINUTE)
    assert reader.got == []
    assert writer.lost == 1
