"""Many controllers' policy road in one process: real cache, intake and watch, each over its own broker connection.

``python -m benchmarks.revocation_edges PLAN`` runs until its standard input ends. Whenever a policy takes effect at a
box, or a message of the bare baseline arrives, a line says so with the kernel's monotonic time. From the round
``HELD_FROM`` on boxes take in what arrives only after a while, one after the other: then the arrivals tell of centre
and broker alone, and what a box does itself is seen without 499 others on its processor.
"""

import json
import ssl
import sys
import threading
import time
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

from contract import topics
from contract.policy import PART_BYTES, decode_offer
from contract.signatures import read_public_key
from contract.status import DeviceBorn
from contract.tokens import DeviceTokens
from domain.access.policy import CredentialStatus
from domain.ids import CredentialToken, DeviceId
from readers.clock import SystemClock
from readers.link import Identity
from readers.policy_cache import HeldPolicy, PolicyCache
from readers.policy_watch import PolicyWatch

HELD_FROM = 10
HOLD_SECONDS = 4.0

_SAYS = threading.Lock()


def say(**told: Any) -> None:
    """Write one line."""
    with _SAYS:
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


class Edge:
    """One box: what it holds, and its connection."""

    def __init__(self, plan: dict[str, Any], box: dict[str, Any], later: "Later") -> None:
        self._later = later
        self.device = DeviceId(box["device"])
        self._key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(box["key"]))
        centre_key = read_public_key(plan["centre_key"])
        names = DeviceTokens(bytes.fromhex(box["names_key"]))
        self._cards = names.name([CredentialToken(token) for token in plan["cards"]])
        self._round = 0
        self._lock = threading.Lock()
        folder = Path(plan["state"]) / self.device
        folder.mkdir(parents=True)
        self._cache = PolicyCache(folder, self.device, centre_key)
        if "pointer" in box:
            self._provide(box)
        self._watch = PolicyWatch(
            self._cache,
            Identity(self.device, self._key, centre_key, "bench"),
            SystemClock(),
            send=lambda payload: self._publish(topics.policy_wanted(self.device), payload),
            took=self._note_policy,
            found=lambda alarm: say(device=self.device, alarm=alarm.detail),
        )
        self._version = self._cache.held.snapshot.version if self._cache.held else 0
        self._arrived = self._began = 0.0
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=self.device, protocol=MQTTProtocolVersion.MQTTv5)
        self._connect(plan, box)

    def _provide(self, box: dict[str, Any]) -> None:
        offer, packed = decode_offer(box["offer"].encode()), b64decode(box["packed"])
        self._cache.confirm(self._cache.read_pointer(box["pointer"].encode()))
        self._cache.begin(offer)
        for number in range(offer.parts):
            self._cache.store(number, packed[number * PART_BYTES : (number + 1) * PART_BYTES])
        self._cache.take()

    def _connect(self, plan: dict[str, Any], box: dict[str, Any]) -> None:
        client = self._client
        context = ssl.create_default_context(cafile=plan["ca_file"])
        context.load_cert_chain(box["certificate"], box["certificate_key"])
        client.tls_set_context(context)
        client.on_connect = self._subscribe
        client.on_subscribe = lambda *_: self._be_born()
        client.on_message = self._hear
        client.connect("127.0.0.1", plan["port"])
        client.loop_start()

    def _subscribe(self, client: Client, *_: Any) -> None:
        own = (topics.policy, topics.policy_offer, topics.policy_part, topics.command)
        client.subscribe([(topic(self.device), SubscribeOptions(qos=1)) for topic in own])

    def _hear(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        mono = time.monotonic()
        if message.topic == topics.command(self.device):
            say(device=self.device, bare=mono)
            return
        kinds = {topics.policy: "pointer", topics.policy_offer: "offer", topics.policy_part: "part"}
        what: Any = next(kind for topic, kind in kinds.items() if topic(self.device) == message.topic)
        if self._round < HELD_FROM:
            self.take_in(mono, what, bytes(message.payload))
        else:
            self._later.put((mono + HOLD_SECONDS, self, mono, what, bytes(message.payload)))

    def take_in(self, arrived_mono: float, what: Any, payload: bytes) -> None:
        """Do what the box does with a message."""
        with self._lock:
            self._arrived, self._began = arrived_mono, time.monotonic()
            self._watch.handle(what, payload)

    def pass_time(self) -> None:
        """Ask for what is due."""
        with self._lock:
            if (due := self._watch.due_mono) is not None and due <= time.monotonic():
                self._watch.pass_time()

    def _note_policy(self, held: HeldPolicy) -> None:
        if held.snapshot.version == self._version:
            return
        mono, credentials = time.monotonic(), held.snapshot.credentials
        self._version = held.snapshot.version
        while self._round < len(self._cards):
            credential = credentials.get(self._cards[self._round])
            if credential is None or credential.status is not CredentialStatus.suspended:
                break
            say(device=self.device, round=self._round, arrived=self._arrived, began=self._began, refused=mono)
            self._round += 1
        say(device=self.device, version=self._version, mono=mono, cards=len(credentials))
        self._be_born()

    def _be_born(self) -> None:
        born = DeviceBorn(
            device=self.device,
            session="bench",
            epoch=1,
            first_seq=1,
            next_seq=1,
            pending=0,
            policy_version=self._version,
            software="bench",
            at=datetime.now(UTC),
        )
        self._publish(topics.status(self.device), born.signed(self._key).encoded())

    def _publish(self, topic: str, payload: bytes) -> None:
        self._client.publish(topic, payload, qos=1)


Later = SimpleQueue[tuple[float, "Edge", float, Any, bytes]]
"""What boxes take in when its time has come: that time, the box, when it arrived, what it is."""


def take_in_later(later: Later) -> None:
    """Let boxes take in what was held back, one after the other."""
    while True:
        due_mono, edge, arrived_mono, what, payload = later.get()
        time.sleep(max(0.0, due_mono - time.monotonic()))
        edge.take_in(arrived_mono, what, payload)


def main() -> None:
    """Run the plan's boxes."""
    plan = json.loads(Path(sys.argv[1]).read_text())
    later: Later = SimpleQueue()
    threading.Thread(target=take_in_later, args=(later,), daemon=True).start()
    edges = [Edge(plan, box, later) for box in plan["boxes"]]
    say(ready=len(edges))
    ended = threading.Event()
    threading.Thread(target=_wait_for_end, args=(ended,), daemon=True).start()
    while not ended.wait(0.5):
        for edge in edges:
            edge.pass_time()


def _wait_for_end(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


if __name__ == "__main__":
    main()
