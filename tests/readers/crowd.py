"""People who lay cards on a box's readers and lift them again, thousands of times; and how much the box then holds.

The box is whole: real drivers, agent, journal, lanes, a keeper that moves simulated locks. Stands present in parallel,
in rounds; between two rounds all is still, so that what is counted then is what stays.
"""

import gc
import threading
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, Protocol, Self

from domain.access.door import DoorSpec
from domain.ids import AccessPointId, DeviceId, DoorId
from emulation.card import Card, TornCard
from emulation.felica_card import FelicaCard
from emulation.iso_dep_card import IsoDepCard
from emulation.port100 import Port100, UsbBus
from emulation.virtual_card import type_a_pcsc_card
from readers.agent import Agent
from readers.cards.felica_idm import FelicaIdm
from readers.cards.port import CardTechnology
from readers.cards.type_a_uid import Iso14443Uid
from readers.clock import SystemClock
from readers.drivers.nfc import nfc_reader
from readers.drivers.port import CardSeen, Driver, KeysEntered, Observation, ReaderHealth, ReadTrouble
from readers.drivers.presentation import MISSES_TO_LIFT
from readers.events import Signal
from readers.journal import Journal
from readers.outputs.board import OutputBoard
from readers.outputs.locks.open import open_locks
from readers.outputs.settings import SimulatedLock
from readers.policy_cache import HeldPolicy
from readers.state import ControllerState
from readers.wiring import Wiring
from readers.words import Words
from tests.readers.held_memory import HeldMemory, measure_memory
from tests.readers.site_cards import NAMES_KEY, SITE_KEY, CardMaker, KnownCard, policy_for

CARDS = 20
"""Of each kind that the policy knows."""

RELEASE_SECONDS = 0.02
STILL_SECONDS = 0.6
"""Until what a round set going has ended: pulses, their records, a keeper's beat."""


class Stand(Protocol):
    """One reader and whoever stands before it."""

    name: str
    driver: Driver

    def present(self, rng: Random) -> str:
        """Lay one card (or two) on the reader, lift it; gives the kind. Blocks until it counts as lifted."""


