"""Hop 5 over MQTT: read what has arrived, commit it, send receipts, then acknowledge; one thread does it all.

Group commit needs no timer: an idle consumer commits single taps, a busy one takes what came while it committed.
Failures are sorted:

- passing (database away or locked): hold what was read, read no further, try again with growing pauses. Past
  HOLD_SECONDS the connection is given up with the last will ("the centre is down"); what was held comes again.
- poison: kept by :class:`gateway.intake.ingest.Ingest` with its reason, acknowledged, and never in the way.
- too much poison: Ingest halts; the consumer leaves the broker and stays away until a restart.
- overload: while we commit we do not read; TCP and the devices' own journals wait.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import topics
from contract.receipts import Answer, Receipt
from contract.status import CentreStatus
from domain.ids import DeviceId
from gateway.home_assistant.speaker import Speaker
from gateway.intake.ingest import Ingest, IngestHaltedError
from gateway.intake.messages import Message
from gateway.intake.status_desk import StatusDesk
from gateway.mqtt.commander import Commander
from gateway.mqtt.connection import Arrived, BrokerError, Connection
from gateway.mqtt.herald import Herald
from gateway.policy.policy_post import PolicyPost
from gateway.settings import BrokerSettings
from store.failures import is_passing

log = logging.getLogger(__name__)

HOLD_SECONDS = 8.0
"""Below half the keep-alive, so that the broker still thinks well of us while we hold."""

PAUSE_SECONDS = 0.05
PAUSE_SECONDS_MAX = 5.0
WAIT_SECONDS = 0.25
OFFERS_A_TURN = 200
SPOKEN_A_TURN = 200
PARTS_A_TURN = 8


class StoreAwayError(Exception):
    """The database has not come back within HOLD_SECONDS."""


class Consumer:
    """Consumes the shards of the settings; ``run`` blocks until stopped and raises only on faults of our own."""

    def __init__(
        self,
        settings: BrokerSettings,
        signing_key: Ed25519PrivateKey,
        now: Callable[[], datetime],
        *,
        ingest: Ingest,
        desk: StatusDesk,
        herald: Herald,
        commander: Commander | None = None,
        policies: PolicyPost | None = None,
        speaker: Speaker | None = None,
        hold_seconds: float = HOLD_SECONDS,
    ) -> None:
        self._settings = settings
        self._signing_key = signing_key
        self._now = now
        self._ingest = ingest
        self._desk = desk
        self._herald = herald
        self._commander = commander
        self._policies = policies
        self._speaker = speaker
        self._shards = frozenset(settings.shards)
        self._hold_seconds = hold_seconds
        self._pause = PAUSE_SECONDS

    def run(self, stop: threading.Event) -> None:
        """Consume until ``stop`` is set, connecting again whenever the broker or the database went away."""
        try:
            self._consume(stop)
        finally:
            if self._commander is not None:
                self._commander.close()

    def _consume(self, stop: threading.Event) -> None:
        bell = self._commander.bell if self._commander else None
        while not stop.is_set():
            try:
                with Connection(
                    self._settings,
                    will_topic=topics.CENTRE,
                    will=self._say(up=False),
                    bell=bell,
                    filters=self._speaker.filters if self._speaker else (),
                ) as connection:
                    log.info("connected to the broker at %s:%s", self._settings.host, self._settings.port)
                    connection.publish(topics.CENTRE, self._say(up=True), retain=True)
                    self._herald.restart()
                    if self._commander is not None:
                        self._commander.restart()
                    for rings in (self._policies, self._speaker):
                        if rings is not None and bell is not None:
                            rings.ring = bell.ring
                    if self._speaker is not None:
                        self._speaker.restart()
                    self._serve(connection, stop)
            except IngestHaltedError:
                stop.wait()
            except BrokerError as error:
                log.warning("%s; trying again", error)
                self._rest(stop)
            except StoreAwayError as error:
                log.warning("%s", error)
                self._rest(stop)
                while not stop.is_set() and not self._ingest.is_store_back():
                    self._rest(stop)

    def _rest(self, stop: threading.Event) -> None:
        stop.wait(self._pause)
        self._pause = min(2 * self._pause, PAUSE_SECONDS_MAX)

    def _serve(self, connection: Connection, stop: threading.Event) -> None:
        while not stop.is_set():
            arrived = connection.read(self._wait_seconds(connection))
            self._command(connection)  # before what was read: doors do not wait for a backlog's commit
            self._send_policies(connection)
            self._speak(connection)
            if arrived:
                self._handle(connection, arrived, stop)
                self._pause = PAUSE_SECONDS
            if self._ingest.halted:
                raise IngestHaltedError

    def _wait_seconds(self, connection: Connection) -> float:
        ready = any(each is not None and each.has_ready for each in (self._policies, self._speaker))
        if (ready and connection.has_room) or self._herald.is_behind:
            return 0.0
        return self._commander.wait_seconds(WAIT_SECONDS) if self._commander else WAIT_SECONDS

    def _send_policies(self, connection: Connection) -> None:
        """Send what is ready, a bounded amount a turn: offers before their pointers, parts while there is room."""
        if self._policies is not None:
            for ready in self._policies.take(offers=OFFERS_A_TURN, parts=PARTS_A_TURN if connection.has_room else 0):
                if isinstance(ready.message, bytes):
                    connection.publish(topics.policy_part(ready.device), ready.message)
                elif ready.message is not None:
                    connection.publish(topics.policy_offer(ready.device), ready.message.encoded())
                if ready.pointer:
                    self._herald.greet(ready.device)
        for pointer in self._herald.due():
            connection.publish(topics.policy(DeviceId(pointer.device)), pointer.encoded(), retain=True)
        for device in self._herald.forgotten():
            connection.publish(topics.policy(device), b"", retain=True)

    def _command(self, connection: Connection) -> None:
        now = self._now()
        for told in self._commander.due() if self._commander else []:
            seconds = max(1, int((told.expires_at - now).total_seconds()))
            connection.publish(topics.command(told.device), told.message.encoded(), expires_seconds=seconds)

    def _speak(self, connection: Connection) -> None:
        """Tell Home Assistant what is ready, while there is room."""
        if self._speaker is not None and connection.has_room:
            for topic, payload in self._speaker.take(SPOKEN_A_TURN):
                connection.publish(topic, payload, retain=True)

    def _handle(self, connection: Connection, arrived: Sequence[Arrived], stop: threading.Event) -> None:
        """Commit one group, answer it, acknowledge it; on a passing failure hold it and try again."""
        deadline, pause = time.monotonic() + self._hold_seconds, PAUSE_SECONDS
        while True:
            try:
                answers = self._take(arrived)
                break
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("the database does not take anything now (%s); holding", type(error).__name__)
                if stop.wait(pause):
                    return
                if time.monotonic() > deadline:
                    raise StoreAwayError("the database is away; leaving the broker") from None
                pause = min(2 * pause, 1.0)
        for answer in answers:
            connection.publish(topics.receipt(DeviceId(answer.device)), answer.encoded())
        connection.acknowledge(arrived)

    def _take(self, arrived: Sequence[Arrived]) -> list[Answer]:
        """Take journals, then statuses, then questions; gives each answer once, receipts last-known only."""
        messages = [
            Message(message.topic, topics.device_of(message.topic), message.payload)
            for message in arrived
            if not (self._is_spoken(message) or _is_forgotten(message))
        ]
        statuses = [message for message in messages if _is_status(message)]
        wanted = [message for message in messages if _is_wanted(message)]
        journals = [message for message in messages if not (_is_status(message) or _is_wanted(message))]
        answers = self._ingest.take(journals) if journals else []
        mine = [status for status in statuses if status.device and topics.shard_of(status.device) in self._shards]
        born = self._desk.take(mine) if mine else []
        for answer in born:
            if isinstance(answer, Receipt):
                self._herald.greet(DeviceId(answer.device))
        for question in wanted:
            if self._policies and question.device and topics.shard_of(question.device) in self._shards:
                self._policies.hear(question)
        return list({_key(answer): answer for answer in [*answers, *born] if answer is not None}.values())

    def _is_spoken(self, message: Arrived) -> bool:
        """Hand over what Home Assistant says, or the broker about it; tells whether it was such."""
        if self._speaker is None or not self._speaker.is_for(message.topic):
            return False
        self._speaker.hear(message.topic, message.payload, retained=message.retained)
        return True

    def _say(self, *, up: bool) -> bytes:
        return CentreStatus(up=up, at=self._now()).signed(self._signing_key).encoded()


def _is_forgotten(message: Arrived) -> bool:
    """Tell whether the broker passes on that a revoked device's status is retained no more: nobody said anything."""
    device = topics.device_of(message.topic)
    return not message.payload and device is not None and message.topic == topics.status(device)


def _is_status(message: Message) -> bool:
    return message.device is not None and message.source == topics.status(message.device)


def _is_wanted(message: Message) -> bool:
    return message.device is not None and message.source == topics.policy_wanted(message.device)


def _key(answer: Answer) -> tuple[str, ...]:
    return answer.kind, answer.device, str(answer.epoch) if isinstance(answer, Receipt) else answer.reason
