"""Tens of thousands of presentations on one box: what it holds afterwards that it did not hold before.

Twenty-four software RC-S380 and then the sixteen virtual readers that one pcscd can have, cards of every kind laid and
lifted: plain numbers, proofs, strangers, torn away, two at once, random numbers. Baseline is the same process after its
warm-up; growth is the slope of what it holds, sample by sample, over presentations.

Memory is told apart. Judged is what is in use (``in_use_kib`` of malloc, ``python_blocks``): nothing else can leak.
Resident memory (``rss_kib``) is what an operator sees. It also holds what malloc keeps after it was freed
(``spare_kib``), whose mark rises whenever more of half a hundred threads want memory at once than ever before; so the
edge's unit gives malloc one arena. Run this as the unit does: ``MALLOC_ARENA_MAX=1 scripts/bench presentations``.
"""

import logging
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import linear_regression
from typing import Any

from emulation.pcscd import Pcscd
from emulation.virtual_card import LiftedCard, PcscBody, VirtualCard, felica_pcsc_card, type_a_pcsc_card
from readers.cards.felica_idm import FelicaIdm
from readers.cards.type_a_uid import Iso14443Uid
from readers.drivers.pcsc import SETTLE_MS, pcsc_reader
from readers.drivers.port import Driver
from readers.drivers.presentation import MISSES_TO_LIFT
from tests.readers.crowd import CARDS, Crowd, Held, NfcStand, Stand, known_cards
from tests.readers.site_cards import CardMaker

NFC_PRESENTATIONS, NFC_READERS, NFC_EVERY = 40_000, 24, 1000
PCSC_PRESENTATIONS, PCSC_EVERY = 4000, 200
WARM_UP_SHARE = 0.1
MEMORY_FIGURES = ("in_use_kib", "python_blocks", "spare_kib", "rss_kib")
POLL_SECONDS = 0.4
HOLD_SECONDS = POLL_SECONDS + 0.15
"""pcscd looks at a virtual reader every 0.4 s: a card that lies there for less may not have been there at all."""


def run() -> dict[str, Any]:
    """Measure; gives for each stack what was held first, last and at most, and the growth a thousand presentations."""
    logging.getLogger("readers").setLevel(logging.CRITICAL)
    figures: dict[str, Any] = {"malloc_arena_max": os.environ.get("MALLOC_ARENA_MAX", "8 a core")}
    with _folder() as folder:
        maker = CardMaker(folder)
        stands = [NfcStand(f"nfc-{at}", maker) for at in range(NFC_READERS)]
        figures["nfc"] = _wear(folder, stands, maker, NFC_PRESENTATIONS, NFC_EVERY)
    with _folder() as folder, tempfile.TemporaryDirectory(prefix="pcscd-") as service_folder:
        maker = CardMaker(folder)
        with Pcscd(Path(service_folder), [f"Reader {letter}" for letter in "ABCDEFGH"]) as service:
            os.environ.update(service.environment)
            pcsc_stands = [PcscStand(name, port, maker) for name, port in _slots(service)]
            figures["pcsc"] = _wear(folder, pcsc_stands, maker, PCSC_PRESENTATIONS, PCSC_EVERY)
    for name, found in figures.items():
        print(f"{name}: {found}", flush=True)  # noqa: T201 (a benchmark speaks)
    return figures


class PcscStand:
    """A slot of pcscd's virtual readers, with cards of several kinds."""

    def __init__(self, name: str, port: int, maker: CardMaker) -> None:
        self.name = name.replace(" ", "-").lower()
        self.driver: Driver = pcsc_reader(
            self.name, name, cards=(maker.desfire_technology(), FelicaIdm(), Iso14443Uid())
        )
        self._port = port
        self._maker = maker
        self._kinds = ("desfire", "desfire", "felica", "felica", "stranger", "random_uid", "torn")

    def present(self, rng: Random) -> str:
        """Insert a card, hold it, take it out, and wait until the driver must have seen that."""
        kind = rng.choice(self._kinds)
        with VirtualCard(self._draw(kind, rng)) as virtual:
            virtual.insert(self._port)
            time.sleep(HOLD_SECONDS)
        time.sleep(POLL_SECONDS + (MISSES_TO_LIFT + 1) * SETTLE_MS / 1e3)
        return kind

    def _draw(self, kind: str, rng: Random) -> PcscBody:
        match kind:
            case "desfire":
                return self._maker.desfire(rng.randrange(CARDS))
            case "felica":
                return felica_pcsc_card(self._maker.known_felica(rng.randrange(CARDS))[1])
            case "random_uid":
                return type_a_pcsc_card(b"\x08" + rng.randbytes(3))
            case "torn":
                return LiftedCard(self._maker.desfire(rng.randrange(CARDS)), rng.randrange(4))
            case _:
                return type_a_pcsc_card(b"\x04" + rng.randbytes(6))


def _slots(service: Pcscd) -> list[tuple[str, int]]:
    """Give every slot's PC/SC name and port: a virtual reader has two, the second one at the next port."""
    return [(f"{reader.name} 00 {slot:02}", reader.port + slot) for reader in service.readers for slot in range(2)]


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder in memory: what is measured is no disk."""
    with tempfile.TemporaryDirectory(prefix="sekisho-bench-", dir="/dev/shm") as name:
        yield Path(name)


def _wear(folder: Path, stands: Sequence[Stand], maker: CardMaker, presentations: int, every: int) -> dict[str, Any]:
    begun = time.monotonic()
    samples: list[tuple[int, Held]] = []
    with Crowd(folder, stands, known_cards(maker)) as crowd:
        for done in range(every, presentations + 1, every):
            crowd.present(every)
            samples.append((done, crowd.count_held()))
            _tell(done, samples[-1][1])
        presented, observed, shown = dict(crowd.presented), dict(crowd.observed), dict(crowd.panel.shown)
    warm = [sample for sample in samples if sample[0] >= presentations * WARM_UP_SHARE]
    series = {
        **{name: [(at, getattr(held.memory, name)) for at, held in warm] for name in MEMORY_FIGURES},
        "threads": [(at, held.threads) for at, held in warm],
        "descriptors": [(at, held.descriptors) for at, held in warm],
        "remembered": [(at, sum(held.remembered.values())) for at, held in warm],
    }
    return {
        "presentations": presentations,
        "readers": len(stands),
        "seconds": round(time.monotonic() - begun),
        "threads_after": threading.active_count(),
        "presented": presented,
        "observed": observed,
        "shown": shown,
        **{name: _growth(points) for name, points in series.items()},
    }


def _growth(points: Sequence[tuple[int, int]]) -> dict[str, float]:
    """Give first, last and highest value after the warm-up, and the slopes: of it all, and of its second half."""
    values = [value for _, value in points]
    half = points[len(points) // 2 :]
    return {
        "first": values[0],
        "last": values[-1],
        "max": max(values),
        "a_thousand_presentations": _slope(points),
        "a_thousand_in_the_second_half": _slope(half),
    }


def _slope(points: Sequence[tuple[int, int]]) -> float:
    return round(linear_regression(*zip(*points, strict=True)).slope * 1000, 3)


def _tell(done: int, held: Held) -> None:
    memory = held.memory
    sys.stdout.write(
        f"{done}: {memory.in_use_kib} KiB and {memory.python_blocks} small objects in use, "
        f"{memory.spare_kib} KiB spare, {memory.rss_kib} KiB resident, "
        f"{held.threads} threads, {held.descriptors} descriptors\n"
    )
    sys.stdout.flush()
