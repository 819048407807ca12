"""Run by a test as a process of its own: a consumer that is killed right after a commit, before receipt and ack."""

import json
import os
import signal
import sys
import threading
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.intake.ingest import Ingest
from gateway.intake.key_book import KeyBook
from gateway.intake.status_desk import StatusDesk
from gateway.mqtt.consumer import Consumer
from gateway.mqtt.herald import Herald
from gateway.settings import BrokerSettings
from store.tx import Store
from tests.editions import REVISIONS


def clock() -> datetime:
    """Give the instant."""
    return datetime.now(UTC)


def die() -> None:
    """End as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Consume with the settings of argv[1] on the database of argv[2] until the first commit."""
    settings = BrokerSettings(**json.loads(sys.argv[1]))
    store, key = Store(sys.argv[2]), Ed25519PrivateKey.generate()
    keys = KeyBook(store)
    Consumer(
        settings,
        key,
        clock,
        ingest=Ingest(store, key, clock, keys=keys, committed=die),
        desk=StatusDesk(store, key, clock, keys=keys),
        herald=Herald(store, REVISIONS, key, clock, settings.shards),
    ).run(threading.Event())


if __name__ == "__main__":
    main()