class Panel:
    """A display that counts what it is told."""

    def __init__(self) -> None:
        self.shown: Counter[str] = Counter()

    def notice(self, point: AccessPointId) -> None:
        self.shown["notice"] += 1

    def present(self, point: AccessPointId, signal: Signal, words: Words) -> None:
        self.shown[signal] += 1

    def alarm(self, alarm: str, detail: str) -> None:
        self.shown[alarm] += 1

    def close(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the process holds while all is still."""

    memory: HeldMemory
    threads: int
    descriptors: int
    remembered: Mapping[str, int]


class Crowd:
    """The box and its stands; use it as a context."""

    def __init__(self, folder: Path, stands: Sequence[Stand], cards: Collection[KnownCard], *, seed: int = 1) -> None:
        self.presented: Counter[str] = Counter()
        self.observed: Counter[str] = Counter()
        self.panel = Panel()
        self._stands = stands
        self._rng = Random(seed)
        self._counting = threading.Lock()
        clock = SystemClock()
        points = {AccessPointId(stand.name): DoorId(f"door-{at % 4}") for at, stand in enumerate(stands)}
        doors = {door: DoorSpec(door, RELEASE_SECONDS) for door in points.values()}
        held = HeldPolicy(policy_for(cards, points), datetime.now(UTC))
        readers = {stand.name: AccessPointId(stand.name) for stand in stands}
        wiring = Wiring(SITE_KEY, NAMES_KEY, readers, doors)
        self._journal = Journal.open(folder / "journal.db", DeviceId("west-1"), new_epoch=1)
        plan = SimulatedLock(kind="simulated", path=str(folder / "locks"))
        self._board = OutputBoard(open_locks(dict.fromkeys(doors, plan), lambda *_: None), [self.panel])
        state = ControllerState(wiring, held.confirmed_at, clock.now().mono)
        self._agent = Agent(state, held, self._journal, self._board, clock)
        self._ready = {stand.name: threading.Event() for stand in stands}
        self._ending = ExitStack()

    def __enter__(self) -> Self:
        stop = threading.Event()
        threads = [threading.Thread(target=stand.driver.run, args=(self._report, stop)) for stand in self._stands]
        deciding = threading.Thread(target=self._agent.run)
        for act in (self._journal.close, self._board.close, deciding.join, self._agent.stop):
            self._ending.callback(act)
        for thread in threads:
            self._ending.callback(thread.join)
        self._ending.callback(stop.set)
        for thread in (deciding, *threads):
            thread.start()
        if not all(ready.wait(10) for ready in self._ready.values()):
            self._ending.close()
            raise TimeoutError("not every reader is ready")
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.close()

    def _report(self, observation: Observation) -> None:
        self._agent.report(observation)
        match observation:
            case CardSeen():
                kind, reader = str(observation.technology), observation.reader
            case ReadTrouble():
                kind, reader = str(observation.cause), observation.reader
            case ReaderHealth():
                kind, reader = f"reader_{observation.health}", observation.reader
                self._ready[reader].set()
            case KeysEntered() | _:
                return
        with self._counting:
            self.observed[kind] += 1

    def present(self, count: int) -> None:
        """Let all stands present in parallel, so often in all, and wait until all is still."""
        shares = [count // len(self._stands) + (at < count % len(self._stands)) for at in range(len(self._stands))]
        hands = [
            threading.Thread(target=self._present, args=(stand, share, Random(self._rng.random())))
            for stand, share in zip(self._stands, shares, strict=True)
        ]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
        time.sleep(STILL_SECONDS)
        self._journal.checkpoint()

    def _present(self, stand: Stand, count: int, rng: Random) -> None:
        for _ in range(count):
            kind = stand.present(rng)
            with self._counting:
                self.presented[kind] += 1

    def count_held(self) -> Held:
        """Count what is held now; garbage is collected first, for when Python does so is no growth."""
        gc.collect()
        return Held(
            memory=measure_memory(),
            threads=threading.active_count(),
            descriptors=sum(1 for _ in Path("/proc/self/fd").iterdir()),
            remembered=self._count_remembered(),
        )

    def _count_remembered(self) -> dict[str, int]:
        state = self._agent._state
        mappings: dict[str, Any] = {
            **{name: getattr(state, name) for name in ("passages", "causes", "asked", "deciding", "doors")},
            **{name: getattr(state.scene, name) for name in ("waiting", "escorts", "codes", "wrong_pins", "obeyed")},
            "overrides": [each for door in state.doors.values() for each in door.overrides],
        }
        return {name: len(mapping) for name, mapping in mappings.items()}


class Coin:
    """Lies in the field, hears every frame and never answers: so the looks of a reader can be counted."""

    def __init__(self) -> None:
        self._looks = 0
        self._looked = threading.Condition()

    def answer(self, modulation: str, frame: bytes) -> bytes | None:
        """Count the poll that a look ends with."""
        if modulation == "212F" and frame[:4] == b"\x06\x00\xfe\x00":
            with self._looked:
                self._looks += 1
                self._looked.notify_all()
        return None

    def await_looks(self, looks: int) -> None:
        """Wait until so many more looks were begun."""
        with self._looked:
            until = self._looks + looks
            if not self._looked.wait_for(lambda: self._looks >= until, timeout=10):
                raise TimeoutError("the reader does not look any more")


class NfcStand:
    """A software RC-S380 that answers at once, under nfcpy's unmodified driver, with cards of every kind."""

    def __init__(self, name: str, maker: CardMaker, *, type_a: bool = True) -> None:
        self.name = name
        self._device = Port100(rf_delay_seconds=0)
        self._coin = Coin()
        self._device.put(self._coin)
        technologies: list[CardTechnology] = [maker.lite_s_technology(), FelicaIdm()]
        if type_a:
            technologies += [maker.desfire_technology(), Iso14443Uid()]
        self.driver: Driver = nfc_reader(name, "usb", cards=technologies, usb=UsbBus(self._device))
        self._felica: list[Card] = [maker.felica(number) for number in range(CARDS)]
        self._lite_s: list[Card] = [maker.lite_s(number) for number in range(CARDS)]
        self._bodies = [maker.desfire(number) for number in range(CARDS if type_a else 0)]
        self._desfire: list[Card] = [IsoDepCard(body) for body in self._bodies]
        self._kinds: tuple[str, ...] = ("felica", "felica", "lite_s", "stranger", "torn", "two_cards")
        if type_a:
            self._kinds += ("desfire", "desfire", "uid", "random_uid", "torn_desfire")

    def present(self, rng: Random) -> str:
        kind = rng.choice(self._kinds)
        cards = self._draw(kind, rng)
        for card in cards:
            self._device.put(card)
        self._coin.await_looks(rng.randint(2, 4))
        for card in cards:
            self._device.remove(card)
        self._coin.await_looks(MISSES_TO_LIFT + 2)
        for body in self._bodies:
            body.commands.clear()  # what a software card notes for tests is no growth of ours
        return kind

    def _draw(self, kind: str, rng: Random) -> list[Card]:
        felica, lite_s = rng.choice(self._felica), rng.choice(self._lite_s)
        match kind:
            case "lite_s":
                return [lite_s]
            case "stranger":
                return [FelicaCard(b"\x01" + rng.randbytes(7))]
            case "torn":
                return [TornCard(rng.choice([felica, lite_s]), answers=rng.randrange(6))]
            case "two_cards":
                return [felica, rng.choice([lite_s, *self._desfire])]
            case "desfire":
                return [rng.choice(self._desfire)]
            case "uid":
                return [IsoDepCard(type_a_pcsc_card(b"\x04" + rng.randbytes(6)))]
            case "random_uid":
                return [IsoDepCard(type_a_pcsc_card(b"\x08" + rng.randbytes(3)))]
            case "torn_desfire":
                return [TornCard(rng.choice(self._desfire), answers=rng.randrange(12))]
            case _:
                return [felica]


def known_cards(maker: CardMaker) -> list[KnownCard]:
    """Give what the policy knows of the stands' cards."""
    kinds = (maker.known_felica, maker.known_lite_s, maker.known_desfire)
    return [known(number) for known in kinds for number in range(CARDS)]
