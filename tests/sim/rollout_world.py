"""Roll-outs under faults: the gateway's real keepers, real boxes' caches, and a seed that draws what befalls them.

A round is a minute: something befalls (``rollout_faults``), the centre looks, whoever is there hears, says what it
holds and lets people tap; then ``rollout_watch`` looks at what must hold. It is a simulation of its own, for it
has hours to live through and real descriptions of a site; wires, clocks and disks are those of ``world``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from contract.signatures import public_key_text
from domain.ids import CredentialToken, DeviceId
from gateway.intake.key_book import KeyBook
from gateway.intake.status_desk import StatusDesk
from gateway.operations.access.publish_policy import load_pointer
from gateway.policy.heard_editions import HeardEditions
from gateway.policy.policy_keeper import PolicyKeeper
from gateway.policy.policy_parts import PolicyParts
from gateway.policy.policy_post import PolicyPost
from gateway.policy.policy_shelf import PolicyShelf
from gateway.rollouts.revisions import RolledRevisions
from gateway.rollouts.rollout_keeper import RolloutKeeper
from store.devices import insert_device
from store.people import Card, Department, Person, upsert_cards, upsert_departments, upsert_persons
from store.records import insert_records
from store.rights import Grant, insert_grant
from tests.gateway.rolling import DEVICES, FIRST, MONDAY, tap_record
from tests.sim import city
from tests.sim.memory_store import MemoryStore
from tests.sim.rollout_box import NAMES, RolloutBox
from tests.sim.rollout_faults import FAULTS
from tests.sim.rollout_watch import LEAPS_WITHIN, RolloutWatch

ROUND = timedelta(minutes=1)
CARDS = 4


@dataclass(frozen=True, slots=True)
class Plant:
    """How the decisions are made that these promises hang on; a test plants wrong ones."""

    open_keeper: Callable[..., PolicyKeeper] = PolicyKeeper


class RolloutWorld:
    """One run. ``log`` tells what befell, for whoever must understand a failure."""

    def __init__(self, seed: int, folder: Path, plant: Plant) -> None:
        self.random = Random(f"{seed}/rollouts")
        self.plant = plant
        self.at = MONDAY
        self.log: list[str] = []
        self.store = MemoryStore()
        self.boxes = {name: RolloutBox(DeviceId(name), folder / name) for name in DEVICES}
        self.cards = [CredentialToken(f"{number:032x}") for number in range(1, CARDS + 1)]
        self.watch = RolloutWatch(self)
        self._seq = 0
        self._fill()
        self.start()
        self.go_round()
        self.backup = self.store.raw.serialize()

    def _fill(self) -> None:
        with self.store.transaction(self.at) as tx:
            upsert_departments(tx, [Department("d", "課")])
            for number, card in enumerate(self.cards):
                upsert_persons(tx, [Person(f"p{number}", "萩 太郎", "ハギ タロウ", "d")])
                upsert_cards(tx, [Card(card, f"p{number}", "1")])
                insert_grant(tx, Grant(f"g{number}", "person", f"p{number}", "staff", "desk", "", "desk"))
            for name in DEVICES:
                insert_device(tx, DeviceId(name), public_key_text(city.device_key(DeviceId(name)).public_key()))

    def start(self) -> None:
        """Begin a life of the centre: nothing but the database is left."""
        heard, keys = HeardEditions(), KeyBook(self.store)
        self.revisions = RolledRevisions(FIRST)
        self.keeper = self.plant.open_keeper(self.store, self.revisions, self._now, heard=heard)
        self.rollouts = RolloutKeeper(self.store, FIRST, self._now)
        self.desk = StatusDesk(self.store, city.centre_key(), self._now, keys=keys, heard=heard)
        self.parts = PolicyParts(PolicyShelf(), self.revisions, NAMES, city.centre_key())
        self.post = PolicyPost(self.store, self.parts, keys, self._now)

    def _now(self) -> datetime:
        return self.at

    def any_box(self) -> RolloutBox:
        """Draw a box."""
        return self.boxes[self.random.choice(DEVICES)]

    def live(self, rounds: int) -> None:
        """Live so many rounds, then heal and look whether every box ends where the centre stands.

        Raises:
            InvariantBrokenError: a promise was broken.
        """
        for _ in range(rounds):
            for befall, often in FAULTS:
                if self.random.random() < often:
                    self.log.append(f"{self.at:%H:%M} {befall.__name__}")
                    befall(self)
            self.go_round()
        for box in self.boxes.values():
            box.connected, box.alive, box.refuses = True, True, False
        for _ in range(2 * LEAPS_WITHIN):
            self.go_round()
        self.watch.at_end()

    def go_round(self) -> None:
        """Let a minute go by."""
        self.at += ROUND
        self.watch.rounds_since_restore += 1
        before = self.watch.newest_rollout()
        self.rollouts.look()
        self.keeper.keep()
        self.watch.on_centre_looked(before)
        for box in self.boxes.values():
            if box.is_there:
                self._visit(box)
        self.keeper.keep()
        for box in self.boxes.values():
            self.watch.look_at(box)

    def _visit(self, box: RolloutBox) -> None:
        with self.store.reading(self.at) as tx:
            pointer = load_pointer(tx, self.revisions, box.device, city.centre_key(), self.at)
        if pointer is not None:
            box.hear(pointer.encoded(), self.post, self.parts, self.at)
        self.desk.take([box.birth(self.at)])
        self._seq += 2
        with self.store.transaction(self.at) as tx:
            seqs = self._seq - 1, self._seq
            insert_records(tx, [tap_record(box.device, seq, self.at, granted=not box.refuses) for seq in seqs])
