"""The boxes of the revocation benchmark: what each begins with, and the processes that run them."""

import json
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from benchmarks.plant import SIGNING_KEY, utc_now
from benchmarks.revocation_city import BOXES, FULL, NAMES_KEY, device, device_key, token
from contract.policy import PolicyPointer, make_offer
from contract.policy_snapshot import encode_snapshot
from contract.signatures import public_key_text
from contract.tokens import derive_device_key
from domain.access.cutting import cut_structure
from domain.ids import AccessPointId, CredentialToken
from gateway.policy.names import DeviceNames
from gateway.policy.policy_shelf import PolicyShelf
from store.tx import Store
from tests.gateway.broker import Broker

FEW = 1_000
"""So many persons' cards are put up at a box that not everybody may pass."""
PROCESSES = 2


def plan_boxes(store: Store, shelf: PolicyShelf, names: DeviceNames) -> list[dict[str, Any]]:
    """Give each box's plan; those with few cards are put up with a policy that holds them."""
    with store.reading(utc_now()) as tx:
        policy = shelf.load(tx, 2)
    assert policy is not None  # noqa: S101
    few = {token(number): policy.credentials[token(number)] for number in range(FEW)}
    boxes = []
    for number in range(BOXES):
        name = device(number)
        box: dict[str, Any] = {
            "device": name,
            "key": device_key(number).private_bytes_raw().hex(),
            "names_key": derive_device_key(NAMES_KEY, name).hex(),
        }
        if number >= FULL:
            cut = cut_structure(policy, [AccessPointId(name)])
            part = replace(cut.structure, credentials={card: cut.credential(held) for card, held in few.items()})
            offer, packed = make_offer(name, 0, policy.version, encode_snapshot(part, (), names.of(name).name))
            pointer = PolicyPointer(device=name, policy_version=policy.version, confirmed_at=utc_now())
            box |= {"offer": offer.signed(SIGNING_KEY).encoded().decode(), "packed": b64encode(packed).decode()}
            box["pointer"] = pointer.signed(SIGNING_KEY).encoded().decode()
        boxes.append(box)
    return boxes


@contextmanager
def running_boxes(
    folder: Path, state: Path, broker: Broker, boxes: list[dict[str, Any]], cards: list[CredentialToken]
) -> Iterator["SimpleQueue[dict[str, Any]]"]:
    """Run the planned boxes, which say of each of ``cards`` in turn when it is refused; gives all that they say."""
    for box in boxes:
        certificate, key = broker.certify(box["device"])
        box |= {"certificate": str(certificate), "certificate_key": str(key)}
    heard: SimpleQueue[dict[str, Any]] = SimpleQueue()
    processes = []
    for number in range(PROCESSES):
        plan = {
            "boxes": boxes[number::PROCESSES],
            "centre_key": public_key_text(SIGNING_KEY.public_key()),
            "cards": cards,
            "state": str(state),
            "ca_file": str(broker.ca_file),
            "port": broker.port,
        }
        file = folder / f"edges-{number}.json"
        file.write_text(json.dumps(plan))
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.revocation_edges", file],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        threading.Thread(target=_listen, args=(process, heard), daemon=True).start()
    for _ in processes:
        while "ready" not in heard.get(timeout=600):
            pass
    try:
        yield heard
    finally:
        for process in processes:
            process.communicate(timeout=60)


def _listen(process: "subprocess.Popen[str]", heard: "SimpleQueue[dict[str, Any]]") -> None:
    for line in process.stdout or ():
        heard.put(json.loads(line))
