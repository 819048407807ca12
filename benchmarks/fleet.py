"""Fifty controllers in one process, each with its own agent, journal, link and broker connection over mutual TLS.

``python -m benchmarks.fleet FOLDER`` reads ``fleet.json`` there and runs until its standard input ends. Locks are
simulated ones moved by a real keeper, one for all boxes; each move is a line with the kernel's monotonic time.
"""

import json
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, ConfigDict

from contract.signatures import read_public_key
from domain.access.door import DoorSpec
from domain.ids import DeviceId, DoorId
from readers.agent import Agent, Inbox
from readers.clock import SystemClock
from readers.command_ear import CommandEar
from readers.events import Recalled, Started
from readers.journal import Journal
from readers.link import Identity, Link
from readers.main import SWITCH_SECONDS
from readers.outputs.board import OutputBoard
from readers.outputs.locks.open import open_locks
from readers.outputs.locks.port import Lock
from readers.outputs.settings import SimulatedLock
from readers.scene import EMPTY_SCENE
from readers.settings import MqttSettings
from readers.space import Reserve
from readers.standing import save_standing
from readers.state import ControllerState
from readers.transports.mqtt import MqttTransport
from readers.wiring import Wiring

RELEASE_SECONDS = 3.0


class BoxPlan(BaseModel):
    """One controller: its key (32 bytes in hexadecimal), its doors, its way to the broker."""

    model_config = ConfigDict(frozen=True)

    device: str
    key: str
    doors: tuple[str, ...]
    mqtt: MqttSettings


class FleetPlan(BaseModel):
    """``fleet.json``: the boxes, the centre's public key, where the locks write their moves."""

    model_config = ConfigDict(frozen=True)

    centre_key: str
    boxes: tuple[BoxPlan, ...]
    moves: Path


Move = Literal["freed", "locked"]


class LockMove(BaseModel):
    """One line that a simulated lock wrote."""

    mono: float
    door: str
    action: Move


def read_moves(path: Path) -> list[LockMove]:
    """Give what the locks have written so far, in order; the last line may still be on its way."""
    whole, _, _ = path.read_bytes().rpartition(b"\n")
    return [LockMove.model_validate_json(line) for line in whole.splitlines()]


class Box:
    """One controller without readers, put together as ``readers.main`` does."""

    def __init__(self, folder: Path, plan: BoxPlan, centre_key: str, locks: dict[DoorId, Lock]) -> None:
        folder.mkdir()
        device, clock, inbox = DeviceId(plan.device), SystemClock(), Inbox()
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(plan.key))
        identity = Identity(device, private, read_public_key(centre_key), "sekisho benchmark")
        self._journal = Journal.open(folder / "journal.db", device, new_epoch=1)
        self._outputs = OutputBoard(locks, ())
        inbox.put(Started(identity.software))
        inbox.put(Recalled(EMPTY_SCENE))
        doors = {DoorId(door): DoorSpec(DoorId(door), RELEASE_SECONDS) for door in plan.doors}
        wiring = Wiring(bytes(32), bytes(32), {}, doors)
        self._agent = Agent(
            ControllerState(wiring, datetime.now(UTC), clock.now().mono),
            None,
            self._journal,
            self._outputs,
            clock,
            wrote=self._wrote,
            keep=lambda standing: save_standing(folder, standing.overrides, clock.now()),
            inbox=inbox,
        )
        self._link = Link(
            self._journal,
            MqttTransport(plan.mqtt, device),
            identity,
            keep=timedelta(days=30),
            reserve=Reserve(folder / "journal.reserve"),
            state_dir=folder,
            found=self._agent.report,
            hear_policy=lambda _what, _payload: None,
            offer_command=CommandEar(device, identity.centre_key, self._agent.report).hear,
            policy_edition=lambda: (0, None),
            clock=clock,
        )
        self._deciding = threading.Thread(target=self._agent.run)

    def _wrote(self, first_seq: int, mono: float) -> None:
        self._link.wrote(first_seq, mono)

    def start(self) -> None:
        """Start to decide and to connect."""
        self._deciding.start()
        self._link.start()

    def stop(self) -> None:
        """End it in good order."""
        self._agent.stop()
        self._deciding.join()
        self._outputs.close()
        self._link.stop()
        self._journal.close()


def make_boxes(folder: Path, plan: FleetPlan) -> Sequence[Box]:
    """Put the boxes together."""
    lock = SimulatedLock(kind="simulated", path=str(plan.moves))
    locks = open_locks({DoorId(door): lock for box in plan.boxes for door in box.doors}, lambda *_: None)
    return [
        Box(folder / box.device, box, plan.centre_key, {DoorId(door): locks[DoorId(door)] for door in box.doors})
        for box in plan.boxes
    ]


def main() -> None:
    """Run the fleet of the folder in the first argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for whoever started us, and the end of their pipe is ours
    sys.setswitchinterval(SWITCH_SECONDS)
    folder = Path(sys.argv[1])
    plan = FleetPlan.model_validate(json.loads((folder / "fleet.json").read_text()), context={"folder": folder})
    with ExitStack() as ending:
        for box in make_boxes(folder, plan):
            ending.callback(box.stop)
            box.start()
        sys.stdin.read()


if __name__ == "__main__":
    main()
