"""The baseline of everything that goes over the broker: the same number of messages there and back, without us."""

import threading
import time
from typing import Any

from paho.mqtt.client import Client, MQTTMessage

from benchmarks.plant import connect
from tests.gateway.broker import Broker

_TOPIC = "sekisho/1/bare/x"


def time_bare_messages(broker: Broker, count: int, length: int, seconds: float = 30.0) -> float:
    """Publish so many messages at once at QoS 1; gives the seconds until another client has them all.

    Raises:
        TimeoutError: they did not come within ``seconds``.
    """
    left = count
    ready, done = threading.Event(), threading.Event()

    def note(_client: Client, _data: Any, _message: MQTTMessage) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            done.set()

    listener, sender = connect(broker, "listener"), connect(broker, "sender")
    listener.on_message = note
    listener.on_subscribe = lambda *_: ready.set()
    listener.subscribe(_TOPIC, qos=1)
    ready.wait(seconds)
    begun = time.perf_counter()
    for _ in range(count):
        sender.publish(_TOPIC, b"x" * length, qos=1)
    came = done.wait(seconds)
    taken = time.perf_counter() - begun
    for client in (listener, sender):
        client.disconnect()
        client.loop_stop()
    if not came:
        raise TimeoutError(f"{left} of {count} bare messages did not come")
    return taken
