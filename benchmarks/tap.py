"""From the card laid on the reader to the lock's release with the journal synced, on the real drivers.

FeliCa runs on nfcpy's unmodified rcs380 driver over the software RC-S380 (3 ms until a card answers, 0.5 ms a USB
command; a radio command that nobody answers takes its whole time-out). Cards are laid down at random phases of the
polling. Baselines of the same run: the same card laid before nfcpy alone, which polls as often and exchanges as many
frames without any of our code, and one bare commit. PC/SC is :mod:`benchmarks.tap_pcsc`.
"""

import random
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.bare_commit import BareCommits
from benchmarks.doorway import Doorway, Passing
from benchmarks.spread import MILLISECONDS, ratio, spread
from emulation.card import Card
from emulation.port100 import Port100, UsbBus
from readers.cards.felica_frames import build_polling
from readers.cards.felica_idm import FelicaIdm
from readers.cards.port import CardTechnology
from readers.cards.type_a_uid import Iso14443Uid
from readers.drivers.nfc import nfc_reader, open_nfc_frontend
from readers.drivers.nfc_channel import EXCHANGE_SECONDS, FoundCard, Poll, sense_card
from readers.drivers.nfc_session import polls_of
from readers.drivers.presentation import MISSES_TO_LIFT
from readers.main import SWITCH_SECONDS
from tests.readers.site_cards import CardMaker, KnownCard

RF_SECONDS, USB_SECONDS = 0.003, 0.0005
TAPS = 300
INTERNAL_EXCHANGES, MUTUAL_EXCHANGES = 2, 4
"""Challenge and claim; then the reader's own proof, and the state that it changed."""

PHASE_SECONDS = 0.08
"""A card comes at any time within so long, which is longer than any look."""


@dataclass(frozen=True, slots=True)
class Lane:
    """What is measured: the technologies a reader is set to, the card that is laid on it, as what it is known.

    ``exchanges`` is how many a technology makes with the card after it was found.
    """

    technologies: Sequence[CardTechnology]
    card: Card
    known: KnownCard
    exchanges: int = 0


def run() -> dict[str, Any]:
    """Measure; gives milliseconds at the 50th and 99th percentile."""
    from benchmarks.tap_pcsc import measure_pcsc

    sys.setswitchinterval(SWITCH_SECONDS)
    figures: dict[str, Any] = {"rf_ms": RF_SECONDS * 1e3, "usb_ms": USB_SECONDS * 1e3}
    with tempfile.TemporaryDirectory(prefix="sekisho-bench-") as name:
        folder = Path(name)
        maker = CardMaker(folder)
        for lane_name, lane in _lanes(maker).items():
            figures[lane_name] = _measure(folder / lane_name, lane)
            _print(lane_name, figures[lane_name], "bare_stack", "tap_to_lock")
        figures["pcsc"] = measure_pcsc(folder / "pcsc", maker)
    _print("pcsc", figures["pcsc"], "bare_connect", "loop_adds", "uid_to_lock", "desfire_to_lock")
    return figures


def _lanes(maker: CardMaker) -> dict[str, Lane]:
    plain, known = maker.felica(1), maker.known_felica(1)
    lite_s, proven, proof = maker.lite_s(1), maker.known_lite_s(1), maker.lite_s_technology()
    return {
        "felica_idm": Lane((FelicaIdm(),), plain, known),
        "lite_s_internal": Lane((replace(proof, authentication="internal"),), lite_s, proven, INTERNAL_EXCHANGES),
        "lite_s_mutual": Lane((proof,), lite_s, proven, MUTUAL_EXCHANGES),
        "lite_s_mutual_beside_idm": Lane((proof, FelicaIdm()), lite_s, proven, MUTUAL_EXCHANGES),
        "felica_idm_beside_type_a": Lane((FelicaIdm(), Iso14443Uid()), plain, known),
    }


def _measure(folder: Path, lane: Lane) -> dict[str, Any]:
    folder.mkdir()
    device = Port100(rf_delay_seconds=RF_SECONDS, usb_delay_seconds=USB_SECONDS)
    polls = polls_of(lane.technologies)
    bare, miss = _bare_sense(device, lane, polls)
    commits = BareCommits(folder)
    doorway = Doorway(folder, ("west",), (lane.known,))
    taken: list[tuple[float, Passing]] = []
    committed = []
    with doorway.running(nfc_reader("west", "usb", cards=lane.technologies, usb=UsbBus(device))):
        lift_seconds = (MISSES_TO_LIFT + 2) * (max(miss) + 0.01)
        for _ in range(TAPS):
            laid = _lay(device, lane.card)
            taken.append((laid, doorway.await_passing()))
            device.remove()
            doorway.settle()
            committed.append(commits.time())
            time.sleep(lift_seconds)
    commits.close()
    figures: dict[str, Any] = {
        "taps": TAPS,
        "tap_to_lock": spread([passing.freed - laid for laid, passing in taken], MILLISECONDS),
        "tap_to_seen": spread([passing.seen - laid for laid, passing in taken], MILLISECONDS),
        "seen_to_notice": spread([passing.noticed - passing.seen for _, passing in taken], MILLISECONDS, 2),
        "seen_to_lock": spread([passing.freed - passing.seen for _, passing in taken], MILLISECONDS),
        "bare_stack": spread(bare, MILLISECONDS),
        "bare_look_without_a_card": spread(miss, MILLISECONDS),
        "bare_commit": spread(committed, MILLISECONDS),
    }
    return figures


def _lay(device: Port100, card: Card) -> float:
    """Lay a card down at a random phase of whatever polls; gives when (``time.perf_counter`` seconds)."""
    time.sleep(random.uniform(0, PHASE_SECONDS))  # noqa: S311 (no secret)
    laid = time.perf_counter()
    device.put(card)
    return laid


def _bare_sense(device: Port100, lane: Lane, polls: Sequence[Poll]) -> tuple[list[float], list[float]]:
    """Lay the card before nfcpy alone, which asks the same polls without a pause, then exchanges as many frames.

    Gives the seconds from laying it to the end of that, and those of a round without a card.
    """
    frontend = open_nfc_frontend("usb", UsbBus(device))
    taken, misses = [], []
    for _ in range(TAPS):
        laid: list[float] = []
        hand = threading.Thread(target=lambda laid=laid: laid.append(_lay(device, lane.card)))
        hand.start()
        found: list[FoundCard] = []
        while not found:
            begun = time.perf_counter()
            sensed = [sense_card(frontend, poll) for poll in polls]
            found = [card for card in sensed if card is not None]
            if not found and not laid:
                misses.append(time.perf_counter() - begun)
        if lane.exchanges and sensed[-1] is None:
            sense_card(frontend, found[0].poll)
        for _ in range(lane.exchanges):
            frontend.exchange(bytearray(build_polling(found[0].poll.system)), EXCHANGE_SECONDS)
        ended = time.perf_counter()
        hand.join()
        taken.append(ended - laid[0])
        device.remove()
    frontend.close()
    return taken, misses


def _print(name: str, figures: dict[str, Any], baseline: str, *names: str) -> None:
    for measured in names:
        for share in ("p50", "p99"):
            print(  # noqa: T201 (a benchmark speaks)
                f"{name:26} {measured:16} {share}  {figures[measured][share]:8.2f} ms   "
                f"{ratio(figures, measured, baseline, share):6.2f} × {baseline} ({figures[baseline][share]:.2f} ms)"
            )
